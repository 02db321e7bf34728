"""What the IAM policy of one thing says about who outside its project may use it."""

import re
from collections.abc import Iterator
from typing import Any, Final

from scanners.gcp.names import holder_in
from scanners.members import records, text, texts
from scanners.model import ATTRIBUTES, Asset, Relation

CLOSED: Final = "everyone"
"""Among `relations_read`, inside the scanner only: a thing's own policy lets in nobody who is not named."""
EVERYONE: Final = frozenset({"allUsers", "allAuthenticatedUsers"})
_MOST_TARGETS: Final = 500
_BY_POLICY_ALONE: Final = frozenset({"storage.snapshot", "storage.image", "storage.registry"})
"""Kinds that nothing but their IAM policy opens to everyone."""
_AGENT: Final = re.compile(r"^service-(\d+)@(?:gcp-sa-|[a-z-]+\.iam\.)")
_COMPUTE: Final = re.compile(r"^(\d+)-compute@developer\.gserviceaccount\.com$")
_SERVICE: Final = re.compile(r"^(\d+)@(?:cloudservices|cloudbuild)\.gserviceaccount\.com$")
_OWNED: Final = re.compile(r"@([a-z][a-z0-9-]{4,29}(?:\.[a-z0-9.-]+)?)\.iam\.gserviceaccount\.com$")
_DEFAULT: Final = re.compile(r"^([a-z][a-z0-9-]{4,29})@appspot\.gserviceaccount\.com$")


def sharing(document: Any, asset: Asset) -> Iterator[Relation]:
    """Relations `shared_with` to everybody outside that the policy names; sets `public_access` where it is proven.

    A binding for everyone proves `public`. That there is none proves `none` only where nothing else (an ACL, a table of
    the dataset, a role granted above) can open the thing: `everyone` among `relations_read` says that the thing's own
    policy does not, until the levels above are weighed.
    """
    bindings = records(document, "iamPolicy.bindings")
    if bindings is None:
        return
    found: dict[str, set[str]] = {}
    clear = True
    for binding in bindings:
        role = text(binding, "role") or "unknown"
        for name in texts(binding, "members") or []:
            if role.startswith("roles/storage.legacy") and name.startswith("project"):
                continue  # the roles that every bucket gives to its own project
            target = grantee(name)
            clear = clear and (target is not None or name.startswith("deleted:")) and len(found) < _MOST_TARGETS
            if target and target != f"account:{asset.account}" and len(found) < _MOST_TARGETS:
                found.setdefault(target, set()).add(role)
    own = {f"account:{project}" for alias in asset.aliases for project in [_project(alias)] if project}
    if "public_access" in ATTRIBUTES and asset.kind in ATTRIBUTES["public_access"].kinds:
        if "public" in found:
            asset.attributes.setdefault("public_access", "public")
        elif clear and asset.kind in _BY_POLICY_ALONE:
            asset.attributes.setdefault("public_access", "none")
    # A member of a form that is not known here, such as a pool of foreign identities, may be anybody.
    asset.attributes["relations_read"] = [
        *asset.attributes.get("relations_read", ()),
        *(("shared_with",) if clear else ()),
        *((CLOSED,) if clear and "public" not in found and asset.kind == "storage.bucket" else ()),
    ]
    for target, roles in sorted(found.items()):
        if target not in own:
            yield Relation(asset.uid, "shared_with", target, {"role": ", ".join(sorted(roles)[:10])})


def grantee(name: str) -> str | None:
    """The target of `shared_with` for a member of a policy; None for deleted members and for forms not known here."""
    if name in EVERYONE:
        return "public"
    kind, _, who = name.partition(":")
    match kind:
        case "projectOwner" | "projectEditor" | "projectViewer":
            return f"account:{who}" if who else None
        case "domain":
            return f"domain:{who.lower()}" if who else None
        case "user" | "group":
            return f"domain:{who.rpartition('@')[2].lower()}" if "@" in who else None
        case "serviceAccount":
            for pattern in (_AGENT, _COMPUTE, _SERVICE, _OWNED, _DEFAULT):
                owner = pattern.search(who)
                if owner:
                    return f"account:{owner[1]}"
            return None
        case _:
            return None


def _project(name: str) -> str | None:
    if holder_in(name):
        return None
    found = re.search(r"/projects/([^/]+)", name)
    return found[1] if found else None
