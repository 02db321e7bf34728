"""The envelope around every Google document, and the asset and relations that are made from it.

Every normaliser here takes one shape, whatever the source: `{"name": full resource name, "assetType": …, "ancestors":
[…], "location": …, "data": {the service's own API body}}`. `scanners.gcp.envelope` makes it from Cloud Asset Inventory
and from the services' own answers. A document without `data` (a search result) says little, and yields little.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeAlias

from scanners.documents import DocumentType, Origin
from scanners.gcp.iam import sharing
from scanners.gcp.names import (
    full_name,
    holder_in,
    is_number,
    key_name,
    last,
    place_in,
    project_in,
    with_project,
)
from scanners.gcp.places import place
from scanners.members import labels, member, moment, number, put, record, text, texts
from scanners.model import ATTRIBUTES, UNREAD, Asset, Location, Relation
from scanners.references import uid_of

ENVELOPE: Final = (
    "name",
    "assetType",
    "ancestors",
    "location",
    "project",
    "parent",
    "displayName",
    "labels",
    "kmsKeys",
)
_DURATION: Final = re.compile(r"^(\d{1,15})(?:\.\d+)?s$")
_DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class Subject:
    """One Google document, with what its name says. `data` is None where the source showed no body."""

    uid: str
    native_type: str
    account: str
    aliases: tuple[str, ...]
    document: Mapping[str, Any]
    data: Mapping[str, Any] | None

    @classmethod
    def of(cls, document: Any, origin: Origin) -> "Subject | None":
        """The subject, or None where the document has no usable name."""
        uid = full_name(text(document, "name"))
        if uid is None:
            return None
        shown = _projects(document, uid)
        account = next((p for p in shown if not is_number(p)), None) or (shown[0] if shown else None)
        if account is None or (holder_in(uid) and project_in(uid) is None):
            account = holder_in(uid) or account or origin.account or "unknown"
        data = record(document, "data")
        native = text(document, "assetType") or "unknown"
        return cls(uid, native, account, _aliases(uid, shown, data), document, data)

    def place(self, *paths: str, service: str | None = None) -> Location:
        """The first place stated by these members of the body, then by the name, then by the envelope."""
        for path in paths:
            stated = text(self.data, path)
            if stated:
                return place(stated, service)
        return place(place_in(self.uid) or text(self.document, "location"), service)

    def asset(
        self,
        kind: str,
        location: Location,
        attributes: dict[str, Any],
        *,
        name: str | None = None,
        labels_at: str | None = "labels",
        created_at: str = "createTime",
    ) -> Asset:
        """The asset. Labels that a full body leaves out are known to be none: Google omits empty members."""
        tags = labels(self.data, labels_at) if labels_at else None
        if tags is None:
            tags = labels(self.document, "labels")
        if tags is None and self.data is not None and labels_at and member(self.data, labels_at) is None:
            inside = labels_at.rpartition(".")[0]  # a body without the part that holds the labels is not a full one
            if not inside or record(self.data, inside) is not None:
                tags = {}
        return Asset(
            uid=self.uid,
            provider="gcp",
            account=self.account,
            kind=kind,
            native_type=self.native_type,
            name=name or text(self.document, "displayName") or last(self.uid) or self.uid,
            location=location,
            attributes=attributes,
            tags=UNREAD if tags is None else tags,
            created_at=moment(self.data, created_at),
            aliases=self.aliases,
        )

    def relation(self, type_: str, target: str, **attributes: Any) -> Relation:
        """A relation from this asset."""
        return Relation(self.uid, type_, target, {k: v for k, v in attributes.items() if v is not None})

    def links(self, type_: str, *names: str | None, service: str | None = None, **attributes: Any) -> list[Relation]:
        """Relations from this asset to the things that these links or relative names name; others are left out."""
        found = dict.fromkeys(full_name(n, service, self.account) for n in names)
        return [self.relation(type_, uid, **attributes) for uid in found if uid and uid != self.uid]

    def data_at(self, type_: str, *addresses: str | None, **attributes: Any) -> list[Relation]:
        """Relations `reads` or `writes` from this asset to the assets that hold the data at these addresses."""
        found = dict.fromkeys(uid_of(a, context=self.uid) for a in addresses if a)
        return [self.relation(type_, uid, **attributes) for uid in found if uid]

    def encryption(
        self, kind: str, attributes: dict[str, Any], *keys: str | None, shown: bool = True
    ) -> list[Relation]:
        """Facts about encryption at rest, which Google never switches off, and relations to the customer's keys.

        `shown` says that this source would show a key if there were one: only then is its absence an answer.
        """
        names = [*keys, *(texts(self.document, "kmsKeys") or [])]
        targets = list(dict.fromkeys(k for k in map(key_name, names) if k))
        facts: dict[str, Any] = {"encrypted": True}
        if targets:
            facts["encryption"] = "customer-managed key"
        elif shown and self.data is not None and not any(names):
            facts |= {"encryption": "Google-managed key", "custody": "provider", "volume_custody": "provider"}
        carried = _carried(kind)
        for name, value in facts.items():
            if name in carried:
                attributes.setdefault(name, value)
        return [self.relation("encrypted_by", target) for target in targets]


@cache
def _carried(kind: str) -> frozenset[str]:
    """The names among the facts of encryption that a kind carries."""
    names = ("encrypted", "encryption", "custody", "volume_custody")
    return frozenset(name for name in names if kind in ATTRIBUTES[name].kinds)


Describe: TypeAlias = Callable[[Subject], Iterable[Asset | Relation]]
"""What a service's file offers for each type: from a subject to its asset and relations."""


def gcp_type(
    native_type: str, service: str, kinds: tuple[str, ...], members: Iterable[str], describe: Describe
) -> DocumentType:
    """A document type whose members are given relative to `data`; the envelope's members are always kept.

    What the IAM policy of the thing says, where the document has one, is added to what `describe` yields.
    """

    def normalise(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
        subject = Subject.of(document, origin)
        if subject is None:
            return
        governed = "iamPolicy" in subject.document
        for item in describe(subject):
            if governed and isinstance(item, Asset) and item.uid == subject.uid:
                yield from sharing(document, item)
                if subject.data is None:  # a policy alone is a facet: another document tells the place
                    item.location = Location.unknown()
            yield item

    inside = (f"{prefix}data.{path}" for prefix, path in map(_split, members))
    return DocumentType(native_type, service, kinds, (*ENVELOPE, "iamPolicy.bindings", *inside), normalise)


def _split(member_: str) -> tuple[str, str]:
    prefix, colon, path = member_.rpartition(":")
    return prefix + colon, path


def whole(document: Any, path: str) -> int | None:
    """A whole number, which Google writes as a number or as decimal digits in a string."""
    value = number(document, path)
    if value is not None:
        return value
    digits = text(document, path)
    return int(digits) if digits and digits.isascii() and digits.isdigit() and len(digits) < 19 else None


def seconds(document: Any, path: str) -> int | None:
    """Seconds of a Google duration (`2592000s`)."""
    found = _DURATION.match(text(document, path) or "")
    return int(found[1]) if found else None


def days(document: Any, path: str) -> int | None:
    """Whole days of a Google duration, rounded down."""
    value = seconds(document, path)
    return None if value is None else value // _DAY


def put_any(attributes: dict[str, Any], **values: Any) -> dict[str, Any]:
    """Sets those values that are not None."""
    for name, value in values.items():
        put(attributes, name, value)
    return attributes


def tls_only(subject: Subject) -> bool | None:
    """True for what Google's own interface serves, which answers over TLS only; None where no body was shown."""
    return True if subject.data else None


def _projects(document: Any, uid: str) -> list[str]:
    """Every spelling of the asset's project that the document shows, the name's own first."""
    own = project_in(uid)
    ancestors = texts(document, "ancestors")
    stated = [own, project_in(ancestors[0]) if ancestors else None]
    stated.extend(project_in(text(document, path)) for path in ("project", "parent") if path in document)
    if len({p for p in stated if p}) < 2:  # the body is the last to ask: most names and ancestors say it all
        for path in _BODY_PROJECTS if "data" in document else ():
            number_ = whole(document, path) if path.endswith("Number") else None
            stated.append(text(document, path) if number_ is None else str(number_))
    return list(dict.fromkeys(p for p in stated if p and len(p) <= 100 and "/" not in p))


_BODY_PROJECTS: Final = ("data.projectId", "data.project", "data.datasetReference.projectId", "data.projectNumber")


def _aliases(uid: str, projects: list[str], data: Mapping[str, Any] | None) -> tuple[str, ...]:
    found: list[str] = []
    own = project_in(uid)
    if own and uid.count("/") > 4:  # the project itself is aliased by its own normaliser
        found += [with_project(uid, own, p) for p in projects if p != own and is_number(p) != is_number(own)]
    stated = text(data, "name")
    host = uid[2:].split("/", 1)[0]
    if stated and stated.startswith("projects/") and stated.count("/") > 1:
        found.append(f"//{host}/{stated}")
    return tuple(dict.fromkeys(name for name in found if name != uid))
