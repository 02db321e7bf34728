"""Exports of Google's Cloud Asset Inventory: `gcloud asset export`, `assets.list`, search results, history."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from scanners.documents import Origin, observe
from scanners.exports.cover import Collected
from scanners.exports.formats import ExportFormat, Head
from scanners.exports.source import SourceFile
from scanners.exports.stream import Element, ExportStream
from scanners.gcp import document_types
from scanners.gcp.envelope import from_inventory, is_deleted, parts
from scanners.gcp.places import as_value, place
from scanners.gcp.projects import Label, Projects
from scanners.kubernetes import document_types as kubernetes_types
from scanners.kubernetes import native_type
from scanners.members import record, text, texts
from scanners.model import KINDS, UNREAD, Asset, Coverage, CoverageStatus, Item, Location, LocationKind

PROVIDER: Final = "gcp"
_MOST_TYPES_NAMED: Final = 12

_NEVER_SHOWN: Final = (
    ("storagetransfer", "transfer.job", "Cloud Asset Inventory does not list Storage Transfer jobs."),
    ("aiplatform", "ai.customization", "Cloud Asset Inventory does not list tuning jobs of Vertex AI."),
    ("aiplatform", "training.notebook", "Cloud Asset Inventory does not list notebook runtimes of Vertex AI."),
    ("notebooks", "training.notebook", "Cloud Asset Inventory does not list Workbench instances."),
    ("aiplatform-calls", "ai.endpoint", "Calls of a vendor's models leave nothing in the inventory."),
    ("cloudaudit", "log.trail", "The inventory does not show which data-access logs are switched on."),
)
_LEFT_OUT: Final = (
    "The export holds none of these: {kind}. An export of chosen asset types leaves out the others, so that there may"
    " be some all the same."
)
_NO_POLICIES: Final = (
    "This export holds no organisation policies: unless another file does, export the content type ORG_POLICY as well."
)
_NO_IAM: Final = (
    "This export holds no IAM policies: unless another file does, who may read is unknown; export the content type"
    " IAM_POLICY as well."
)
_NO_BODIES: Final = "Search results and lists of names show places, not settings: export the content type RESOURCE."


class CloudAssetInventory:
    """Reads every form of the inventory, in camelCase and snake_case, and keeps projects under one name."""

    name = "Cloud Asset Inventory export"
    provider = PROVIDER
    early = False

    def recognises(self, head: Head) -> float:
        """Certain where the first entry has a name and an asset type; likely where an empty answer has its members."""
        entry = head.first
        for at in ("", "asset.", "priorAsset."):
            if text(entry, f"{at}assetType") or text(entry, f"{at}asset_type"):
                return 1.0 if (text(entry, f"{at}name") or "").startswith("//") else 0.8
        if "name" in head.keys and {"assetType", "asset_type"} & set(head.keys):
            return 1.0 if '"//' in head.text else 0.8
        if "readTime" in head.keys and {"assets", "nextPageToken"} & set(head.keys):
            return 0.7
        return 0.6 if '"assetType"' in head.text and '"//' in head.text and "googleapis.com/" in head.text else 0.0

    def items(self, stream: ExportStream, file: SourceFile) -> Iterator[Item]:
        """Evidence, assets and relations of every entry; what waited for a project's id; coverage."""
        reading = _Reading(file)
        for element in stream.elements("assets", "results"):
            yield from reading.entry(element)
        yield from reading.end()


class _Reading:
    """One file in the middle of being read."""

    def __init__(self, file: SourceFile) -> None:
        self.file = file
        self.book = Collected(file, PROVIDER)
        self.projects = Projects()
        self.unknown: dict[tuple[str, str], dict[str, int]] = {}
        self.placeless: dict[str, int] = {}
        self.seen: set[tuple[str, str, str]] = set()
        self.left_out: frozenset[str] = frozenset()
        self.deleted = 0
        self.entries = 0
        self.shown: set[str] = set()  # the content types that the file turned out to hold

    def entry(self, element: Element) -> Iterator[Item]:
        """What one entry yields now."""
        envelope = from_inventory(element.value)
        if envelope is None:
            if is_deleted(element.value):
                self.deleted += 1
            else:
                self.file.incomplete(
                    f"{self.file.name}, {element.where}: not an asset (no name or no asset type); skipped."
                )
            return
        self.entries += 1
        self.shown |= {c for c, at in _CONTENTS.items() if at in envelope}
        self.projects.learn(envelope)
        kubernetes = _kubernetes(envelope)
        for part in parts(envelope):
            yield from self._part(part, element, kubernetes)

    def _part(self, part: dict[str, Any], element: Element, kubernetes: dict[str, Any] | None) -> Iterator[Item]:
        kind = document_types().get(text(part, "assetType") or "")
        origin = self._origin(element)
        if kubernetes is not None:
            for item in _kubernetes_items(kubernetes, origin):
                if isinstance(item, Asset):
                    self._count(item, "kubernetes", item.tags is not UNREAD)
                yield item
            return
        if kind is None:
            self._not_asked(part)
            return
        for item in observe(part, kind, origin):
            for ready in self.projects.settle(item, (kind.service, "data" in part or not self.shown)):
                yield from self._release(*ready)

    def _release(self, item: Item, label: Label) -> Iterator[Item]:
        if isinstance(item, Asset):
            self._count(item, *label)
        yield item

    def _count(self, asset: Asset, service: str, whole: bool) -> None:
        location = asset.location
        if not whole and location.kind is LocationKind.UNKNOWN:
            return  # the document says something of a thing that another one describes
        if location.kind is LocationKind.UNKNOWN and location.region is None and asset.kind not in ("account", "key"):
            self.placeless[asset.kind] = self.placeless.get(asset.kind, 0) + 1
        region = location.region or ("multi" if location.members else "unknown")
        self.seen.add((asset.account, service, asset.kind))
        self.book.saw(asset.account, region, service, asset.kind)

    def _not_asked(self, part: dict[str, Any]) -> None:
        native = text(part, "assetType") or "unknown"
        account = self.projects.account(text(part, "name") or "", texts(part, "ancestors") or [])
        types = self.unknown.setdefault((account, native.partition("/")[0]), {})
        types[native] = types.get(native, 0) + 1

    def _origin(self, element: Element) -> Origin:
        return self.file.origin(element.where)

    def end(self) -> Iterator[Item]:
        """What was held back, and the coverage."""
        for item, label in self.projects.rest():
            yield from self._release(item, label)
        for document in self.projects.grants():
            kind = document_types()[document["assetType"]]
            for item in observe(document, kind, self.file.origin("the policies above")):
                yield item
        for kind, count in sorted(self.placeless.items()):
            self.file.warn(f"{self.file.name}: {count} × {kind} without a place; the rules cannot say where they are.")
        if self.deleted:
            self.file.warn(f"{self.file.name}: {self.deleted} entries describe something deleted since; left out.")
        if not self.entries:
            self.file.warn(f"{self.file.name}: the export holds no assets.")
        self.left_out = _every() - self.book.kinds()
        for account in sorted({account for account, _ in self.book.scopes()}):
            self._not_shown(account)
        yield from self.book.cells()
        for (account, service), types in sorted(self.unknown.items()):
            named = sorted(types, key=lambda t: (-types[t], t))
            more = f" and {len(named) - _MOST_TYPES_NAMED} more types" if len(named) > _MOST_TYPES_NAMED else ""
            listed = ", ".join(f"{types[t]} × {t}" for t in named[:_MOST_TYPES_NAMED])
            yield Coverage(
                self.file.connection,
                PROVIDER,
                account,
                "*",
                service,
                "*",
                CoverageStatus.NOT_ASKED,
                sum(types.values()),
                detail=f"In the export, but not understood by this version: {listed}{more}.",
            )

    def _not_shown(self, account: str) -> None:
        """Notes what this kind of export cannot show; an export of policies alone leaves that to others."""
        if self.shown and "RESOURCE" not in self.shown:
            return
        holder = account.startswith(("folders/", "organizations/"))  # which hold projects and policies, nothing else
        for service, kind, why in () if holder else _NEVER_SHOWN:
            if (account, service, kind) not in self.seen:
                self.book.cannot(account, "*", service, kind, why)
        # What the file shows of one project was exported, so that another one without it has none.
        for kind in () if holder else sorted(self.left_out):
            self.book.cannot(account, "*", "cloudasset.types", kind, _LEFT_OUT.format(kind=KINDS[kind]))
        if "ORG_POLICY" not in self.shown and (account, "orgpolicy", "governance.policy") not in self.seen:
            self.book.cannot(account, "*", "orgpolicy", "governance.policy", _NO_POLICIES)
        if "IAM_POLICY" not in self.shown:
            self.book.cannot(account, "*", "iam", "identity", _NO_IAM)
        if not self.shown:
            self.book.cannot(account, "*", "*", "*", _NO_BODIES)


@cache
def _every() -> frozenset[str]:
    """The kinds that the inventory can show; whether an account itself is in it is asked elsewhere."""
    never = {kind for _, kind, _ in _NEVER_SHOWN} | {"account", "governance.policy"}
    return frozenset(kind for type_ in document_types().values() for kind in type_.kinds) - never


_CONTENTS: Final = {
    "RESOURCE": "data",
    "IAM_POLICY": "iamPolicy",
    "ORG_POLICY": "orgPolicy",
    "ACCESS_POLICY": "servicePerimeter",
    "ACCESS_LEVEL": "accessLevel",
    "ACCESS_POLICIES": "accessPolicy",
}


def _kubernetes(envelope: dict[str, Any]) -> dict[str, Any] | None:
    """A Kubernetes object that the inventory shows for a GKE cluster; None for everything else."""
    group, _, kind = (text(envelope, "assetType") or "").rpartition("/")
    if not group.endswith("k8s.io"):
        return None
    cluster = _CLUSTER.match(text(envelope, "name") or "")
    data = record(envelope, "data")
    group = {
        "k8s.io": "",
        "apps.k8s.io": "apps/",
        "batch.k8s.io": "batch/",
        "extensions.k8s.io": "networking.k8s.io/",
    }.get(group, f"{group}/")
    if cluster is None or data is None or f"{group}{kind}" not in kubernetes_types():
        return None
    place_ = place(cluster[2])
    known = {"id": f"gke:{cluster[1]}/{cluster[2]}/{cluster[3]}", "location": as_value(place_), "provider": PROVIDER}
    return {**data, "kind": kind, "apiVersion": f"{group}v1", "cluster": known, "account": cluster[1]}


def _kubernetes_items(document: dict[str, Any], origin: Origin) -> Iterator[Item]:
    """The object's items, under the account of the project; a node is the machine that Compute Engine knows."""
    kind = kubernetes_types()[native_type(text(document, "apiVersion"), text(document, "kind"))]
    for item in observe(document, kind, origin):
        if isinstance(item, Asset):
            item.account = text(document, "account") or item.account
            machine = next((a for a in item.aliases if a.startswith("//compute.googleapis.com/")), None)
            if machine:
                item.uid, item.aliases = machine, (item.uid,)
                item.location, item.tags = Location.unknown(), UNREAD  # the machine's own document tells these
        yield item


_CLUSTER: Final = re.compile(
    r"^//container\.googleapis\.com/projects/([^/]+)/(?:zones|locations)/([^/]+)/clusters/([^/]+)/k8s/"
)

FORMATS: tuple[ExportFormat, ...] = (CloudAssetInventory(),)
