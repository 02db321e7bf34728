"""Scans of simulated clouds for proofs: over HTTP into a store, and what the store then holds, to be judged again."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rule_proof import Seen, judged, seen

from app.connections import Connection
from app.scanning import scan
from app.store import Store
from rules.estate import MemoryEstate
from scanners.live.credentials import Network
from scanners.model import Asset, Coverage, Relation

HASTY = Network(attempts=1, connect_timeout=5, read_timeout=15)


@dataclass
class Held:
    """What a store holds of a scan, to be judged with parts taken away."""

    assets: list[Asset]
    relations: list[Relation]
    coverage: list[Coverage]

    def judged(self, *policies: str) -> Seen:
        """What all rules say of it."""
        return judged(MemoryEstate(self.assets, self.relations, self.coverage), *policies)

    def without(self, name: str, *, only: str | None = None) -> "Held":
        """The same, where an attribute of every asset (or of one) was not read."""
        changed = [_less(a, name) if name in a.attributes and only in (None, a.uid) else a for a in self.assets]
        return Held(changed, self.relations, self.coverage)

    def holding(self, name: str, value: object) -> "Held":
        """The same, where an attribute of every asset that has it has this value."""
        changed = [_with(a, name, value) if name in a.attributes else a for a in self.assets]
        return Held(changed, self.relations, self.coverage)

    def attributes(self) -> list[str]:
        """Every attribute that some asset has."""
        return sorted({name for a in self.assets for name in a.attributes} - {"relations_read"})


def _less(asset: Asset, name: str) -> Asset:
    found = copy.copy(asset)
    found.attributes = {k: v for k, v in asset.attributes.items() if k != name}
    return found


def _with(asset: Asset, name: str, value: object) -> Asset:
    found = copy.copy(asset)
    found.attributes = {**asset.attributes, name: value}
    return found


def into(folder: Path, connection: Connection, sites: str, *policies: str) -> tuple[Seen, Held]:
    """A scan judged from the store by these policies, and what the store holds of it."""
    declared = folder / "sites.yaml"
    declared.write_text(sites, encoding="utf-8")
    with Store.open(folder / "proof.db") as store:
        done = scan(store, [connection], [declared], network=HASTY)
        said = seen(store, done.scan.id, *policies)
        estate = store.estate(done.scan.id)
        try:
            assets = [asset for batch in estate.assets() for _, asset in batch]
            relations = [row[3] for batch in estate.relations() for row in batch]
            return said, Held(assets, relations, list(estate.coverage()))
        finally:
            estate.close()


def each(held: Held) -> Iterator[tuple[str, Callable[[], Held]]]:
    """(attribute, what is left without it) for every attribute of a scan."""
    for name in held.attributes():
        yield name, lambda name=name: held.without(name)


def gained(whole: Seen, less: Seen) -> list[str]:
    """`unearned`, about what the whole knows: an end of a flow that was not read has another name, and so the flow."""
    known = {subject for found in whole.subjects.values() for subject in found}
    passes = whole.of("pass")
    return sorted(f"{rule} passes about {s}" for rule, s in less.of("pass") - passes if s in known)


def told(wrong: dict[str, list[str]]) -> str:
    """Attribute and passes as text, which a failing test shows whole."""
    return "\n".join(f"{name}: {line}" for name, lines in wrong.items() for line in lines)


def rests_on(name: str, good: Held, bad: Held, policy: str) -> list[str]:
    """Passes that stay where an attribute was not read, although some value that the bad one shows makes them fail."""
    values = {repr(v): v for a in bad.assets if (v := a.attributes.get(name, _NOTHING)) is not _NOTHING}
    own = {repr(a.attributes[name]) for a in good.assets if name in a.attributes}
    other = [value for text, value in sorted(values.items()) if text not in own]
    if not other:
        return []
    stays = good.without(name).judged(policy).of("pass")
    wrong = stays & good.holding(name, other[0]).judged(policy).of("fail")
    return sorted(f"{rule} passes about {subject}" for rule, subject in wrong)


_NOTHING = object()
