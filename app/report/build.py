"""Builds the content of a report from the answers of its source."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from app.report import words
from app.report.content import (
    PERSONAL,
    SEVERITIES,
    AcceptedRow,
    AssetLine,
    DataRow,
    DecisionRow,
    Extras,
    FindingRow,
    GpuRow,
    KeyRow,
    LawNote,
    PlaceCount,
    ReportContent,
    RuleGroup,
    Subject,
    TransferRow,
    holds_data,
    law_note,
)
from app.report.gaps import Gaps
from app.report.rows import coverage_lines, evidence_rows, family_order, law_order, natural, pass_rows, told
from app.report.source import Acceptance, Place, PlacedAsset, ReportSource
from app.report.spoken import Spoken
from app.texts import tr
from rules.judgement import Decision, Finding, Summary, Verdict

_COMPUTES = ("ai.", "training.", "transfer.")


def build_content(source: ReportSource, extras: Extras | None = None) -> ReportContent:
    """Everything a report shows, in the order it is shown, from one judged scan."""
    return _Builder(source, extras or Extras()).build()


class _Builder:
    """Reads the findings once, then the assets once; keeps of the assets only what is shown or referred to."""

    def __init__(self, source: ReportSource, extras: Extras) -> None:
        self._source = source
        self._extras = extras
        self._passes: dict[str, list[Finding]] = defaultdict(list)
        self._inventory: list[AssetLine] = []
        self._head = source.head()
        self._flows = {f.id: f for f in source.flows()}
        self._wanted: set[str] = {uid for f in self._flows.values() for uid in (f.source, f.target)}
        self._failing: Counter[str] = Counter()
        self._findings: list[Finding] = []
        self._stale = 0
        self._rules: set[str] = set()
        self._gaps = Gaps()
        self._subjects: dict[str, Subject] = {}
        self._law: dict[str, LawNote | None] = {}
        self._notes: dict[str, str] = {}
        self._countries: dict[str, str] = {}
        self._spoken = Spoken(source)

    def build(self) -> ReportContent:
        for finding in self._source.findings(with_passes=self._extras.with_passes):
            if finding.verdict is Verdict.PASS:
                self._passes[finding.rule].append(finding)
                if finding.asset is not None:
                    self._wanted.add(finding.asset)
            elif finding.verdict is Verdict.NOT_CHECKED:
                self._rules.add(finding.rule)
                self._gaps.miss(finding)
            elif finding.verdict in (Verdict.FAIL, Verdict.ACCEPTED):
                self._rules.add(finding.rule)
                self._findings.append(finding)
                if finding.asset is not None:
                    self._wanted.add(finding.asset)
                    self._failing[finding.asset] += finding.verdict is Verdict.FAIL
        data, computing, gpus, keys, places, count = self._walk()
        groups = self._groups()
        transfers = self._transfers()
        for place in places:
            self._name_countries(place.place.countries)
        for row in transfers:
            self._name_countries((row.transfer.country, *row.flow.source_countries, *row.flow.target_countries))
        self._name_countries(self._head.allowed_countries or ())
        law = {note.id: note for group in groups for note in group.law}
        summary = self._source.summary()
        coverage = list(self._source.coverage())
        return ReportContent(
            head=self._head,
            summary=summary,
            places=places,
            data=data,
            computing=computing,
            gpus=gpus,
            keys=keys,
            flows=sorted(self._flows.values(), key=lambda f: f.id),
            transfers=transfers,
            groups=groups,
            missing=self._gaps.groups(coverage),
            decisions=self._decisions(summary.decisions),
            accepted=self._accepted(),
            coverage=coverage_lines(coverage),
            files=list(self._source.files()),
            law=sorted(law.values(), key=lambda n: (law_order(n.id), natural(n.id))),
            countries=self._countries,
            assets=count,
            stale=self._stale,
            titles=self._titles(summary),
            note=self._extras.note,
            evidence=evidence_rows(self._source, self._findings, self._extras.identities),
            calls=self._extras.calls,
            identities=self._extras.identities,
            chain=self._extras.chain,
            passed=pass_rows(self._source, summary, self._passes, self._about),
            foreign=self._extras.foreign,
            foreign_apart=self._extras.foreign_apart,
            foreign_hidden=self._extras.foreign_hidden,
            inventory=self._inventory,
            activities=self._extras.activities,
            view=self._extras.view,
            changes=self._extras.changes,
            compute=self._extras.compute,
            ends=self._extras.ends,
        )

    def _walk(self) -> tuple[list[DataRow], list[DataRow], list[GpuRow], list[KeyRow], list[PlaceCount], int]:
        data: list[DataRow] = []
        processing: list[DataRow] = []
        keys: list[KeyRow] = []
        computing: list[PlacedAsset] = []
        protects: Counter[str] = Counter()
        places: dict[str, PlaceCount] = {}
        total = 0
        for placed in map(self._spoken.asset, self._source.assets()):
            total += 1
            self._stale += placed.stale
            asset, kind = placed.asset, placed.asset.kind
            if self._extras.with_inventory:
                self._inventory.append(_line(placed))
            for uid in (asset.uid, *asset.aliases):
                if uid in self._wanted:
                    self._subjects[uid] = _subject(uid, placed)
            failing = self._failing.get(asset.uid, 0)
            spot = places.get(placed.place.key)
            if spot is None:
                spot = places[placed.place.key] = PlaceCount(placed.place)
            spot.failing += failing
            if placed.key is not None:
                protects[placed.key] += 1
            if holds_data(kind):
                data.append(_data_row(placed, failing))
                spot.data += 1
                spot.personal += placed.data_class in PERSONAL
            elif kind.startswith(_COMPUTES):
                processing.append(_data_row(placed, failing))
            elif kind == "key":
                keys.append(_key_row(placed))
                spot.keys += 1
            elif kind.startswith("compute.") and placed.gpu_count != 0 and not placed.by_parts:
                computing.append(placed)
                if placed.part_of is None:
                    spot.gpus += placed.gpu_count or 0
                    spot.gpus_unknown += placed.gpu_count is None
        for key in keys:
            key.protects = protects[key.uid]
        names = {p.asset.uid: p.asset.name for p in computing}
        gpus = [_gpu_row(p, names) for p in computing]
        order = {"unknown": 0, "third_country": 1, "adequate_partial": 2, "adequate": 3, "eea": 4}
        for rows in (data, processing):
            rows.sort(key=lambda r: (order.get(r.place.status, 0), r.place.name, r.kind, r.name, r.uid))
        gpus.sort(key=lambda r: (order.get(r.place.status, 0), r.place.name, -(r.count or 0), r.name, r.uid))
        keys.sort(key=lambda r: (order.get(r.place.status, 0), r.place.name, r.name, r.uid))
        spots = sorted(places.values(), key=lambda s: (order.get(s.place.status, 0), -s.data, s.place.name))
        return data, processing, gpus, keys, [s for s in spots if s.data or s.gpus or s.gpus_unknown or s.keys], total

    def _about(self, finding: Finding) -> Subject:
        if finding.flow is not None:
            return self._flow_subject(finding.flow)
        uid = finding.asset or ""
        return self._subjects.get(uid) or Subject(uid, uid, "", "", "", False, None)

    def _flow_subject(self, flow_id: str) -> Subject:
        known = self._subjects.get(f"flow:{flow_id}")
        if known is not None:
            return known
        flow = self._flows.get(flow_id)
        if flow is None:
            return Subject(flow_id, flow_id, "", "", "", True, None)
        source = self._subjects.get(flow.source)
        target = self._subjects.get(flow.target)
        place = target.place if target else None
        if place is None or place.countries != flow.target_countries:
            place = Place(f"flow:{flow_id}", "", flow.target_countries, flow.target_status)
        name = (
            f"{source.name if source else words.end(flow.source)} → {target.name if target else words.end(flow.target)}"
        )
        provider, account = (source.provider, source.account) if source else ("", "")
        made = Subject(flow_id, name, flow.kind, provider, account, True, place, flow.data_class)
        self._subjects[f"flow:{flow_id}"] = made
        return made

    def _groups(self) -> list[RuleGroup]:
        rows: dict[tuple[str, str], list[FindingRow]] = defaultdict(list)
        for f in self._findings:
            if f.verdict is Verdict.FAIL:
                digest = f.evidence[0] if f.evidence else None
                note = self._note(digest) if digest else ""
                row = FindingRow(
                    self._about(f), f.severity.value, self._spoken.why(f.why), f.evidence, note, f.potential, f.related
                )
                rows[f.severity.value, f.rule].append(row)
        groups: list[RuleGroup] = []
        for (severity, rule_id), members in rows.items():
            members.sort(key=lambda r: (r.subject.provider, r.subject.account, r.subject.name, r.subject.key))
            groups.append(self._group(rule_id, severity, members))
        groups.sort(key=lambda g: (SEVERITIES.index(g.severity), family_order(g.id), g.id))
        return groups

    def _group(self, rule_id: str, severity: str, rows: list[FindingRow]) -> RuleGroup:
        rule = self._source.rule(rule_id)
        if rule is None:
            return RuleGroup(rule_id, severity, rule_id, "", (), (), rows)
        notes: dict[str, LawNote] = {}
        for law_id in rule.law:
            note = self._provision(law_id)
            if note is not None:
                notes.setdefault(note.id, note)
        providers = {r.subject.provider for r in rows}
        fixes = tuple(
            (p, text)
            for p, text in sorted(rule.remediation.items())
            if p in providers or not providers & {*rule.remediation}
        )
        return RuleGroup(rule_id, severity, rule.title, rule.explanation, tuple(notes.values()), fixes, rows)

    def _provision(self, law_id: str) -> LawNote | None:
        if law_id not in self._law:
            provision = self._source.provision(law_id)
            self._law[law_id] = law_note(provision) if provision is not None else None
        return self._law[law_id]

    def _note(self, digest: str) -> str:
        if digest not in self._notes:
            note = self._source.evidence(digest)
            self._notes[digest] = "" if note is None else told(note)
        return self._notes[digest]

    def _transfers(self) -> list[TransferRow]:
        failing = {f.flow for f in self._findings if f.flow is not None and f.verdict is Verdict.FAIL}
        rows: list[TransferRow] = []
        for transfer in self._source.transfers():
            flow = self._flows.get(transfer.flow)
            if flow is None:
                continue
            source, target = self._subjects.get(flow.source), self._subjects.get(flow.target)
            rows.append(
                TransferRow(
                    flow,
                    transfer,
                    source.name if source else words.end(flow.source),
                    target.name if target else words.end(flow.target),
                    transfer.flow in failing,
                )
            )
        order = {"uncovered": 0, "expired": 1, "unknown": 2, "decision_needed": 3, "covered": 4}
        rows.sort(key=lambda r: (order.get(r.transfer.status, 0), r.transfer.country, r.source, r.flow.id))
        return rows

    def _decisions(self, decisions: Iterable[Decision]) -> list[DecisionRow]:
        rows = [DecisionRow(d.decision, d.waiting, tuple(d.rules)) for d in decisions]
        rows.sort(key=lambda d: (-d.waiting, d.decision))
        return rows

    def _accepted(self) -> list[AcceptedRow]:
        known: Mapping[str, Acceptance] = {a.id: a for a in self._source.acceptances()}
        rows: list[AcceptedRow] = []
        for f in self._findings:
            if f.verdict is Verdict.ACCEPTED:
                rule = self._source.rule(f.rule)
                acceptance = known.get(f.acceptance) if f.acceptance is not None else None
                rows.append(
                    AcceptedRow(f.rule, rule.title if rule else f.rule, self._about(f), f.severity.value, acceptance)
                )
        rows.sort(key=lambda r: (SEVERITIES.index(r.severity), r.rule, r.subject.name))
        return rows

    def _titles(self, summary: Summary) -> dict[str, str]:
        ids = self._rules | {r for d in summary.decisions for r in d.rules}
        titles: dict[str, str] = {}
        for rule_id in sorted(ids):
            rule = self._source.rule(rule_id)
            if rule is not None:
                titles[rule_id] = rule.title
        return titles

    def _name_countries(self, codes: Iterable[str]) -> None:
        for code in codes:
            if code not in self._countries:
                self._countries[code] = tr(self._source.country(code) or code)


def _line(placed: PlacedAsset) -> AssetLine:
    a = placed.asset
    return AssetLine(a.uid, a.name, a.kind, a.provider, a.account, placed.data_class, placed.place, placed.stale)


def _subject(uid: str, placed: PlacedAsset) -> Subject:
    a = placed.asset
    return Subject(uid, a.name, a.kind, a.provider, a.account, False, placed.place, placed.data_class, placed.stale)


def _data_row(placed: PlacedAsset, failing: int) -> DataRow:
    a = placed.asset
    return DataRow(
        a.uid,
        a.name,
        a.kind,
        a.provider,
        a.account,
        placed.data_class,
        placed.data_class_source,
        placed.place,
        placed.processing,
        placed.custody,
        placed.key,
        placed.operator,
        failing,
        placed.stale,
    )


def _key_row(placed: PlacedAsset) -> KeyRow:
    a = placed.asset
    state = a.attributes.get("state")  # absent stays None: not read
    return KeyRow(a.uid, a.name, a.provider, placed.custody, state, placed.place, 0, placed.stale)


def _gpu_row(placed: PlacedAsset, names: Mapping[str, str]) -> GpuRow:
    a = placed.asset
    within = names.get(placed.part_of, placed.part_of) if placed.part_of is not None else None
    return GpuRow(
        a.uid,
        a.name,
        a.kind,
        a.provider,
        placed.gpu_model,
        placed.gpu_count,
        within,
        placed.place,
        placed.operator,
        placed.stale,
    )
