"""Writing and reading judgements: narrow rows, with everything that recurs told once."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

import msgspec
from msgspec import Struct

from app.store.assets import NodeBook
from app.store.documents import moment
from app.store.driver import Database
from app.store.errors import KnownStoreError
from app.store.estate import StoreEstate
from app.store.flowbook import FlowBook
from app.store.intern import plain
from app.store.intervals import PER_JUDGEMENT
from app.store.records import JudgementHeader, JudgementInfo
from rules.judgement import Finding, Flow, Missing, Severity, Summary, Transfer, Verdict
from rules.sheets import Sheet
from scanners.model import Asset

_MOST_WHYS: Final = 50_000
_MOST_SORTS: Final = 20_000
_BUFFER: Final = 10_000
_encode: Final = msgspec.json.Encoder(order="deterministic").encode


class Profile(Struct, omit_defaults=True):
    """What many findings share beyond rule, verdict and severity."""

    missing: tuple[Missing, ...] = ()
    reads: tuple[str, ...] = ()
    related: tuple[str, ...] = ()


class JudgementWriter:
    """A `rules.judgement.Sink` that stores what it takes. Visible to readers once finished."""

    def __init__(
        self,
        db: Database,
        scan: int,
        header: JudgementHeader,
        estate: StoreEstate | None,
        release: Callable[[], None],
    ) -> None:
        self._db = db
        self._release = release
        self._estate = estate
        self.judgement_id = int(db.rows("SELECT coalesce(max(id), 0) FROM judgement")[0][0]) + 1
        self._next_outcome = int(db.rows("SELECT coalesce(max(id), 0) FROM outcome")[0][0]) + 1
        self._next_why = int(db.rows("SELECT coalesce(max(id), 0) FROM why")[0][0]) + 1
        self._base = self.judgement_id * PER_JUDGEMENT
        self._outcomes: dict[tuple[Any, ...], int] = {}
        self._whys: dict[str, int] = {}
        self._sorts: dict[tuple[int, int, int], tuple[Any, ...]] = {}
        self._numbered: dict[int, tuple[int, int, str | None, Finding]] = {}
        self._flows = FlowBook()
        self._words: list[object] = []  # kept, so that no other object gets their addresses
        self._rows: list[tuple[Any, ...]] = []
        self._full: list[tuple[Any, ...]] = []
        self._new_outcomes: list[tuple[Any, ...]] = []
        self._new_whys: list[tuple[int, str]] = []
        self._findings = self._transfers = 0
        self._nodes = NodeBook(db)
        self._open = True
        db.keep(little=True)  # what is written is not read here again
        made = moment(datetime.now(UTC))
        with db.transaction():
            db.run(
                "INSERT INTO judgement (id, scan, as_of, made, state, program, pack, catalogue, policy, summary, "
                "marks) VALUES (?, ?, ?, ?, 'running', ?, ?, ?, ?, '{}', ?)",
                (
                    self.judgement_id,
                    scan,
                    header.as_of.isoformat(),
                    made,
                    header.program,
                    header.pack,
                    header.catalogue,
                    header.policy,
                    _encode({"why": self._next_why}).decode(),
                ),
            )

    def findings(self, batch: list[Finding]) -> None:
        """Take findings."""
        if not self._open:
            raise KnownStoreError("This judgement is over: nothing more can be written to it.")
        recent = {} if self._estate is None else self._estate.recent()
        strangers: dict[str, int] | None = None
        sorts, rows = self._sorts, self._rows
        if len(sorts) > _MOST_SORTS:
            sorts.clear()
        for number, finding in enumerate(batch, self._base + self._findings + 1):
            uid, evidence = finding.asset, finding.evidence
            node = None
            if uid is not None:
                known = recent.get(uid)
                if known is not None:
                    node = known[0]
                    if evidence == known[1]:
                        evidence = None  # that of the asset
                else:
                    if strangers is None:
                        uids = (f.asset for f in batch if f.asset is not None and f.asset not in recent)
                        strangers = self._numbers(dict.fromkeys(uids))
                    node = strangers[uid]
            # Findings of one sort share these objects, and what is kept here keeps its address.
            why, missing, reads = finding.why, finding.missing, finding.reads
            address = (id(why), id(missing), id(reads))
            sort = sorts.get(address)
            if (
                sort is None
                or sort[5] != finding.rule
                or sort[6] is not finding.verdict
                or sort[7] is not finding.severity
                or sort[8] is not finding.potential
                or sort[9] != finding.related
            ):
                sort = sorts[address] = self._sort(finding)
            if evidence is None and finding.acceptance is None and finding.flow is None:
                rows.append((number, sort[0], node, sort[1]))
            else:
                flow = None if finding.flow is None else self._flows.number(finding.flow)
                digests = None if evidence is None else bytes.fromhex("".join(evidence))
                self._full.append((number, sort[0], node, flow, sort[1], finding.acceptance, digests))
        self._findings += len(batch)
        if len(rows) + len(self._full) >= _BUFFER:
            self._flush()

    def sheet(self, sheet: Sheet) -> None:
        """Take findings on assets as columns."""
        estate = self._estate
        if estate is None or sheet.estate is not estate:
            self.findings(sheet.findings())
            return
        if not self._open:
            raise KnownStoreError("This judgement is over: nothing more can be written to it.")
        if len(self._numbered) > _MOST_SORTS:
            self._numbered.clear()
        numbered = self._numbered
        for finding in sheet.sorts:
            if id(finding) not in numbered:
                numbered[id(finding)] = (*self._sort(finding)[:2], finding.acceptance, finding)
        outcomes, whys, acceptances, _ = zip(*map(numbered.__getitem__, map(id, sheet.sorts)), strict=True)
        begin = self._base + self._findings + 1
        self._findings += len(sheet)
        stored, odd = estate.stored(sheet.nodes)
        rows = zip(range(begin, begin + len(sheet)), outcomes, stored, whys, strict=True)
        if not odd and all(sheet.shown) and not any(acceptances):
            self._rows += rows
        else:
            assets: Mapping[int, Asset] = sheet.assets() if odd else {}
            for row, node, shown, acceptance in zip(rows, sheet.nodes, sheet.shown, acceptances, strict=True):
                number, outcome, at, why = row
                evidence: tuple[str, ...] | None = None if shown else ()
                if shown and node in odd:  # what is kept under its name is one of several documents
                    evidence = assets[node].evidence
                if evidence is None and acceptance is None:
                    self._rows.append(row)
                else:
                    digests = None if evidence is None else bytes.fromhex("".join(evidence))
                    self._full.append((number, outcome, at, None, why, acceptance, digests))
        if len(self._rows) + len(self._full) >= _BUFFER:
            self._flush()

    def _sort(self, finding: Finding) -> tuple[Any, ...]:
        """The numbers of outcome and text of a finding, and what they stand for."""
        why, verdict, severity = finding.why, finding.verdict, finding.severity
        # Words of an enumeration are slow to hash and live as long as the program: their addresses tell them apart.
        words = (id(verdict), id(severity))
        key = (finding.rule, words, finding.potential, finding.missing, finding.reads, finding.related)
        outcome = self._outcomes.get(key)
        if outcome is None:
            outcome = self._outcomes[key] = self._outcome(finding)
        text = self._whys.get(why)
        if text is None:
            text = self._whys[why] = self._next_why
            self._next_why += 1
            self._new_whys.append((text, plain(why)))
        shared = (why, finding.missing, finding.reads, finding.rule, verdict, severity)
        return (outcome, text, *shared, finding.potential, finding.related)

    def _outcome(self, finding: Finding) -> int:
        number = self._next_outcome
        self._next_outcome += 1
        profile = _encode(Profile(finding.missing, finding.reads, finding.related)).decode()
        verdict, severity = str(Verdict(finding.verdict)), str(Severity(finding.severity))
        self._words += (finding.verdict, finding.severity)
        self._new_outcomes.append(
            (number, self.judgement_id, finding.rule, verdict, severity, finding.potential, profile)
        )
        return number

    def flows(self, batch: list[Flow]) -> None:
        """Take flows, each once."""
        nodes = {} if self._estate is None else self._estate.numbers()
        strangers = dict.fromkeys(uid for f in batch for uid in (f.source, f.target) if uid not in nodes)
        if strangers:
            nodes = {**nodes, **self._numbers(strangers)}
        base = self._base
        rows = [
            (base + n, plain(flow.id), plain(flow.kind), nodes[flow.source], nodes[flow.target], _encode(flow))
            for flow, n in zip(batch, self._flows.told([flow.id for flow in batch]), strict=True)
            if n is not None
        ]
        with self._db.transaction():
            self._db.append("flow", "id, key, kind, source, target, body", rows)

    def transfers(self, batch: list[Transfer]) -> None:
        """Take transfers, each once per flow and country."""
        begin = self._base + self._transfers
        self._transfers += len(batch)
        with self._db.transaction():
            self._db.append(
                "transfer",
                "id, flow, country, status, body",
                [(n, plain(t.flow), plain(t.country), plain(t.status), _encode(t)) for n, t in enumerate(batch, begin)],
            )

    def finish(self, summary: Summary) -> JudgementInfo:
        """Make the judgement visible."""
        self._flush()
        with self._db.transaction():
            untold = [(self._base + n, plain(k), "") for k, n in self._flows.untold.items()]
            self._db.many("INSERT INTO flow (id, key, kind) VALUES (?, ?, ?)", untold)
            self._db.run(
                "UPDATE judgement SET state = 'complete', summary = ? WHERE id = ?",
                (_encode(summary).decode(), self.judgement_id),
            )
        self._done()
        return judgement_info(self._db, self.judgement_id)

    def abandon(self) -> None:
        """Forget what was written."""
        if self._open:
            try:
                discard_judgement(self._db, self.judgement_id)
            finally:
                self._done()

    def __enter__(self) -> "JudgementWriter":
        return self

    def __exit__(self, *_: object) -> None:
        self.abandon()

    def _done(self) -> None:
        self._open = False
        try:
            self._db.keep(little=False)
        finally:
            self._release()

    def _numbers(self, uids: Iterable[str]) -> dict[str, int]:
        with self._db.transaction():
            return self._nodes.numbers(uids)

    def _flush(self) -> None:
        if not self._open:
            raise KnownStoreError("This judgement is over: nothing more can be written to it.")
        with self._db.transaction():
            self._db.many(
                "INSERT INTO outcome (id, judgement, rule, verdict, severity, potential, profile) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                self._new_outcomes,
            )
            self._db.append("why", "id, text", self._new_whys)
            # Binding costs more than storing: most findings need four of the seven columns.
            self._db.append("finding", "id, outcome, node, why", self._rows)
            self._db.append("finding", "id, outcome, node, flow, why, acceptance, evidence", self._full)
        self._rows.clear()
        self._full.clear()
        self._new_whys.clear()
        self._new_outcomes.clear()
        if len(self._whys) > _MOST_WHYS:
            self._whys.clear()
            self._sorts.clear()
            self._numbered.clear()


_COLUMNS: Final = "id, scan, made, state, as_of, program, pack, catalogue, policy, summary"


def _info(row: tuple[Any, ...]) -> JudgementInfo:
    number, scan, made, state, as_of, program, pack, catalogue, policy, summary = row
    header = JudgementHeader(date.fromisoformat(as_of), program, pack, catalogue, policy)
    told = msgspec.json.decode(summary, type=Summary) if state == "complete" else None
    return JudgementInfo(number, scan, datetime.fromisoformat(made), state, header, told)


def judgement_info(db: Database, judgement: int) -> JudgementInfo:
    """One judgement. Raises KnownStoreError where there is none of this number."""
    rows = db.rows(f"SELECT {_COLUMNS} FROM judgement WHERE id = ?", (judgement,))
    if not rows:
        raise KnownStoreError(f"The store {db.where.label} has no judgement {judgement}.")
    return _info(rows[0])


def judgement_infos(db: Database, scan: int | None = None) -> Iterator[JudgementInfo]:
    """Judgements that were finished, newest first; those of one scan, or all."""
    for row in db.rows(f"SELECT {_COLUMNS} FROM judgement WHERE state = 'complete' ORDER BY id DESC"):
        if scan is None or row[1] == scan:
            yield _info(row)


def discard_judgement(db: Database, judgement: int) -> None:
    """Take an unfinished judgement out of the store."""
    begin, end = judgement * PER_JUDGEMENT, (judgement + 1) * PER_JUDGEMENT
    with db.transaction():
        marks = msgspec.json.decode(
            db.rows("SELECT marks FROM judgement WHERE id = ?", (judgement,))[0][0], type=dict[str, int]
        )
        db.run("DELETE FROM why WHERE id >= ?", (marks["why"],))
        db.run("DELETE FROM outcome WHERE judgement = ?", (judgement,))
        for table in ("finding", "flow", "transfer"):
            db.run(f"DELETE FROM {table} WHERE id >= ? AND id < ?", (begin, end))
        db.run("DELETE FROM judgement WHERE id = ?", (judgement,))
