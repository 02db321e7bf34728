"""From a store to what the window shows; runs in a worker thread, imports no Qt."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from app.desktop import clock
from app.desktop.snapshot import AssetRow, CoverageRow, DecisionMade, FindingRow, FlowRow, Glance, ScanRow, Snapshot
from app.texts import tr, trn
from rules.heap import seldom_searched

if TYPE_CHECKING:
    from app.desktop.source import KeptSource
    from app.register.due import Ends
    from app.report.content import ReportContent
    from app.report.source import PlacedAsset
    from app.store import Store
    from app.store.records import JudgementInfo
    from rules.judgement import Finding, Missing
    from scanners.model import Location

_Read = TypeVar("_Read")

MOST_FINDINGS = 20_000
MOST_ASSETS = 50_000
_MOST_COMPARED = 200_000
"""Findings of two judgements are compared for the window only up to so many."""

_GRAVITY = {"uncovered": 0, "expired": 1, "unknown": 2, "decision_needed": 3, "covered": 4}


def load_glance(where: str | Path) -> Glance | None:
    """What the latest judgement's own summary says: there in an instant, while a large store is read for long.

    None where there is no store or nothing was judged yet. Raises KnownStoreError with a sentence for people.
    """
    return _latest(where, _glance)


@seldom_searched()
def load_snapshot(where: str | Path, folder: Path | None = None) -> Snapshot | None:
    """The latest judgement of a store, or None where there is no store or nothing was judged yet.

    Raises KnownStoreError with a sentence for people. Findings are cut at `MOST_FINDINGS`, which the page
    says; assets beyond `MOST_ASSETS` go to a cache on disk.
    """
    return _latest(where, lambda store, judged: _read(store, judged, folder).work_out())


def _latest(where: str | Path, read: "Callable[[Store, JudgementInfo], _Read]") -> "_Read | None":
    """What `read` makes of the latest judgement; None where there is none."""
    opened = _opened(where)
    if opened is None:
        return None
    with opened as store:
        judged = store.judgement()
        return None if judged is None or judged.summary is None else read(store, judged)


def _glance(store: "Store", judged: "JudgementInfo") -> Glance:
    assert judged.summary is not None  # noqa: S101 - asked for by the caller
    started = store.scan(judged.scan).started
    return Glance(tr("Scan of {when}").format(when=clock.moment(started)), dict(judged.summary.verdicts))


def _opened(where: str | Path) -> "Store | None":
    from app.store import Store
    from app.store.errors import NoStoreError, OldSchemaError

    if isinstance(where, Path) and not where.exists():
        return None
    try:
        return Store.open(where, create=False, read_only=True)
    except NoStoreError:
        return None  # a database in which nobody has kept anything yet
    except OldSchemaError:
        Store.open(where, create=False).close()  # brings it up to date, after keeping a copy
        return Store.open(where, create=False, read_only=True)


def _read(store: "Store", judged: "JudgementInfo", folder: Path | None) -> Snapshot:
    from app.desktop import places
    from app.desktop.record import read_record
    from app.desktop.source import KeptSource
    from app.report import sentences, words
    from app.report.build import build_content

    assert judged.summary is not None  # noqa: S101 - asked for by the caller
    source = KeptSource(store, judged.id, MOST_ASSETS, _asset)
    content = build_content(source)
    facts = (
        sentences.places(content),
        sentences.data(content),
        sentences.gpus(content),
        sentences.keys(content),
        sentences.transfers(content),
        sentences.not_checked(content),
    )
    changes, marks = _changes(store, judged)
    return Snapshot(
        scope=tr("Scan of {when}").format(when=clock.moment(content.head.scan.started))
        + " · "
        + sentences.scope(content),
        sentence=sentences.opening(content),
        facts=tuple(text for text in facts if text),
        decisions=tuple(
            f"{words.decision(d.decision)} — "
            + trn("{n} verdict waits.", "{n} verdicts wait.", d.waiting).format(n=words.number(d.waiting))
            for d in judged.summary.decisions
        ),
        findings=tuple(_findings(store, source, content, marks)),
        assets=tuple(_asset(one, content.countries) for one in source.kept),
        flows=tuple(sorted(_flows(source, content), key=lambda f: _GRAVITY.get(f.status, 9))),
        coverage=tuple(
            CoverageRow(
                plain_source(c.connection),
                words.provider(c.provider),
                c.account,
                c.region,
                c.service,
                words.kind(c.kind) if c.kind != "*" else tr("everything"),
                c.status.value,
                c.missing_permission or c.detail or words.coverage_status(c.status.value),
            )
            for c in source.coverage()
            if not c.status.read
        ),
        sample=content.head.sample,
        counts=dict(judged.summary.verdicts),
        complete=content.head.scan.complete,
        scan=judged.scan,
        judgement=judged.id,
        as_of=judged.header.as_of.isoformat(),
        all_findings=sum(judged.summary.verdicts.get(v, 0) for v in ("fail", "not_checked", "accepted")),
        all_assets=content.assets,
        history=tuple(_history(store)),
        places=places.place_rows(content),
        arcs=places.arcs(content),
        allowed=None if content.head.allowed_countries is None else frozenset(content.head.allowed_countries),
        policy=places.policy_rows(source, judged.summary.decisions),
        policy_name=source.by.policy.name if judged.header.policy is not None else "",
        places_sentence=sentences.places(content),
        scans=tuple(_scans(store)),
        changes=changes,
        cache=source.cache,
        record=read_record(store, folder),
        rules=places.rule_rows(source, judged.summary.by_rule),
        ends=_ends(store, source, sample=content.head.sample),
    )


def _ends(store: "Store", source: "KeptSource", *, sample: bool) -> "Ends":
    """What ends soon after today; of the sample estate, whose days are long over, after the day of its judgement."""
    from app.register.due import WITHIN, Ends, due
    from app.register.transfers import out_of

    day = source.info.header.as_of if sample else datetime.now(UTC).date()
    flows = out_of(source.flows(), source.transfers(), source.by)
    rows = due(source.by.policy, source.by.catalogue, flows, store.acceptances(), day, WITHIN)
    return Ends(day, WITHIN, rows)


def _asset(one: "PlacedAsset", names: "Mapping[str, str]") -> AssetRow:
    from app.report import words

    a = one.asset
    return AssetRow(
        a.uid,
        a.name,
        words.kind(a.kind),
        words.provider(a.provider),
        a.account,
        words.place(one.place, names),
        words.data_class(one.data_class),
        words.custody(one.custody, short=True) if one.custody else "",
    )


def _findings(
    store: "Store", source: "KeptSource", content: "ReportContent", marks: dict[tuple[str, str], str]
) -> Iterator[FindingRow]:
    from app.report import words
    from app.report.seen import seen
    from app.report.source import place_of
    from app.report.spoken import Spoken

    flows = {flow.id: flow for flow in source.flows()}
    spoken = Spoken(source)

    @cache
    def place_at(provider: str, location: "Location") -> str:
        at = source.by.catalogue.place(provider, location, source.info.header.as_of)
        return words.place(spoken.place(place_of(at, provider)), content.countries)

    @cache
    def cited(name: str) -> str:
        rule = source.rule(name)
        return ", ".join(p.citation for p in map(source.provision, rule.law) if p) if rule else ""

    @cache
    def remedy(name: str, provider: str) -> str:
        rule = source.rule(name)
        told = rule.remediation if rule else {}
        return told.get(provider) or "\n".join(f"{words.provider(p)}: {t}" for p, t in told.items())

    @cache
    def why(text: str) -> str:
        return seen(spoken.why(text))

    missing = cache(_missing)
    for row in store.findings(source.info.id, gravest_first=True, limit=MOST_FINDINGS):
        finding = row.finding
        rule = source.rule(finding.rule)
        flow = flows.get(finding.flow) if finding.flow else None
        uid = finding.asset or (flow.source if flow else "")
        place = "" if row.location is None or not row.provider else place_at(row.provider, row.location)
        name = row.name or uid
        if flow is not None:
            target = source.ends.get(flow.target)
            name = f"{name} → {target.asset.name if target else words.end(flow.target)}"
            away = words.countries(flow.target_countries, content.countries)
            place = f"{place} → {away}" if place else away
        yield FindingRow(
            finding.rule,
            rule.title if rule else finding.rule,
            finding.severity.value,
            finding.verdict.value,
            uid,
            name,
            words.kind(row.kind) if row.kind else "",
            words.provider(row.provider) if row.provider else "",
            row.account or "",
            place,
            cited(finding.rule),
            why(finding.why),
            missing(finding.missing),
            rule.explanation if rule else "",
            remedy(finding.rule, row.provider or ""),
            finding.potential,
            finding.asset,
            finding.flow,
            _evidence(source, finding),
            finding.acceptance or "",
            marks.get((finding.rule, finding.asset or finding.flow or ""), ""),
        )


def plain_source(connection: str) -> str:
    """What was read: the name of a connection, or of a file."""
    return connection.removeprefix("import:")


def _missing(missing: "tuple[Missing, ...]") -> str:
    from app.report import words

    return "; ".join(
        f"{words.attribute(m.what)}: {words.reason(m.reason)}" + (f" ({m.permission})" if m.permission else "")
        for m in missing
    )


def _evidence(source: "KeptSource", finding: "Finding") -> str:

    if not finding.evidence:
        return ""
    note = source.evidence(finding.evidence[0])
    if note is None:
        return f"SHA-256 {finding.evidence[0]}"
    seen_at = tr("time not known") if note.seen_at is None else clock.moment(note.seen_at)
    return f"{note.source} · {note.operation} · {seen_at}\nSHA-256 {finding.evidence[0]}"


def _flows(source: "KeptSource", content: "ReportContent") -> Iterator[FlowRow]:
    from app.report import words

    transfers = {t.flow: t for t in source.transfers()}
    for flow in source.flows():
        known = transfers.get(flow.id)
        ends = [source.ends.get(uid) for uid in (flow.source, flow.target)]
        yield FlowRow(
            words.flow_kind(flow.kind),
            ends[0].asset.name if ends[0] else words.end(flow.source),
            ends[1].asset.name if ends[1] else words.end(flow.target),
            words.countries(flow.source_countries, content.countries),
            words.countries(flow.target_countries, content.countries),
            words.data_class(flow.data_class),
            words.mechanism(known.mechanism) if known else "",
            known.status if known else "",
            flow.id,
            flow.source,
            flow.target,
            (known.country,) if known else flow.target_countries,
            (known.register_entry or "") if known else "",
            (known.importer or "") if known else "",
            flow.data_class,
            words.transfer_status(known.status, known.mechanism) if known else "",
        )


def _history(store: "Store") -> Iterator[DecisionMade]:

    for a in store.acceptances(revoked=True):
        yield DecisionMade(
            a.id,
            a.rule,
            a.asset or a.flow or "",
            a.why,
            a.owner,
            a.until,
            clock.moment(a.made),
            clock.moment(a.revoked) if a.revoked else "",
            a.revoked_by or "",
            a.revoked_why or "",
        )


def _scans(store: "Store") -> Iterator[ScanRow]:

    newest: dict[int, int] = {}
    for judgement in store.judgements():
        newest.setdefault(judgement.scan, judgement.id)
    for s in reversed(store.scans()):
        yield ScanRow(
            s.id,
            clock.moment(s.started),
            s.state,
            s.assets,
            s.added,
            s.changed,
            s.gone,
            s.stale,
            ", ".join(map(plain_source, s.connections)),
            newest.get(s.id, 0),
            s.warnings,
        )


def _changes(store: "Store", judged: "JudgementInfo") -> tuple[str, dict[tuple[str, str], str]]:
    """What became of the findings since the scan before, as a sentence and for each that is new or worse."""
    from app.report import words

    earlier = [s for s in store.scans() if s.finished and s.id < judged.scan]
    before = store.judgement(scan_id=earlier[-1].id) if earlier else None
    if before is None or before.summary is None or judged.summary is None:
        return "", {}
    if sum(before.summary.verdicts.values()) + sum(judged.summary.verdicts.values()) > _MOST_COMPARED:
        return "", {}
    marks: dict[tuple[str, str], str] = {}
    told = {"new": 0, "worse": 0, "resolved": 0}
    for change in store.diff_findings(before.id, judged.id):
        failing = change.after is not None and change.after[0] == "fail"
        if change.change in ("new", "worse"):
            marks[change.rule, change.asset or change.flow or ""] = change.change
            told[change.change] += failing
        elif change.before is not None and change.before[0] == "fail":
            told["resolved"] += change.because in ("resolved", "asset_gone")
    sentence = tr("Since the scan of {day}: {new} new violations, {worse} became worse, {gone} are gone.").format(
        day=words.day(earlier[-1].started.date()),
        new=words.number(told["new"]),
        worse=words.number(told["worse"]),
        gone=words.number(told["resolved"]),
    )
    return sentence, marks
