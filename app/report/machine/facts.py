"""What every machine format says of a finding: the JSON report's record with rule, law and evidence resolved once."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from msgspec import Struct

from app.report.content import LawNote, law_note
from app.report.jsonform import finding_record
from app.report.machine.saving import moment_of
from app.report.source import EvidenceNote, Head, ReportSource, Rule
from rules.judgement import Finding


class Fact(Struct):
    """One finding. `record` is that of the JSON report; `subject` the uid or the flow's id.

    `key` tells findings of one rule about one subject apart: it is the subject, and a number from the second one on.
    """

    finding: Finding
    record: dict[str, Any]
    subject: str
    key: str
    rule: Rule | None
    law: tuple[LawNote, ...]
    remedy: str
    evidence: EvidenceNote | None

    @property
    def title(self) -> str:
        """The rule's sentence, else its id."""
        return self.rule.title if self.rule is not None else self.finding.rule


class Facts:
    """Findings of a source, resolved."""

    def __init__(self, source: ReportSource, *, with_passes: bool = False) -> None:
        self.source = source
        self.head: Head = source.head()
        self._passes = with_passes
        self._known = finding_record(source, with_passes)
        self._law: dict[str, tuple[LawNote, ...]] = {}
        self._notes: dict[str, EvidenceNote | None] = {}

    @property
    def moment(self) -> datetime:
        """The time of every finding."""
        return moment_of(self.head)

    def __iter__(self) -> Iterator[Fact]:
        met: dict[tuple[str, str], int] = {}
        for finding in self.source.findings(with_passes=self._passes):
            subject = finding.flow or finding.asset or ""
            number = met[finding.rule, subject] = met.get((finding.rule, subject), 0) + 1
            record = self._known.finding(finding)
            rule = self.source.rule(finding.rule)
            remedy = rule.remediation.get(record["provider"] or "", "") if rule is not None else ""
            yield Fact(
                finding,
                record,
                subject,
                subject if number == 1 else f"{subject}#{number}",
                rule,
                self.law(finding.rule),
                remedy,
                self._evidence(finding.evidence[0]) if finding.evidence else None,
            )

    def law(self, rule_id: str) -> tuple[LawNote, ...]:
        """The provisions that a rule cites, each once."""
        if rule_id not in self._law:
            rule = self.source.rule(rule_id)
            notes: dict[str, LawNote] = {}
            for law_id in rule.law if rule is not None else ():
                provision = self.source.provision(law_id)
                if provision is not None:
                    notes.setdefault(provision.id, law_note(provision))
            self._law[rule_id] = tuple(notes.values())
        return self._law[rule_id]

    def _evidence(self, digest: str) -> EvidenceNote | None:
        if digest not in self._notes:
            self._notes[digest] = self.source.evidence(digest)
        return self._notes[digest]
