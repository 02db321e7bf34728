"""The same source with something left out or hidden: a scope, or names behind pseudonyms."""

import hashlib
import hmac
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import msgspec
from msgspec import UNSET

from app.report import words
from app.report.choice import Scope
from app.report.proof import Proof
from app.report.seen import BRACKET, NOTE
from app.report.source import (
    Acceptance,
    EvidenceNote,
    FileRead,
    Head,
    PlacedAsset,
    Provision,
    ReportSource,
    Rule,
)
from app.texts import tr
from rules.judgement import Finding, Flow, Summary, Transfer
from scanners.model import Asset, Coverage


class Passing:
    """A source that hands everything on; the views below change some of it."""

    def __init__(self, source: ReportSource) -> None:
        self.source = source

    def head(self) -> Head:
        """What stands on the cover."""
        return self.source.head()

    def summary(self) -> Summary:
        """Counts."""
        return self.source.summary()

    def assets(self) -> Iterable[PlacedAsset]:
        """Every asset."""
        return self.source.assets()

    def findings(self, with_passes: bool = False) -> Iterable[Finding]:
        """Findings."""
        return self.source.findings(with_passes=with_passes)

    def flows(self) -> Iterable[Flow]:
        """Every flow."""
        return self.source.flows()

    def transfers(self) -> Iterable[Transfer]:
        """Every transfer."""
        return self.source.transfers()

    def coverage(self) -> Iterable[Coverage]:
        """Every cell."""
        return self.source.coverage()

    def acceptances(self) -> Iterable[Acceptance]:
        """Acceptances."""
        return self.source.acceptances()

    def files(self) -> Iterable[FileRead]:
        """Files that were read."""
        return self.source.files()

    def rule(self, rule_id: str) -> Rule | None:
        """The rule."""
        return self.source.rule(rule_id)

    def provision(self, law_id: str) -> Provision | None:
        """The provision."""
        return self.source.provision(law_id)

    def country(self, code: str) -> str | None:
        """Name of a country."""
        return self.source.country(code)

    def evidence(self, digest: str) -> EvidenceNote | None:
        """Where a document came from."""
        return self.source.evidence(digest)

    def proof(self) -> Proof | None:
        """What ties the report to its scan."""
        return self.source.proof()


class Scoped(Passing):
    """Assets of a scope, findings about them, flows that begin or end at them, and their coverage.

    Counts are made anew. `passes` are the verdicts that were not stored (pass, not_applicable) of the subjects in the
    scope, by rule, as counted by judging again.
    """

    def __init__(self, source: ReportSource, scope: Scope, passes: Mapping[str, Mapping[str, int]]) -> None:
        super().__init__(source)
        self._scope = scope
        self._passes = passes
        self._in: set[str] = set()
        for placed in source.assets():
            if scope.holds(placed):
                self._in.update((placed.asset.uid, *placed.asset.aliases))
        self._flows = {f.id for f in source.flows() if f.source in self._in or f.target in self._in}

    def holds(self, finding: Finding) -> bool:
        """Whether a finding is about something in the scope."""
        return finding.flow in self._flows if finding.flow is not None else finding.asset in self._in

    def assets(self) -> Iterator[PlacedAsset]:
        """The assets of the scope."""
        return (p for p in self.source.assets() if p.asset.uid in self._in)

    def findings(self, with_passes: bool = False) -> Iterator[Finding]:
        """Findings about them."""
        return (f for f in self.source.findings(with_passes=with_passes) if self.holds(f))

    def flows(self) -> Iterator[Flow]:
        """Flows that begin or end at them."""
        return (f for f in self.source.flows() if f.id in self._flows)

    def transfers(self) -> Iterator[Transfer]:
        """Transfers by these flows."""
        return (t for t in self.source.transfers() if t.flow in self._flows)

    def coverage(self) -> Iterator[Coverage]:
        """Cells of the providers and accounts of the scope."""
        s = self._scope
        return (
            c
            for c in self.source.coverage()
            if (not s.providers or c.provider in s.providers) and (not s.accounts or c.account in s.accounts)
        )

    def acceptances(self) -> Iterator[Acceptance]:
        """Acceptances of something in the scope."""
        known = self._in | self._flows | {"*", ""}
        return (a for a in self.source.acceptances() if a.subject in known)

    def summary(self) -> Summary:
        """Counts over the scope."""
        whole = self.source.summary()
        by_rule: dict[str, Counter[str]] = {}
        severities: Counter[str] = Counter()
        for f in self.findings():
            by_rule.setdefault(f.rule, Counter())[f.verdict.value] += 1
            severities[f.severity.value] += f.verdict.value == "fail"
        for rule, told in self._passes.items():
            for verdict, number in told.items():
                by_rule.setdefault(rule, Counter())[verdict] += number
        verdicts: Counter[str] = Counter()
        families: dict[str, Counter[str]] = {}
        for rule, told in by_rule.items():
            verdicts.update(told)
            families.setdefault(rule.split("-")[1] if rule.count("-") > 1 else "", Counter()).update(told)
        return Summary(
            whole.as_of,
            dict(verdicts),
            {k: n for k, n in severities.items() if n},
            {k: dict(v) for k, v in sorted(families.items())},
            {k: dict(v) for k, v in sorted(by_rule.items())},
            whole.decisions,
        )


_NUMBER: Final = re.compile(r"-?\d{1,8}(?:\.\d+)?")
_ADDRESS: Final = re.compile(r"[\w.@-]*[/:@][\w./:@-]{5,}|(?<![\d.])\d{9,}")
"""What may be an address or a number of an account; no condition of a rule holds either."""
_MOST_ACCOUNTS: Final = 5000
_WORDS: Final = frozenset(
    {*words.CLASSES, *words.CUSTODY, *words.STATUS, "fail", "pass", "none", "enabled", "disabled", "active", "eea"}
)


class Redacted(Passing):
    """Names, accounts and addresses behind pseudonyms: the same thing has the same one wherever it stands.

    Kinds, places, classes, verdicts, importers and rules stay. Labels and free texts of the provider are left out.
    `secret` makes the pseudonyms: without it nobody can try names out against them.
    """

    def __init__(self, source: ReportSource, secret: bytes) -> None:
        super().__init__(source)
        self._secret = secret
        self._places = {p.place.name for p in source.assets()}
        accounts = {p.asset.account for p in source.assets()} | {c.account for c in source.coverage()}
        known = sorted((a for a in accounts if len(a) > 3), key=len, reverse=True)[:_MOST_ACCOUNTS]
        self._accounts = re.compile("|".join(map(re.escape, known))) if known else None
        self._flows = {f.id: self._name("flow", f.id) for f in source.flows()}

    def _name(self, kind: str, value: str) -> str:
        if not value or value == "*":
            return value
        body = value.encode("utf-8", "surrogatepass")
        return f"{kind}-{hmac.new(self._secret, body, hashlib.sha256).hexdigest()[:12]}"

    def pseudonym(self, name: str) -> str:
        """What stands for the name of an asset."""
        return self._name("name", name)

    def _account(self, value: str) -> str:
        return self._name("account", value)

    def _end(self, uid: str) -> str:
        word, sign, name = uid.partition(":")
        if uid == "public":
            return uid
        if sign and word == "processing":
            return f"processing:{self._name('asset', name)}"
        if sign and word in ("account", "tenant", "organization", "domain", "external"):
            return f"{word}:{self._name('party', uid)}"
        return self._name("asset", uid)

    def _text(self, text: str) -> str:
        """The rule's own condition, with those of the values seen that cannot be a name."""

        def safe(match: re.Match[str]) -> str:
            notes = [note[0] for note in NOTE.finditer(match[1]) if self._harmless(note["value"])]
            return f"  [{', '.join(notes)}]" if notes else ""

        plain = BRACKET.sub(safe, text)
        if self._accounts is not None:
            plain = self._accounts.sub(lambda m: self._account(m[0]), plain)
        return _ADDRESS.sub(lambda m: self._name("name", m[0]), plain)

    def _harmless(self, value: str | None) -> bool:
        """Whether a value seen is a number, yes or no, a known word or a place."""
        if value is None:
            return True  # a reason for not knowing it
        bare = value.strip()
        if bare in ("true", "false", "null", "[]") or _NUMBER.fullmatch(bare):
            return True
        return bare[:1] == '"' == bare[-1:] and (bare[1:-1] in _WORDS or bare[1:-1] in self._places)

    def _asset(self, a: Asset) -> Asset:
        kept = {k: v for k, v in a.attributes.items() if v is None or isinstance(v, bool | int | float)}
        return msgspec.structs.replace(
            a,
            uid=self._end(a.uid),
            name=self._name("name", a.name),
            account=self._account(a.account),
            aliases=tuple(self._end(u) for u in a.aliases),
            tags=UNSET,
            attributes=kept,
        )

    def assets(self) -> Iterator[PlacedAsset]:
        """Assets under pseudonyms, in the order of these."""
        made = [
            msgspec.structs.replace(
                p,
                asset=self._asset(p.asset),
                part_of=None if p.part_of is None else self._end(p.part_of),
                key=None if p.key is None else self._end(p.key),
            )
            for p in self.source.assets()
        ]
        made.sort(key=lambda p: p.asset.uid)
        return iter(made)

    def findings(self, with_passes: bool = False) -> Iterator[Finding]:
        """Findings about pseudonyms."""
        for f in self.source.findings(with_passes=with_passes):
            yield msgspec.structs.replace(
                f,
                asset=None if f.asset is None else self._end(f.asset),
                flow=None if f.flow is None else self._flows.get(f.flow, self._name("flow", f.flow)),
                why=self._text(f.why),
                missing=tuple(msgspec.structs.replace(m, what=m.what.partition(" (")[0]) for m in f.missing),
            )

    def flows(self) -> Iterator[Flow]:
        """Flows between pseudonyms."""
        for f in self.source.flows():
            yield msgspec.structs.replace(
                f,
                id=self._flows[f.id],
                source=self._end(f.source),
                target=self._end(f.target),
                via=tuple(self._end(v) for v in f.via),
            )

    def transfers(self) -> Iterator[Transfer]:
        """Transfers by these flows; importers and entries of the register stay."""
        for t in self.source.transfers():
            yield msgspec.structs.replace(t, flow=self._flows.get(t.flow, self._name("flow", t.flow)))

    def coverage(self) -> Iterator[Coverage]:
        """Cells without the provider's own sentences."""
        for c in self.source.coverage():
            yield msgspec.structs.replace(
                c, connection=self._connection(c.connection), account=self._account(c.account), detail=""
            )

    def _connection(self, name: str) -> str:
        return self._name("connection", name)

    def acceptances(self) -> Iterator[Acceptance]:
        """Acceptances without names and reasons."""
        for a in self.source.acceptances():
            subject = self._flows.get(a.subject) or self._end(a.subject)
            yield msgspec.structs.replace(
                a,
                subject=subject,
                reason=tr("left out of this copy"),
                by=self._name("person", a.by),
                second=None if a.second is None else self._name("person", a.second),
            )

    def files(self) -> Iterator[FileRead]:
        """Files by pseudonym and digest."""
        for f in self.source.files():
            yield msgspec.structs.replace(f, name=self._name("file", f.name), note="")

    def evidence(self, digest: str) -> EvidenceNote | None:
        """Where a document came from, without the name of the file or connection."""
        note = self.source.evidence(digest)
        return None if note is None else msgspec.structs.replace(note, source=self._name("source", note.source))

    def head(self) -> Head:
        """The cover without names of connections."""
        head = self.source.head()
        connections = [
            msgspec.structs.replace(
                c, name=self._connection(c.name), reason="" if c.complete else tr("left out of this copy")
            )
            for c in head.scan.connections
        ]
        return msgspec.structs.replace(head, scan=msgspec.structs.replace(head.scan, connections=connections))
