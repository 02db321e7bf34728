"""The report as JSON: every key that others rely on, written as it is read, so that a million assets need no memory."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

import msgspec
from msgspec import UNSET

from app.report.content import SEVERITIES, Changed, Changes, ComputeNote, Extras
from app.report.files import replacing
from app.report.source import Acceptance, Place, PlacedAsset, ReportSource
from resources import ROOT
from rules.judgement import Finding, Flow, Transfer, Verdict
from scanners.model import Coverage

SCHEMA: Final = "situs-report-1"
SCHEMA_FILE: Final = ROOT / "schema" / "report-1.schema.json"
_VERDICTS: Final = tuple(v.value for v in Verdict)


def write_json(source: ReportSource, path: Path, *, with_passes: bool = False) -> None:
    """Writes the report; the file appears whole or not at all. Raises `app.report.files.ReportNotWrittenError`."""
    with replacing(path) as target, target.open("wb") as file:
        stream_json(source, file, with_passes=with_passes)


def stream_json(
    source: ReportSource, out: BinaryIO, *, with_passes: bool = False, extras: Extras | None = None
) -> None:
    """Writes the report to an open binary stream, one object to a line, in the order of the contract.

    `extras` are what only a store can tell: training compute and what changed, null where this report has none.
    """
    encoder = msgspec.json.Encoder(enc_hook=_plain)
    head = source.head()
    known = _Known(source, with_passes)
    out.write(b"{")
    _member(out, encoder, "schema", SCHEMA, first=True)
    _member(out, encoder, "as_of", head.as_of)
    _member(out, encoder, "sample", head.sample)
    _member(out, encoder, "organisation", head.organisation)
    versions = head.versions
    _member(
        out,
        encoder,
        "versions",
        {
            "program": versions.program,
            "pack": versions.pack,
            "catalogue": versions.catalogue,
            "policy": versions.policy,
        },
    )
    scan = head.scan
    _member(
        out,
        encoder,
        "scan",
        {
            "id": scan.id,
            "started": scan.started,
            "ended": scan.ended,
            "connections": [
                {"name": c.name, "provider": c.provider, "complete": c.complete, "reason": c.reason}
                for c in scan.connections
            ],
            "complete": scan.complete,
        },
    )
    summary = source.summary()
    _member(
        out,
        encoder,
        "summary",
        {
            "verdicts": {v: summary.verdicts.get(v, 0) for v in _VERDICTS},
            "by_severity": {s: summary.by_severity.get(s, 0) for s in SEVERITIES},
            "by_family": summary.by_family,
        },
    )
    _list(out, encoder, "assets", (_asset(a) for a in source.assets()))
    _list(out, encoder, "findings", (known.finding(f) for f in source.findings(with_passes=with_passes)))
    _list(out, encoder, "flows", (_flow(f) for f in source.flows()))
    _list(out, encoder, "transfers", (_transfer(t) for t in source.transfers()))
    _list(out, encoder, "coverage", (_coverage(c) for c in source.coverage()))
    _list(
        out,
        encoder,
        "decisions",
        ({"decision": d.decision, "waiting": d.waiting, "rules": d.rules} for d in summary.decisions),
    )
    _list(out, encoder, "acceptances", (_acceptance(a) for a in source.acceptances()))
    _list(
        out,
        encoder,
        "files",
        (
            {"name": f.name, "form": f.form, "sha256": f.digest, "bytes": f.size, "assets": f.kept, "note": f.note}
            for f in source.files()
        ),
    )
    known_apart = extras or Extras()
    compute, changes = known_apart.compute, known_apart.changes
    _member(out, encoder, "training_compute", None if compute is None else _compute(compute))
    _member(out, encoder, "changes", None if changes is None else _changes(changes))
    out.write(b"}\n")


def finding_record(source: ReportSource, with_passes: bool) -> "_Known":
    """Something whose `finding` gives one finding with all that the report says about it; CSV uses it too."""
    return _Known(source, with_passes)


class _Known:
    """The little of each asset and flow that its findings repeat."""

    def __init__(self, source: ReportSource, with_passes: bool) -> None:
        self._source = source
        self._flows = {f.id: f for f in source.flows()}
        wanted = {f.asset for f in source.findings(with_passes=with_passes) if f.asset is not None}
        wanted |= {f.source for f in self._flows.values()} | {f.target for f in self._flows.values()}
        self._assets: dict[str, tuple[str, str, str, str, Place]] = {}
        for placed in source.assets():
            a = placed.asset
            for uid in (a.uid, *a.aliases):
                if uid in wanted:
                    self._assets[uid] = (a.kind, a.provider, a.account, a.name, placed.place)
        self._law: dict[str, tuple[str, ...]] = {}

    def finding(self, finding: Finding) -> dict[str, Any]:
        """One finding with its asset's or flow's place; members of a thing nobody knows are null."""
        kind: str | None = None
        provider: str | None = None
        account: str | None = None
        name: str | None = None
        place: Place | None = None
        if finding.flow is not None:
            flow = self._flows.get(finding.flow)
            if flow is not None:
                origin, target = self._assets.get(flow.source), self._assets.get(flow.target)
                kind = flow.kind
                provider, account = (origin[1], origin[2]) if origin else (None, None)
                name = f"{origin[3] if origin else flow.source} → {target[3] if target else flow.target}"
                place = target[4] if target else None
                if place is None or place.countries != flow.target_countries:
                    place = Place("", "", flow.target_countries, flow.target_status)
        else:
            about = self._assets.get(finding.asset or "")
            if about is not None:
                kind, provider, account, name, place = about
        countries = place.countries if place is not None else ()
        return {
            "rule": finding.rule,
            "severity": finding.severity.value,
            "verdict": finding.verdict.value,
            **({"flow": finding.flow} if finding.flow is not None else {"asset": finding.asset}),
            "kind": kind,
            "provider": provider,
            "account": account,
            "name": name,
            "location": (place.name or None) if place is not None else None,
            "country": countries[0] if len(countries) == 1 else None,
            "countries": countries,
            "law": self._laws(finding.rule),
            "why": finding.why,
            "missing": [
                {"what": m.what, "reason": m.reason, "permission": m.permission, "decision": m.decision}
                for m in finding.missing
            ],
            "evidence": finding.evidence,
            "related": finding.related,
            "potential": finding.potential,
            "acceptance": finding.acceptance,
        }

    def _laws(self, rule_id: str) -> tuple[str, ...]:
        if rule_id not in self._law:
            rule = self._source.rule(rule_id)
            self._law[rule_id] = tuple(rule.law) if rule is not None else ()
        return self._law[rule_id]


def _asset(placed: PlacedAsset) -> dict[str, Any]:
    a = placed.asset
    record: dict[str, Any] = {
        "uid": a.uid,
        "aliases": a.aliases,
        "provider": a.provider,
        "account": a.account,
        "kind": a.kind,
        "native_type": a.native_type,
        "name": a.name,
        "location": a.location,
        "countries": placed.place.countries,
        "gdpr_status": placed.place.status,
        "place": placed.place.name or None,
        "everywhere": placed.place.everywhere,
        "processing_countries": placed.processing.countries if placed.processing is not None else None,
        "processing_everywhere": placed.processing.everywhere if placed.processing is not None else None,
        "data_class": placed.data_class,
        "custody": placed.custody,
        "key": placed.key,
        "gpu_count": placed.gpu_count,
        "operator": placed.operator,
        "stale": placed.stale,
        "tags": None,
        "attributes": a.attributes,
        "evidence": a.evidence,
    }
    if a.tags is UNSET:
        del record["tags"]  # not read: absent, never empty
    else:
        record["tags"] = a.tags
    return record


def _flow(flow: Flow) -> dict[str, Any]:
    return {
        "id": flow.id,
        "kind": flow.kind,
        "source": flow.source,
        "target": flow.target,
        "source_countries": flow.source_countries,
        "target_countries": flow.target_countries,
        "source_status": flow.source_status,
        "target_status": flow.target_status,
        "data_class": flow.data_class,
        "via": flow.via,
        "continuous": flow.continuous,
        "external": flow.external,
        "evidence": flow.evidence,
    }


def _transfer(transfer: Transfer) -> dict[str, Any]:
    return {
        "flow": transfer.flow,
        "importer": transfer.importer,
        "country": transfer.country or None,
        "mechanism": transfer.mechanism,
        "status": transfer.status,
        "register_entry": transfer.register_entry,
        "tia_date": transfer.tia_date,
        "expires": transfer.expires,
    }


def _coverage(cell: Coverage) -> dict[str, Any]:
    return {
        "connection": cell.connection,
        "provider": cell.provider,
        "account": cell.account,
        "region": cell.region,
        "service": cell.service,
        "kind": cell.kind,
        "status": cell.status.value,
        "missing_permission": cell.missing_permission,
        "denied_by": cell.denied_by,
        "detail": cell.detail,
        "count": cell.count,
    }


def _acceptance(acceptance: Acceptance) -> dict[str, Any]:
    return {
        "id": acceptance.id,
        "rule": acceptance.rule,
        "subject": acceptance.subject,
        "reason": acceptance.reason,
        "by": acceptance.by,
        "second": acceptance.second,
        "decided": acceptance.decided,
        "until": acceptance.until,
    }


def _compute(note: ComputeNote) -> dict[str, Any]:
    """Operations and accelerator hours; null for what no job tells, never nought."""
    return {
        "utilisation_low": note.low,
        "utilisation_high": note.high,
        "notice": note.notice,
        "presumption": note.presumption,
        "models": [
            {
                "name": row.name,
                "named": row.named,
                "jobs": row.jobs,
                "accelerator_hours": row.hours,
                "operations_low": row.low,
                "operations_high": row.high,
                "state": row.state,
                "complete": not row.missing,
                "missing": [{"what": what, "jobs": jobs} for what, jobs in row.missing],
            }
            for row in note.rows
        ],
    }


def _changes(found: Changes) -> dict[str, Any]:
    def told(change: Changed) -> dict[str, str]:
        return {
            "change": change.change,
            "rule": change.rule,
            "uid": change.uid,
            "about": change.about,
            "because": change.because,
        }

    return {
        "from_scan": found.earlier,
        "to_scan": found.later,
        "findings": None if found.findings is None else [told(c) for c in found.findings],
        "assets": [told(c) for c in found.assets],
    }


def _member(out: BinaryIO, encoder: msgspec.json.Encoder, name: str, value: object, *, first: bool = False) -> None:
    out.write((b"\n" if first else b",\n") + encoder.encode(name) + b": " + _encoded(encoder, value))


def _list(out: BinaryIO, encoder: msgspec.json.Encoder, name: str, items: Iterable[Mapping[str, Any]]) -> None:
    out.write(b",\n" + encoder.encode(name) + b": [")
    start = b"\n"
    for item in items:
        out.write(start + _encoded(encoder, item))
        start = b",\n"
    out.write(b"]")


def encoded(value: object) -> bytes:
    """A value as JSON; half a surrogate pair in a name is written as its escape."""
    return _encoded(_ENCODER, value)


def _encoded(encoder: msgspec.json.Encoder, value: object) -> bytes:
    try:
        return encoder.encode(value)
    except UnicodeEncodeError:  # half a surrogate pair in a name: written as its escape
        return encoder.encode(_whole(value))


def _whole(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, Mapping):
        return {_whole(k): _whole(v) for k, v in cast("Mapping[object, object]", value).items()}
    if isinstance(value, list | tuple):
        return [_whole(v) for v in cast("list[object]", value)]
    return _whole(msgspec.to_builtins(value)) if isinstance(value, msgspec.Struct) else value


def _plain(value: object) -> object:
    raise TypeError(f"a report cannot hold a {type(value).__name__}")


_ENCODER: Final = msgspec.json.Encoder(enc_hook=_plain)
