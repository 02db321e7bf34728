"""One thing seen twice: which assets are views of the same thing, and what they say together.

A machine may be listed by its cloud, by Azure Arc and by the cluster it works in. Each view is an asset with its own
uid and history; an alias of one that is the uid or an alias of another says that they are one. Views are joined when
an estate is read, so that a thing is judged, counted and reported once.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from msgspec import UNSET
from msgspec.structs import replace

from scanners.model.entities import Asset, Location, LocationKind

_ARC: Final = ("/providers/microsoft.hybridcompute/", "/providers/microsoft.kubernetes/connectedclusters/")
_NOT_OWNERS: Final = ("kubernetes", "on_prem")
_LOOSE: Final = ("k8s://", "filestore-instance:", "machine-uuid:")
"""Names that two different things can have: of clusters called alike, of file servers of two projects, of machines
whose maker wrote the same number on all of them. Such a name joins views of different observers only."""


def view_of(uid: str) -> int:
    """Who describes a thing under this uid: 0 the cloud itself, 1 Azure Arc, 2 Kubernetes, 3 a declaration."""
    if uid.startswith("k8s://"):
        return 2
    if uid.startswith("site:"):
        return 3
    return 1 if any(mark in uid for mark in _ARC) else 0


def same(
    claims: Mapping[str, Iterable[int]], uid: Callable[[int], str], kind: Callable[[int], str]
) -> list[tuple[int, ...]]:
    """Groups of assets that are one thing, the asset that names the group first; only groups of two and more.

    `claims`: name → numbers of the assets that it is the uid or an alias of. Kinds of different families (`compute`,
    `storage`) are never one thing.
    """
    above: dict[int, int] = {}

    def root(number: int) -> int:
        while above.setdefault(number, number) != number:
            above[number] = number = above[above[number]]
        return number

    for name, numbers in claims.items():
        families: dict[str, list[int]] = {}
        for number in dict.fromkeys(numbers):
            families.setdefault(kind(number).partition(".")[0], []).append(number)
        for members in families.values():
            if name.startswith(_LOOSE) and not _tells(name, [uid(number) for number in members]):
                continue
            for number in members[1:]:
                above[root(number)] = root(members[0])
    groups: dict[int, list[int]] = {}
    for number in above:
        groups.setdefault(root(number), []).append(number)
    ordered = (sorted(g, key=lambda n: (view_of(uid(n)), uid(n))) for g in groups.values() if len(g) > 1)
    return [tuple(group) for group in ordered]


def _tells(name: str, uids: list[str]) -> bool:
    """Whether a loose name tells one thing: no two views of one observer have it. Volumes of many clusters may."""
    views = sorted(view_of(uid) for uid in uids)
    if name.startswith("filestore-instance:"):
        return views.count(0) <= 1
    return len(set(views)) == len(views) or (len(views) == 2 and name in uids)


def one_of(views: Sequence[Asset]) -> Asset:
    """All views of one thing as one asset, named as the first of them.

    Where views differ the first one that states something counts, in their order: for the attributes, the tags, and
    the place, of which a native or declared one goes before that of a record about the thing. What only a later view
    states is added. The provider is the owner of the hardware where any view knows it.
    """
    first = views[0]
    attributes = dict(first.attributes)
    for view in views[1:]:
        for name, value in view.attributes.items():
            if name == "relations_read" and name in attributes:
                attributes[name] = list(dict.fromkeys([*attributes[name], *value]))
            else:
                attributes.setdefault(name, value)
    read = [view.tags for view in views if view.tags is not UNSET]
    tags = UNSET if not read else {name: value for found in reversed(read) for name, value in found.items()}
    names = (name for view in views for name in (view.uid, *view.aliases))
    return replace(
        first,
        provider=next((v.provider for v in views if v.provider not in _NOT_OWNERS), _unowned(views)),
        location=_place(views),
        attributes=attributes,
        tags=tags,
        partition=next((v.partition for v in views if v.partition is not None), None),
        created_at=next((v.created_at for v in views if v.created_at is not None), None),
        aliases=tuple(name for name in dict.fromkeys(names) if name != first.uid),
        evidence=tuple(dict.fromkeys(digest for view in views for digest in view.evidence)),
    )


def _unowned(views: Sequence[Asset]) -> str:
    return "on_prem" if any(v.provider == "on_prem" for v in views) else views[0].provider


def _place(views: Sequence[Asset]) -> Location:
    known = [v.location for v in views if v.location.kind is not LocationKind.UNKNOWN]
    own = [place for place in known if place.evidence != "metadata_only"]
    return next(iter((*own, *known)), views[0].location)
