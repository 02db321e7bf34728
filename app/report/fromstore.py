"""A stored judgement as the source of a report."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import msgspec

from app.report.proof import Judged, Proof, entry_of, findings_digest
from app.report.source import (
    Acceptance,
    ConnectionNote,
    EvidenceNote,
    FileRead,
    Head,
    Place,
    PlacedAsset,
    Provision,
    ScanNote,
    Versions,
    place_of,
)
from app.texts import tr, trn
from rules.judgement import Finding, Flow, Summary, Transfer
from scanners.exports.read import ImportedFile
from scanners.model import Asset, Coverage

if TYPE_CHECKING:
    from app.audit import Yardstick
    from app.store import Store
    from app.store.records import JudgementInfo, ScanInfo
    from rules.accelerators import Accelerators
    from rules.rule import Rule

_CHUNK: Final = 2000
_SHOWN: Final = frozenset(
    {"dc_source", "partition", "processing_scope", "processing_locs", "processing_countries"}
    | {"gpu_count", "gpu_model", "custody"}
)
"""What is told of an asset, apart from its document."""
_MOST_COUNTRIES: Final = 8
_MOST_BESIDE: Final = 100_000
_FIRST_COUNTRIES: Final = 4


class StoreSource:
    """Implements `app.report.source.ReportSource` for one judgement of a store.

    What judgement worked out about assets is worked out again: the same input gives the same answer. `only` limits the
    findings to these pairs of rule and subject (uid, or id of a flow).
    """

    def __init__(self, store: "Store", judgement_id: int, *, only: set[tuple[str, str]] | None = None) -> None:
        from app.audit import yardstick_of
        from rules.rule import graded

        info = store.judgement(judgement_id)
        if info is None or info.summary is None:
            raise KeyError(judgement_id)
        self._store = store
        self._only = only
        self.info: JudgementInfo = info
        self.scan: ScanInfo = store.scan(info.scan)
        self.by: Yardstick = yardstick_of(store, judgement_id)
        self.rules = graded(self.by.rules, self.by.policy.severities)
        self._rules: dict[str, Rule] = {rule.id: rule for rule in self.rules}
        self._notes: dict[str, EvidenceNote | None] = {}
        self._beside: dict[str, EvidenceNote] = {}
        self._operators: dict[tuple[str, str | None], str | None] = {}
        self._places: dict[tuple[int, str], Place] = {}
        self._estate = store.estate(info.scan)

    def head(self) -> Head:
        """What stands on the cover."""
        from app.audit import SAMPLE
        from app.report.computed import edition_of

        scan, header, policy = self.scan, self.info.header, self.by.policy
        unread = sum(not cell.status.read for cell in self._coverage)
        pack, _, pack_digest = header.pack.partition(" ")
        catalogue, _, catalogue_digest = header.catalogue.partition(" ")
        allowed = policy.allowed_countries
        return Head(
            as_of=header.as_of,
            scan=ScanNote(
                str(scan.id), scan.started, scan.ended, scan.state == "complete" and not unread, self._connections()
            ),
            versions=Versions(
                header.program, pack_digest, catalogue_digest, header.policy, pack, catalogue, policy.name
            ),
            organisation=policy.organisation or None,
            sample=self._store.attachment(f"scan:{scan.id}", SAMPLE) is not None,
            allowed_countries=None if allowed is msgspec.UNSET else tuple(sorted(allowed)),
            thresholds=tuple(_threshold(line) for line in policy.printed_defaults()),
            checks=len(self._rules),
            edition=edition_of(self),
        )

    def _connections(self) -> list[ConnectionNote]:
        gaps = Counter(cell.connection for cell in self._coverage if not cell.status.read)
        if not self._files:
            names = {cell.connection: cell.provider for cell in self._coverage}
            return [ConnectionNote(n, p, not gaps[n], _gap_note(gaps[n])) for n, p in sorted(names.items())]
        return [
            ConnectionNote(
                f.name,
                f.provider or tr("unknown"),
                f.state.value == "complete" and not gaps[f"import:{f.name}"],
                " ".join([*f.warnings[:2], _gap_note(gaps[f"import:{f.name}"])]).strip(),
            )
            for f in self._files
        ]

    @cached_property
    def _files(self) -> list[ImportedFile]:
        from app.audit import FILES

        body = self._store.attachment(f"scan:{self.scan.id}", FILES)
        return [] if body is None else msgspec.json.decode(body, type=list[ImportedFile])

    @cached_property
    def _coverage(self) -> list[Coverage]:
        return self._store.coverage(self.scan.id)

    def summary(self) -> Summary:
        """Counts of the judgement."""
        summary = self.info.summary
        assert summary is not None  # noqa: S101 - checked when this was made
        return summary

    @cached_property
    def _world(self) -> Any:
        from rules.world import World

        return World(self._estate, self.by.policy, self.by.catalogue, self.info.header.as_of)

    @cached_property
    def _accelerators(self) -> "Accelerators":
        from rules.accelerators import Accelerators
        from rules.related import Records

        return Accelerators(self._world, Records(self._world))

    def assets(self) -> Iterator[PlacedAsset]:
        """Every asset, in ascending order of uid."""
        from rules.related import Records

        records = Records(self._world, names=_SHOWN)
        nodes, targets, within = self._estate.in_order(), self._world.graph.targets, self._accelerators.within
        for start in range(0, len(nodes), _CHUNK):
            chunk = nodes[start : start + _CHUNK]
            found = self._estate.some(chunk)
            keys = {node: named[0] for node in chunk if (named := targets(node, "encrypted_by"))}
            wholes = {node: within[node] for node in chunk if node in within}
            uids = self._estate.uids({*keys.values(), *wholes.values()})
            for node in chunk:
                asset = found[node]
                key, whole = keys.get(node), wholes.get(node)
                yield self._placed(
                    asset,
                    records.full(asset, node),
                    node,
                    None if key is None else uids[key],
                    None if whole is None else uids[whole],
                )

    def _operator(self, provider: str, partition: str | None) -> str | None:
        if (provider, partition) not in self._operators:
            found = self.by.catalogue.operator(provider, partition)
            told = None if found is None else f"{found.name} ({found.parent_country})"
            self._operators[provider, partition] = told
        return self._operators[provider, partition]

    def _place(self, number: int, own: str) -> Place:
        """A place of the judgement, as something of this provider has it."""
        if (number, own) not in self._places:
            provider, location = self._world.places.keys[number]
            provider = provider or own
            found = self.by.catalogue.place(provider, location, self.info.header.as_of)
            self._places[number, own] = place_of(found, provider)
        return self._places[number, own]

    def _placed(
        self, asset: Asset, record: dict[str, Any], node: int, key: str | None, whole: str | None
    ) -> PlacedAsset:
        machines = self._accelerators
        return PlacedAsset(
            asset,
            self._place(self._world.place_of[node], asset.provider),  # a part lies where its whole does
            record.get("dc", "unclassified"),
            record.get("dc_source", "none"),
            self._processing(asset, record),
            machines.counted.get(node, record.get("gpu_count")),
            record.get("gpu_model"),
            whole,
            record.get("custody"),
            key,
            self._operator(asset.provider, record.get("partition")),
            self._estate.stale(node),
            node in machines.by_parts,
        )

    def _processing(self, asset: Asset, record: dict[str, Any]) -> Place | None:
        scope = record.get("processing_scope")
        if scope == "global":
            return Place(
                f"{asset.provider}:anywhere",
                tr("anywhere in the provider's regions"),
                (),
                "third_country",
                everywhere=True,
            )
        countries = record.get("processing_countries")
        if scope is None or not countries:
            return None
        as_of = self.info.header.as_of
        names = self._listed(countries)
        order = ("eea", "adequate", "adequate_partial", "third_country", "unknown")
        worst = max((self.by.catalogue.jurisdiction(c, as_of).status for c in countries), key=order.index)
        return Place(f"{asset.provider}:{scope}:{names}", names, tuple(countries), worst)

    def _listed(self, countries: Sequence[str]) -> str:
        """Names of countries; of many the first few, and how many there are: machine formats list all."""
        names = [self.by.catalogue.country_name(c) for c in countries]
        if len(names) <= _MOST_COUNTRIES:
            return ", ".join(names)
        first = ", ".join(names[:_FIRST_COUNTRIES])
        return tr("{n} countries: {names} and {k} more").format(
            n=len(names), names=first, k=len(names) - _FIRST_COUNTRIES
        )

    def findings(self, with_passes: bool = False) -> Iterator[Finding]:
        """Findings that fail, were not checked or are accepted; passes where the judgement kept them."""
        for row in self._store.findings(self.info.id):
            finding = row.finding
            if finding.verdict.value == "pass" and not with_passes:
                continue
            if self._only is not None and (finding.rule, finding.asset or finding.flow or "") not in self._only:
                continue
            yield finding

    def flows(self) -> Iterator[Flow]:
        """Every flow."""
        return self._store.flows(self.info.id)

    def transfers(self) -> Iterator[Transfer]:
        """Every transfer."""
        return self._store.transfers(self.info.id)

    def coverage(self) -> Iterable[Coverage]:
        """Every cell."""
        return self._coverage

    def acceptances(self) -> Iterator[Acceptance]:
        """Acceptances in force or expired."""
        for a in self._store.acceptances():
            subject = a.asset or a.flow or ""
            yield Acceptance(a.id, a.rule, subject, a.why, a.owner, a.made.date(), a.until, a.second_person)

    def files(self) -> Iterator[FileRead]:
        """Files that were read."""
        for f in self._files:
            kept = sum(n for kind, n in f.counts.items() if kind not in ("relations", "evidence"))
            yield FileRead(f.name, f.format, f.digest, f.size, kept, " ".join(f.warnings[:3]))

    def rule(self, rule_id: str) -> "Rule | None":
        """The rule, or None where the pack no longer has it."""
        return self._rules.get(rule_id)

    def provision(self, law_id: str) -> Provision | None:
        """The provision or the nearest above it."""
        return self.by.catalogue.provision(law_id)

    def country(self, code: str) -> str | None:
        """Name of a country in English, or None; `*` stands for any."""
        if code == "*":
            return tr("any country")
        try:
            return self.by.catalogue.country_name(code)
        except (KeyError, ValueError):
            return None

    def evidence(self, digest: str) -> EvidenceNote | None:
        """Where a document came from, or None where the store does not know it."""
        if digest not in self._notes:
            if digest not in self._beside:  # what is asked for next was mostly stored beside it
                if len(self._beside) > _MOST_BESIDE:
                    self._beside.clear()
                beside = self._store.evidence_beside(digest)
                self._beside.update((d, EvidenceNote(e.source, e.operation, e.seen_at)) for d, e in beside.items())
            note = self._beside.get(digest)
            if note is None:
                try:
                    found = self._store.evidence(digest)
                except KeyError:
                    pass
                else:
                    note = EvidenceNote(found.source, found.operation, found.seen_at)
            self._notes[digest] = note
        return self._notes[digest]

    def proof(self) -> Proof:
        """The chain of scans up to this one, the findings of the judgement, and the documents that both rest on."""
        scan = self.scan.id
        number, digest = findings_digest(self._store.verdicts(self.info.id))
        evidence = {d for batch in self._estate.assets() for _, asset in batch for d in asset.evidence}
        for row in self._store.findings(self.info.id):
            evidence.update(row.finding.evidence)
        evidence.update(d for flow in self.flows() for d in flow.evidence)
        chain = [entry_of(link) for link in self._store.chain() if link.scan <= scan]
        return Proof(chain, Judged(self.info.id, number, digest), sorted(evidence))


def _gap_note(gaps: int) -> str:
    if not gaps:
        return ""
    return trn("One area is not in it.", "{n} areas are not in it.", gaps).format(n=f"{gaps:,}")


def _threshold(line: str) -> tuple[str, str]:
    name, _, value = line.partition(" = ")
    return name, value
