"""The same source with names behind pseudonyms, for a copy that leaves the house."""

import hashlib
import hmac
import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec
from msgspec import UNSET

from app.report import words
from app.report.choice import Scope
from app.report.seen import NOTE
from app.report.source import Acceptance, EvidenceNote, FileRead, Head, Place, PlacedAsset, ReportSource
from app.report.views import Passing
from app.texts import tr
from rules.judgement import Finding, Flow, Missing, Transfer
from rules.policy.fields import SETTINGS
from scanners.model import Asset, Coverage
from scanners.model.kinds import ATTRIBUTES, CORE

_NUMBER: Final = re.compile(r"-?\d{1,8}(?:\.\d+)?")
_ADDRESS: Final = re.compile(r"[\w.@-]*[/:@][\w./:@-]{5,}|(?<![\d.])\d{9,}")
"""What may be an address or a number of an account; no condition of a rule holds either."""
_TOKEN: Final = re.compile(r"[^\W\d]\w*")
_LITERAL: Final = re.compile(r"""(["'])((?:(?!\1)[^\\]|\\.)*)\1""")
_MOST_ACCOUNTS: Final = 5000
_WORDS: Final = frozenset(
    {*words.CLASSES, *words.CUSTODY, *words.STATUS, "fail", "pass", "none", "enabled", "disabled", "active", "eea"}
)
_REASONS: Final = frozenset(
    {"not read", "not exported", "denied", "decision needed", "not collected", "partial", "disabled", "unsupported"}
)
_OWN: Final = frozenset(
    {*ATTRIBUTES, *CORE, *SETTINGS}
    | {"asset", "flow", "account", "governance", "policy", "src", "dst", "loc", "src_loc", "dst_loc", "dc", "dc_source"}
    | {"not", "read", "decision", "needed", "true", "false", "null", "now", "in"}
)
"""Words of the program's own that what a rule saw may be told in."""


class Redacted(Passing):
    """Names, accounts and addresses behind pseudonyms: the same thing has the same one wherever it stands.

    Kinds, classes, verdicts, importers and rules stay, and so do places, but for the organisation's own halls. Labels
    and free texts of the provider are left out.
    `secret` makes the pseudonyms: without it nobody can try names out against them.
    """

    def __init__(self, source: ReportSource, secret: bytes) -> None:
        super().__init__(source)
        self._secret = secret
        self._places: set[str] = set()
        self._known: set[str] = set()
        self._sites: set[str] = set()
        self._said: dict[str, frozenset[str]] = {}
        accounts = {c.account for c in source.coverage()}
        for placed in source.assets():
            accounts.add(placed.asset.account)
            self._known.add(placed.asset.name)
            if _own_place(placed):
                self._sites.update(_spots(placed.asset))
            else:
                self._places.add(placed.place.name)
        self._known |= accounts
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

    def scope(self, scope: Scope) -> Scope:
        """A scope that names no account."""
        return msgspec.structs.replace(scope, accounts=tuple(map(self._account, scope.accounts)))

    def _account(self, value: str) -> str:
        return self._name("account", value)

    def _place(self, placed: PlacedAsset) -> Place:
        """The place; of one that the organisation named itself only the countries."""
        place = placed.place
        if not _own_place(placed):
            return place
        name = self._name("site", place.name or place.key)
        countries = ", ".join(self.source.country(c) or c for c in place.countries)
        return msgspec.structs.replace(
            place,
            key=f"{placed.asset.provider}:{name}",
            name=f"{name}, {countries}" if countries else "",
            latitude=None,
            longitude=None,
        )

    def _end(self, uid: str) -> str:
        word, sign, name = uid.partition(":")
        if uid == "public":
            return uid
        if sign and word == "processing":
            return f"processing:{self._name('asset', name)}"
        if sign and word in ("account", "tenant", "organization", "domain", "external"):
            return f"{word}:{self._name('party', uid)}"
        return self._name("asset", uid)

    def _why(self, finding: Finding) -> str:
        """The rule's own condition, with those of the values seen that cannot be a name.

        A name may hold any sign, and a long text is cut anywhere: nothing is kept because of where it stands, but only
        what the rule itself says, and values that are harmless in themselves.
        """
        own = self._says(finding.rule)
        first, *others = finding.why.split("  [")
        told = self._condition(first, own)
        if told is None:
            lacks = "; ".join(f"{self._what(m.what)} ({m.reason})" for m in finding.missing)
            return f"not read: {lacks}" if lacks else tr("left out of this copy") if finding.why else ""
        for piece in others:
            values, sign, rest = piece.rpartition("]; ")
            notes = self._notes(values if sign else piece, own)
            told += f"  [{', '.join(notes)}]" if notes else ""
            if sign:
                told += f"; {self._condition(rest, own) or tr('left out of this copy')}"
        return told

    def _says(self, rule_id: str) -> frozenset[str]:
        """The words of a rule's conditions, and those that every rule may use."""
        if rule_id not in self._said:
            rule: Any = self.source.rule(rule_id)
            texts = [source.text for check in getattr(rule, "checks", ()) for source in check.sources]
            self._said[rule_id] = _OWN.union(*map(_TOKEN.findall, texts))
        return self._said[rule_id]

    def _condition(self, text: str, own: frozenset[str]) -> str | None:
        """A part of a condition without names that the rule itself mentions; None: it is none."""
        if not own.issuperset(_TOKEN.findall(text)):
            return None
        plain = _LITERAL.sub(lambda m: f"{m[1]}…{m[1]}" if m[2] in self._known else m[0], text)
        if self._accounts is not None:
            plain = self._accounts.sub(lambda m: self._account(m[0]), plain)
        return _ADDRESS.sub(lambda m: self._name("name", m[0]), plain)

    def _notes(self, text: str, own: frozenset[str]) -> list[str]:
        return [
            note[0]
            for note in NOTE.finditer(text)
            if own.issuperset(_TOKEN.findall(note["path"]))
            and (note["reason"].strip() in _REASONS if note["value"] is None else self._harmless(note["value"]))
        ]

    def _what(self, what: str) -> str:
        """What was missing, without the thing that it is of and without keys of maps."""
        return what.partition(" (")[0].partition('["')[0]

    def _harmless(self, value: str) -> bool:
        """Whether a value seen is a number, yes or no, a known word or a place."""
        bare = value.strip()
        if bare in ("true", "false", "null", "[]") or _NUMBER.fullmatch(bare):
            return True
        return bare[:1] == '"' == bare[-1:] and (bare[1:-1] in _WORDS or bare[1:-1] in self._places)

    def _asset(self, placed: PlacedAsset) -> Asset:
        a = placed.asset
        location = a.location
        if _own_place(placed):
            location = msgspec.structs.replace(
                location, **{n: self._name("site", v) for n in _SPOTS if (v := getattr(location, n)) is not None}
            )
        kept = {k: v for k, v in a.attributes.items() if v is None or isinstance(v, bool | int | float)}
        return msgspec.structs.replace(
            a,
            uid=self._end(a.uid),
            name=self._name("name", a.name),
            account=self._account(a.account),
            aliases=tuple(self._end(u) for u in a.aliases),
            tags=UNSET,
            attributes=kept,
            location=location,
        )

    def assets(self) -> Iterator[PlacedAsset]:
        """Assets under pseudonyms, in the order of these."""
        made = [
            msgspec.structs.replace(
                p,
                asset=self._asset(p),
                place=self._place(p),
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
                why=self._why(f),
                missing=tuple(map(self._missing, f.missing)),
                acceptance=None if f.acceptance is None else self._name("acceptance", f.acceptance),
            )

    def _missing(self, one: Missing) -> Missing:
        return msgspec.structs.replace(one, what=self._what(one.what))

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
            importer = self._account(t.importer) if t.importer in self._known else t.importer
            flow = self._flows.get(t.flow, self._name("flow", t.flow))
            yield msgspec.structs.replace(t, flow=flow, importer=importer)

    def coverage(self) -> Iterator[Coverage]:
        """Cells without the provider's own sentences."""
        for c in self.source.coverage():
            yield msgspec.structs.replace(
                c,
                connection=self._connection(c.connection),
                account=self._account(c.account),
                region=self._name("site", c.region) if c.region in self._sites else c.region,
                detail="",
            )

    def _connection(self, name: str) -> str:
        return self._name("connection", name)

    def acceptances(self) -> Iterator[Acceptance]:
        """Acceptances without names and reasons."""
        for a in self.source.acceptances():
            subject = self._flows.get(a.subject) or self._end(a.subject)
            yield msgspec.structs.replace(
                a,
                id=self._name("acceptance", a.id),
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


_SPOTS: Final = ("region", "zone", "site")


def _own_place(placed: PlacedAsset) -> bool:
    """Whether the organisation named the place itself: a site it declared, or one that no catalogue knows."""
    place = placed.place
    nowhere = not place.countries and not place.everywhere
    return placed.asset.location.site is not None or place.evidence == "declared" or nowhere


def _spots(asset: Asset) -> set[str]:
    return {spot for name in _SPOTS if (spot := getattr(asset.location, name))}
