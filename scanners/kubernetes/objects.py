"""The envelope around every Kubernetes object, and the asset and relations that are made from it.

A document is the object as the API gives it, with one member more: `cluster`, `{"id", "name", "location"?, "site"?}`,
which says what cluster it was read from. Neither secrets nor config maps have a type here, so nothing of them is kept.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import msgspec

from scanners.documents import DocumentType, Origin
from scanners.members import labels, moment, record, records, text
from scanners.model import UNREAD, Asset, Location, Relation

META: Final = (
    *("apiVersion", "cluster", "kind", "metadata.creationTimestamp", "metadata.labels", "metadata.name"),
    *("metadata.namespace", "metadata.uid", "metadata.ownerReferences[].kind", "metadata.ownerReferences[].name"),
    "metadata.ownerReferences[].controller",
)
_LONGEST: Final = 253
_NAME: Final = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._:@-]{0,252}$")


def is_name(value: str | None) -> bool:
    """Whether this can be the name of an object; others would not be safe in a uid."""
    return value is not None and bool(_NAME.match(value))


@dataclass(frozen=True, slots=True)
class Thing:
    """One Kubernetes object: where it is and what it is called."""

    cluster: str
    uid: str
    kind: str
    namespace: str
    name: str
    document: Mapping[str, Any]

    @classmethod
    def of(cls, document: Any, origin: Origin) -> "Thing | None":
        """The thing, or None where the object has no usable name or kind."""
        name, kind = text(document, "metadata.name"), text(document, "kind")
        if name is None or kind is None or not _NAME.match(name) or not _NAME.match(kind):
            return None
        namespace = text(document, "metadata.namespace") or ""
        cluster = text(document, "cluster.id") or origin.account or "unknown"
        if namespace and not _NAME.match(namespace):
            return None
        return cls(cluster, uid_for(cluster, kind, namespace, name), kind, namespace, name, document)

    def other(self, kind: str, name: str, namespace: str | None = None) -> str:
        """The uid of another object of the same cluster, in the same namespace unless told."""
        return uid_for(self.cluster, kind, self.namespace if namespace is None else namespace, name)

    def location(self) -> Location:
        """The place of the cluster as far as it is known: a declared site, else the cluster's own region."""
        stated = record(self.document, "cluster.location")
        if stated is None:
            return Location.unknown()
        try:
            return msgspec.convert(dict(stated), Location)
        except (msgspec.ValidationError, TypeError, ValueError):
            return Location.unknown()

    def asset(self, kind: str, location: Location, attributes: dict[str, Any], provider: str | None = None) -> Asset:
        """The asset, with its labels as tags."""
        tags = labels(self.document, "metadata.labels")
        if (
            tags is None
            and record(self.document, "metadata.labels") is None
            and "labels" not in (record(self.document, "metadata") or {})
        ):
            tags = {}  # the API leaves out empty maps
        group = (text(self.document, "apiVersion") or "v1").rpartition("/")[0]
        return Asset(
            uid=self.uid,
            provider=provider or text(self.document, "cluster.provider") or "kubernetes",
            account=self.cluster,
            kind=kind,
            native_type=f"{group}/{self.kind}" if group else self.kind,
            name=f"{self.namespace}/{self.name}" if self.namespace else self.name,
            location=location,
            attributes=attributes,
            tags=UNREAD if tags is None else tags,
            created_at=moment(self.document, "metadata.creationTimestamp"),
        )

    def owner(self) -> tuple[str, str] | None:
        """(kind, name) of the object that controls this one."""
        found = records(self.document, "metadata.ownerReferences") or []
        for reference in sorted(found, key=lambda r: r.get("controller") is not True):
            kind, name = text(reference, "kind"), text(reference, "name")
            if kind and name and len(name) <= _LONGEST:
                return kind, name
        return None


Describe: TypeAlias = Callable[[Thing], Iterable[Asset | Relation]]


def uid_for(cluster: str, kind: str, namespace: str, name: str) -> str:
    """`k8s://CLUSTER/kind/namespace/name`; the namespace is empty for things of the whole cluster."""
    return f"k8s://{cluster}/{kind.lower()}/{namespace}/{name}"


def k8s_type(native: str, kinds: tuple[str, ...], members: Iterable[str], describe: Describe) -> DocumentType:
    """A document type of objects; `native` is `group/Kind`, or `Kind` for the core group."""

    def normalise(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
        thing = Thing.of(document, origin)
        if thing is not None:
            yield from describe(thing)

    return DocumentType(native, "kubernetes", kinds, (*META, *members), normalise)
