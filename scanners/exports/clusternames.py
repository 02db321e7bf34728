"""What the names of files and folders say of the Kubernetes cluster that their lists are of."""

import re
from collections.abc import Mapping
from typing import Final

_RESOURCES: Final = (
    "nodes|pods|namespaces|jobs|cronjobs|deployments|statefulsets|daemonsets|persistentvolumes|persistentvolumeclaims"
    "|pvs?|pvcs?|storageclasses|services|svc|ingresses|networkpolicies|netpol|resourceslices|pytorchjobs|mpijobs"
    "|tfjobs|trainjobs|jobsets|rayclusters|rayjobs|rayservices|machines|machinesets|workloads|clusterqueues|all|objects"
    "|export|kubectl|cluster|list|items|namespace|ns|kube-system|replicasets|replication-?controllers|events|configmaps|serviceaccounts|endpoints"
)
_PATH: Final = re.compile(r"(?:^|[-_. ])apis?_[\w.-]*$", re.IGNORECASE)
_WORDS: Final = re.compile(rf"(?:^|[-_.])(?:{_RESOURCES})$", re.IGNORECASE)
_ENDINGS: Final = re.compile(r"(?:\.(?:json|gz|txt|list|\d+))+$", re.IGNORECASE)
_NODES: Final = re.compile(r"nodes?(?:\.(?:json|gz|list))*$", re.IGNORECASE)
_NAMELESS: Final = "kubectl"


def cluster_name(file_name: str, told: str = "") -> str:
    """What a file's name says of its cluster: `gpu-hall-nodes.json` → `gpu-hall`.

    Where it says nothing: `told`, which the folders of the whole import tell, else its folder or archive, else
    `kubectl`.
    """
    folder, last = _split(file_name)
    for candidate in (_own(last), told, folder.rpartition("/")[2].removesuffix(".zip")):
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", candidate).strip("-_.")
        if name:
            return name
    return _NAMELESS


def is_named_after(file_name: str, name: str, namespace: str) -> bool:
    """Whether a file is called as the object in it, so that its name says nothing of the cluster."""
    stem = _ENDINGS.sub("", _split(file_name)[1])
    return stem in (name, f"{namespace}-{name}", f"{namespace}_{name}", f"{namespace}.{name}")


def own_name(file_name: str) -> str:
    """What the file's name by itself says of its cluster; empty where that is nothing."""
    return _own(_split(file_name)[1])


def folder_of(path: str) -> str:
    """The folder, or the archive, that a file lies in."""
    return _split(path)[0]


def top_of(path: str) -> str:
    """The cluster of an object by itself: the first folder, or the archive, that it lies in."""
    folder, _ = _split(path)
    return folder.partition("/")[0].removesuffix(".zip") or _NAMELESS


def clusters_of(files: Mapping[str, str]) -> dict[str, str]:
    """Which cluster the folders of an import tell for a file, by its name; `files` says where each lies.

    That of the nearest folder around it with a list of nodes, else its own: a dump (`kubectl cluster-info dump`) has
    that list at the top and a folder for each namespace below.
    """
    places = {name: _split(path) for name, path in files.items()}
    halls = {folder for folder, last in places.values() if _NODES.match(last)}
    found: dict[str, str] = {}
    for name, (folder, _) in places.items():
        around = folder
        while around and around not in halls:
            around = around.rpartition("/")[0]
        hall = around if around in halls else folder
        found[name] = hall.rpartition("/")[2].removesuffix(".zip") or _NAMELESS
    return found


def _split(file_name: str) -> tuple[str, str]:
    """(folder, last part) of a file's name; an archive is a folder."""
    folder, _, last = file_name.replace(" › ", "/").rpartition("/")
    return folder, last


def _own(last: str) -> str:
    """What is left of the last part of a name without endings and words for what the file holds."""
    stem = _ENDINGS.sub("", last)
    return _WORDS.sub("", _PATH.sub("", stem))
