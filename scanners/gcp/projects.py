"""One name for each project, and a place for what only its parent or its parts can place.

Google writes a project by its id or by its number. While entries stream by, the pairs are learned; what arrives before
its pair is known waits, up to a bound, so that an account has one name in the whole import: its id where any entry
shows it, else its number. Databases of Spanner and instances of Bigtable state no place: they wait for the entries that
do. What still waits when the bound is reached goes on as it is.
"""

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from msgspec.structs import replace

from scanners.gcp.inherited import Inherited
from scanners.gcp.names import is_number, project_in
from scanners.gcp.places import place
from scanners.members import text, texts
from scanners.model import Asset, Item, Location, LocationKind, Relation

Label: TypeAlias = tuple[str, bool]
"""What the caller wants back with an item: the service's name, and whether its document had a body."""

MOST_HELD: Final = 20_000
"""Items that wait at most."""

_HOLDER: Final = "//cloudresourcemanager.googleapis.com/projects/"
_PLACED_BY_OTHERS: Final = {
    "spanner.googleapis.com/Database": "/databases/",
    "spanner.googleapis.com/Backup": "/backups/",
    "bigtableadmin.googleapis.com/Table": "/tables/",
    "bigtableadmin.googleapis.com/Instance": "",
}


class Projects:
    """What is known of the projects of one import, and what waits for more."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}  # number → id
        self._numbers: dict[str, str] = {}  # id → number
        self._held: list[tuple[Item, Label]] = []
        self._places: dict[str, Location] = {}  # uid of a Spanner or Bigtable instance → its place
        self._regions: dict[str, set[str]] = {}  # uid of a Bigtable instance → regions of its clusters
        self._inherited = Inherited()
        self._owners: dict[str, str] = {}  # uid of a bucket → its account, as written; its name does not say

    def learn(self, envelope: Any) -> None:
        """Notes what an entry tells about the id and the number of a project."""
        self._inherited.learn(envelope)
        name = project_in(text(envelope, "name"))
        ancestors = texts(envelope, "ancestors")
        above = project_in(ancestors[0]) if ancestors else None
        if name and above and self._ids.get(above) == name:
            return  # what nearly every entry repeats
        shown = [name, above, text(envelope, "data.projectId")]
        shown += [project_in(text(envelope, at)) for at in ("project", "parent")]
        own = text(envelope, "data.projectNumber")
        shown.append(own if own and (text(envelope, "assetType") or "").endswith("/Project") else None)
        identifier = next((p for p in shown if p and not is_number(p)), None)
        number = next((p for p in shown if p and is_number(p)), None)
        if identifier and number and len(self._ids) < 100_000:
            self._ids.setdefault(number, identifier)
            self._numbers.setdefault(identifier, number)

    def account(self, name: str, ancestors: list[str]) -> str:
        """The account of an entry that has no asset."""
        project = project_in(name) or next((project_in(a) for a in ancestors if project_in(a)), None)
        if project is None:
            return next((a for a in ancestors), "unknown")
        return self._ids.get(project, project)

    def settle(self, item: Item, label: Label) -> Iterator[tuple[Item, Label]]:
        """The item with its project's id and its place, now if they are known, else later."""
        if isinstance(item, Asset):
            self._note(item)
        if self._waits(item):
            self._held.append((item, label))
            if len(self._held) >= MOST_HELD:
                yield from self.rest()
            return
        yield from self._finish(item, label)

    def rest(self) -> Iterator[tuple[Item, Label]]:
        """Everything that waits, with what is known by now."""
        held, self._held = self._held, []
        for item, label in held:
            yield from self._finish(item, label)

    def grants(self, project: str | None = None) -> Iterator[dict[str, Any]]:
        """Documents that say who may read the things of a project (None: of each) by roles from above.

        There is none where a level above was not read. To be asked once everything was seen.
        """
        for account in self._inherited.accounts() if project is None else (project,):
            found = self._inherited.document(account, self._numbers.get(account))
            if found is not None:
                yield found

    def unread(self, project: str) -> tuple[list[str], list[str]]:
        """(key rings, keys) of a project of which nothing told yet who may use them."""
        return self._inherited.unread(project, self._numbers.get(project))

    def _note(self, asset: Asset) -> None:
        if asset.native_type == "spanner.googleapis.com/Instance" and asset.location.kind is not LocationKind.UNKNOWN:
            self._places[asset.uid] = asset.location
        elif asset.native_type == "bigtableadmin.googleapis.com/Cluster" and asset.location.region:
            self._regions.setdefault(asset.uid.rsplit("/clusters/", 1)[0], set()).add(asset.location.region)
        if project_in(asset.uid) is None and len(self._owners) < 100_000:
            self._owners[asset.uid] = asset.account

    def _waits(self, item: Item) -> bool:
        if isinstance(item, Asset):
            if is_number(item.account) and item.account not in self._ids:
                return True
            if item.uid.startswith(_HOLDER) and item.location.kind is LocationKind.UNKNOWN:
                return True
            return item.location.kind is LocationKind.UNKNOWN and item.native_type in _PLACED_BY_OTHERS
        return isinstance(item, Relation) and item.type == "shared_with" and item.target.startswith("account:")

    def _finish(self, item: Item, label: Label) -> Iterator[tuple[Item, Label]]:
        if isinstance(item, Asset):
            yield self._inherited.part(self._placed(self._named(item))), label
        elif not (isinstance(item, Relation) and self._to_itself(item)):
            yield item, label

    def _named(self, asset: Asset) -> Asset:
        account = self._ids.get(asset.account, asset.account)
        uid = asset.uid
        if uid.startswith(_HOLDER):  # the inventory names projects by number
            own = uid.removeprefix(_HOLDER)
            uid = f"{_HOLDER}{self._numbers.get(own, own)}"
        return replace(asset, account=account, uid=uid) if (account, uid) != (asset.account, asset.uid) else asset

    def _placed(self, asset: Asset) -> Asset:
        step = _PLACED_BY_OTHERS.get(asset.native_type)
        if step is None or asset.location.kind is not LocationKind.UNKNOWN:
            return asset
        whole = asset.uid.rsplit(step, 1)[0] if step else asset.uid
        regions = sorted(self._regions.get(whole, ()))
        known = self._places.get(whole)
        if known is None and regions:
            known = place(regions[0]) if len(regions) == 1 else place(None, "bigtable", regions)
        return asset if known is None else replace(asset, location=known)

    def _to_itself(self, relation: Relation) -> bool:
        """Whether an asset is said to be shared with its own project, spelled the other way."""
        if relation.type != "shared_with":
            return False
        target = relation.target.removeprefix("account:")
        own = project_in(relation.source) or self._owners.get(relation.source)
        return own is not None and self._ids.get(own, own) == self._ids.get(target, target)
