"""The transfer register: which entry covers a destination, and which transfers no entry covers."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from msgspec import UNSET

from rules.catalogue.records import LawChange
from rules.condition import Absent, Lack, Unknown
from rules.graph import CLASS_NAMES, PRESUMED, UNDECIDED, UNREAD
from rules.judgement import Flow, Transfer
from rules.places import THIRD, Place
from rules.policy.records import TransferEntry
from rules.rule import FLOW_KINDS
from rules.world import World
from scanners.model import RELATIONS

NO_REGISTER: Final = Unknown((Lack("policy.transfer_register", "decision_needed"),))
NOT_TOLD: Final = Unknown((Lack("flow.continuous"),))
NO_OWNERS: Final = Unknown((Lack("policy.accounts", "decision_needed"),))
ANYWHERE: Final = "*"
"""In place of a country: the provider may choose any."""

FRAMEWORK: Final = "US"
"""The only country that the Data Privacy Framework concerns: Implementing Decision (EU) 2023/1795."""

ASSESSED: Final = ("scc", "bcr", "adhoc")
"""Mechanisms that hold only together with a transfer impact assessment (Schrems II; EDPB Recommendations 01/2020)."""

CHANGE: Final = ("law_changed", "law_change", "law_change_source")
"""What conditions see of an entry beside its own members: the last change of the country's law since its assessment."""

DECISION: Final = "(EU) 2023/1795"
"""The decision on that framework: none before it, and none that takes its place, is the framework."""

_ONCE: Final = frozenset({"training.job", "transfer.job", "ai.customization"})
"""What runs once or again and again: its document does not tell."""

_LASTING: Final = frozenset({"share", "shared_with", "replicates_to"})
"""Flows and relations that last by their nature: whoever may read may do so at any time."""

_NEEDS_COVER: Final = ("third_country", "adequate_partial", "unknown")

Answer = dict[str, Any] | Unknown | None


def may_be_transfer(source: Place, target: Place, level: int) -> bool:
    """Whether data of a class (as a number) that go from one place to another may be a transfer."""
    return (
        (level >= PRESUMED or level in (UNREAD, UNDECIDED)) and source[THIRD] is not True and target[THIRD] is not False
    )


class _Told(dict[str, Any]):
    """An entry as conditions see it; a member that it lacks says why."""

    def __init__(self, members: dict[str, Any], lacks: dict[str, tuple[str, str]]) -> None:
        super().__init__(members)
        self._lacks = lacks

    def __missing__(self, key: str) -> Any:
        if key not in self._lacks:
            raise KeyError(key)
        raise Absent(*self._lacks[key])


class Register:
    """Entries of the register against destinations.

    An entry covers a destination only where its importer owns the destination's account by the policy's `accounts`, or
    where it names that account, or one of the assets at either end; country and data class must fit as well. One that
    names only the asset where the data come from covers no recipient outside the EEA who is somebody else than its
    importer. An entry that relies on adequacy needs an adequacy decision in force; for a partial one, and for the DPF,
    a certification in force or, where no certification is recorded, a confirmed scope. A derogation covers what happens
    once, and only where nothing else does: no data that rest somewhere, no flow that goes on, no standing access
    (Article 49; EDPB Guidelines 2/2018).
    """

    def __init__(self, world: World) -> None:
        self._world = world
        entries = world.policy.transfer_register
        self.given = entries is not UNSET
        self.entries: tuple[TransferEntry, ...] = () if entries is UNSET else entries
        variables: list[dict[str, Any]] = world.variables["transfer_register"] if self.given else []
        self._variables = {str(values["id"]): self._told(values) for values in variables}
        self._named = frozenset(uid for entry in self.entries for uid in entry.assets)
        self._owners_given = world.policy.accounts is not UNSET
        self._memo: dict[tuple[Any, ...], TransferEntry | Unknown | None] = {}

    def _told(self, values: dict[str, Any]) -> dict[str, Any]:
        """An entry with the change of law that came after its assessment.

        An assessment with a day but no result was made, and nobody can say how it ended: a blank is no good result. Nor
        can facts of another time say that nothing changed since.
        """
        found, lacks = dict(values), dict[str, tuple[str, str]]()
        found |= dict.fromkeys(CHANGE)
        found["dpf_in_force"] = self._framework(values["country"]) if values["tool"] == "dpf" else None
        if values["tia_date"] is not None and values["tia_result"] is None:
            del found["tia_result"]
            lacks["tia_result"] = ("entry.tia_result", "not_recorded")
        if values["tia_date"] is not None and values["tool"] in ASSESSED:
            changes = self._changes(values["country"], date.fromisoformat(values["tia_date"]))
            if changes:
                last, before = changes[-1], len(changes) - 1
                what = f"{last.what} (and {before} earlier)" if before else last.what
                told = (last.day.isoformat(), what, f"{last.confidence}: {last.source}")
                found |= zip(CHANGE, told, strict=True)
            elif self._world.catalogue.age_days(self._world.as_of) > self._world.policy.facts_max_age_days:
                for name in CHANGE:
                    del found[name]
                    lacks[name] = ("catalogue", "facts_too_old")
        return _Told(found, lacks) if lacks else found

    def _changes(self, country: str, since: date) -> tuple[LawChange, ...]:
        return self._world.catalogue.law_changes(country, since, self._world.as_of)

    def _framework(self, country: str) -> bool:
        """Whether the decision on the Data Privacy Framework is in force for a country on the as-of date."""
        found = self._world.catalogue.jurisdiction(country, self._world.as_of)
        return country == FRAMEWORK and found.status != "third_country" and DECISION in (found.decision or "")

    def valid(self, entry: TransferEntry) -> bool:
        """Whether an entry holds on the as-of date."""
        today = self._world.as_of
        if entry.expires is not None and entry.expires < today:
            return False
        if entry.tool in ("adequacy", "dpf"):
            if not self._world.catalogue.adequacy_valid(entry.country, today):
                return False
            partial = self._world.catalogue.jurisdiction(entry.country, today).status == "adequate_partial"
            if entry.tool == "dpf" and not self._framework(entry.country):
                return False
            if entry.tool == "dpf" or partial:
                if entry.dpf_certified_until is not None:  # a scope confirmed once does not outlive the certification
                    return entry.dpf_certified_until >= today
                return entry.scope_confirmed is True
        return True

    def says_alike(self, level: int) -> bool:
        """Whether the answer about data of a class is the same for every asset and flow: none is needed or there."""
        return not self.entries or (level < PRESUMED and level not in (UNREAD, UNDECIDED))

    def find(
        self,
        country: str,
        account: str | None,
        uids: Iterable[str],
        level: int,
        *,
        valid: bool,
        lasts: bool | None = False,
    ) -> TransferEntry | Unknown | None:
        """The entry that covers data of a class (as a number) at a destination; None if there is none.

        `uids`: the asset at the destination, and before it the one where the data come from, where that is another.
        `lasts`: whether the data stay, or flow again and again, so that no derogation covers them; None: not known.
        Unknown while there is no register, or while it would depend on who owns the account, or on whether it lasts,
        and nobody said so.
        """
        if not self.given:
            return NO_REGISTER
        named = tuple(uid if uid in self._named else "" for uid in uids) if self._named else ()
        key = (country, account, named, level, valid, lasts)
        if key in self._memo:
            return self._memo[key]
        found = self._search(country, account, named, level, valid, lasts is False)
        if found is None and lasts is None:
            once = self._search(country, account, named, level, valid, True)
            found = once if once is None else NOT_TOLD
        self._memo[key] = found
        return found

    def _search(
        self, country: str, account: str | None, named: tuple[str, ...], level: int, valid: bool, once: bool
    ) -> TransferEntry | Unknown | None:
        data_class = "personal" if level == PRESUMED else CLASS_NAMES[level]
        owner = None if account is None else self._world.owners.get(account.casefold())
        candidates = [e for e in self.entries if e.country == country and data_class in e.data_classes]
        candidates = [e for e in candidates if once or e.tool != "derogation"]
        law = self._world.catalogue
        other = owner is not None and law.jurisdiction(owner.country, self._world.as_of).status != "eea"
        covering: list[TransferEntry] = []
        for entry in candidates:
            owned = owner is not None and owner.entity.casefold() == entry.importer.casefold()
            by_account = account is not None and account.casefold() in (a.casefold() for a in entry.accounts)
            if owned or by_account or any(uid in entry.assets for uid in (named[-1:] if other else named)):
                covering.append(entry)
        current = [e for e in covering if self.valid(e)]
        if current:
            return min(current, key=_longest)
        if covering and not valid:
            return min(covering, key=_longest)
        if not self._owners_given and any(self.valid(e) or not valid for e in candidates):
            return NO_OWNERS
        return None

    def cover(
        self,
        place: Place,
        account: str | None,
        uids: tuple[str, ...],
        level: int,
        *,
        valid: bool = True,
        lasts: bool | None = False,
    ) -> Answer:
        """The entry for a place: every possible third country needs one, the entry of the first is given."""
        if not self.given:
            return NO_REGISTER
        if place["everywhere"] or not self.entries:
            return None
        if "countries" not in place:
            return place[THIRD] if isinstance(place[THIRD], Unknown) else None
        first: TransferEntry | None = None
        for country in self.third_countries(place):
            found = self.find(country, account, uids, level, valid=valid, lasts=lasts)
            if isinstance(found, Unknown) or found is None:
                return found
            first = first or found
        if first is None and place["countries"] and not valid:
            found = self.find(place["countries"][0], account, uids, level, valid=False)
            if isinstance(found, Unknown):
                return None  # no entry is needed here, so who owns the account does not matter
            first = found
        return None if first is None else self._variables[first.id]

    def third_countries(self, place: Place) -> list[str]:
        """The possible countries of a place that need an entry."""
        law = self._world.catalogue
        today = self._world.as_of
        return [c for c in place.get("countries", ()) if law.jurisdiction(c, today).status in _NEEDS_COVER]

    def transfers(self, flow: Flow, source: Place, target: Place, account: str | None, level: int) -> list[Transfer]:
        """The rows of the register's report for one flow; none where it is no transfer."""
        if not may_be_transfer(source, target, level):
            return []
        owner = None if account is None else self._world.owners.get(account.casefold())
        importer = None if owner is None else owner.entity
        countries = [ANYWHERE] if target["everywhere"] else self.third_countries(target)
        if not countries:
            return [Transfer(flow.id, "", "unknown", importer)]
        uncertain = isinstance(source[THIRD], Unknown) or level in (UNREAD, UNDECIDED)
        rows: list[Transfer] = []
        for country in countries:
            if uncertain:
                rows.append(Transfer(flow.id, country, "unknown", importer))
                continue
            rows.append(self._row(flow, country, account, importer, level))
        return rows

    def _row(self, flow: Flow, country: str, account: str | None, importer: str | None, level: int) -> Transfer:
        if not self.given:
            return Transfer(flow.id, country, "decision_needed", importer)
        if country == ANYWHERE:
            return Transfer(flow.id, country, "uncovered", importer)
        found = self.find(country, account, (flow.source, flow.target), level, valid=False)
        if isinstance(found, Unknown):
            return Transfer(flow.id, country, "decision_needed", importer)
        if found is None:
            return Transfer(flow.id, country, "uncovered", importer)
        status = "covered" if self.valid(found) else "expired"
        if found.tool == "derogation" and status == "covered":
            status = {True: "uncovered", False: "covered", None: "unknown"}[lasting(flow.kind, flow.continuous)]
        return Transfer(
            flow=flow.id,
            country=country,
            status=status,
            importer=found.importer,
            mechanism=found.tool,
            register_entry=found.id,
            tia_date=found.tia_date,
            expires=found.expires,
        )


def lasting(kind: str | None, continuous: bool | None) -> bool | None:
    """Whether data stay at an asset of a kind, or go by a flow or relation again and again; None where that is not
    known."""
    if kind in _LASTING:
        return True
    if kind in FLOW_KINDS or kind in RELATIONS:
        return continuous
    return None if kind in _ONCE else True


def _longest(entry: TransferEntry) -> tuple[bool, date, str]:
    """Orders entries: derogations last, then that which holds longest first, then by id."""
    end = entry.expires or date.max
    return (entry.tool == "derogation", date.fromordinal(date.max.toordinal() - end.toordinal() + 1), entry.id)
