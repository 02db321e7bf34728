"""The functions that conditions call. What cannot be told is an `Unknown` with a reason, never false."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from msgspec import UNSET

from rules.aggregates import Aggregates
from rules.condition import Lack, Unknown
from rules.derive import Record, moment
from rules.graph import PRESUMED, SPECIAL, UNCLASSIFIED, UNDECIDED, UNREAD
from rules.parts import STORES
from rules.places import Place, eea, eea_or_adequate, outside, third
from rules.register import ANYWHERE, NO_REGISTER, Answer, Register, lasting
from rules.related import Records
from rules.scope import CLASSES, CUSTODY, SCOPES, SIGNATURES, Callables
from rules.walks import CARRIERS, Walks
from rules.world import World

_CUSTODY: Final = {word: number for number, word in enumerate(CUSTODY)}
_SCOPE: Final = {word: number for number, word in enumerate(SCOPES)}
_CLASS: Final = {word: number for number, word in enumerate(CLASSES)}
_STATUS: Final = {"eea": 0, "adequate": 1, "adequate_partial": 2, "third_country": 3, "unknown": 4}
LINEAGE: Final = frozenset({"training.job", "training.notebook", "ai.model", "ai.customization", "ai.endpoint"})
"""Kinds that are made from, or work on, something else: without a source in sight their origin is not known."""

_FAILED: Final = frozenset({"denied", "partial", "throttled", "timeout", "expired", "error"})
"""What became of questions that were asked; what is switched off or not asked for has no bearing on a class."""

_TAKES_NULL: Final = frozenset(
    {"pd", "third", "eea", "eea_or_adequate", "outside", "third_country", "known_account", "adequacy_valid", "rank"}
    | {"scope_rank", "class_rank", "worse", "days", "estimated_flop", "flop_at_least", "retains"}
    | {"processing_commitment", "facts_age"}
)
"""Functions that look at null themselves; the others are guarded."""

NO_CLASS: Final = Unknown((Lack("asset.dc", "not_read"),))
UNDECIDED_CLASS: Final = Unknown((Lack("policy.tag_map", "decision_needed"),))
NO_ASSESSMENTS: Final = Unknown((Lack("policy.anonymity_assessments", "decision_needed"),))

Answers = bool | Unknown


def unknown(path: str, reason: str, of: str | None = None) -> Unknown:
    """A result that is not known."""
    return Unknown((Lack(path, reason, of),))


def _together(entries: list[Record]) -> Record:
    """Several entries of the record of processing on one asset: it is kept until the last of their purposes ends."""
    ends = [entry["ends"] for entry in entries]
    found = {**entries[0], "id": ", ".join(entry["id"] for entry in entries)}
    for name in ("resources", "countries", "recipients"):
        found[name] = sorted({item for entry in entries for item in entry[name]})
    found["ends"] = None if None in ends else max(ends)
    return found


def _ordinal(order: dict[str, int], word: str | None, path: str) -> int | Unknown:
    number = None if word is None else order.get(word)
    return unknown(path, "null" if word is None else "wrong_type") if number is None else number


def _by_level() -> tuple[list[Answers], list[Answers]]:
    pd: list[Answers] = [False] * 9
    either: list[Answers] = [False] * 9
    pd[UNREAD] = either[UNREAD] = NO_CLASS
    pd[UNDECIDED] = UNDECIDED_CLASS
    for level in range(PRESUMED, SPECIAL + 1):
        pd[level] = True
    for level in range(UNCLASSIFIED, SPECIAL + 1):
        either[level] = True
    return pd, either


class Functions(Callables):
    """One callable for each name in `scope.SIGNATURES`. `rules.looks` tells what some of them look at."""

    def __init__(self, world: World, records: Records) -> None:
        self.world = world
        self.records = records
        self.register = Register(world)
        self.walks = Walks(world, records)
        self.aggregates = Aggregates(world, records)
        self._pd, self._either = _by_level()
        special = world.policy.unclassified_as == "special_category"
        self._sc: list[Answers] = [NO_CLASS, *([False] * 7), True]
        self._sc[UNDECIDED] = UNDECIDED_CLASS
        self._sc[PRESUMED] = special
        self._assessments = world.policy.anonymity_assessments is not UNSET
        self._unread_writers: dict[tuple[str, str] | None, bool] = {}
        self._table = self._made()

    def __call__(self, name: str) -> Callable[..., Any]:
        """The callable of a function. Null in place of its first argument gives an unknown."""
        call = self._table[name]
        if name in _TAKES_NULL:
            return call

        def guarded(x: Any, *others: Any) -> Any:
            return unknown(f"{name}()", "null") if x is None else call(x, *others)

        return guarded

    def _made(self) -> dict[str, Callable[..., Any]]:
        walks, sums = self.walks, self.aggregates
        table: dict[str, Callable[..., Any]] = {
            "pd": self._pd_of(),
            "third": third,
            "eea": eea,
            "eea_or_adequate": eea_or_adequate,
            "outside": outside,
        }
        for owner in (self, walks, sums):
            for name in SIGNATURES:
                if name not in table and hasattr(owner, name):
                    table[name] = getattr(owner, name)
        missing = SIGNATURES.keys() - table.keys()
        if missing:
            raise NotImplementedError(", ".join(sorted(missing)))
        return table

    def _pd_of(self) -> Callable[[Record], Answers]:
        """`pd` is called most of all: two look-ups and nothing else."""
        classes, answers = self.world.classes, self._pd
        external = self._class_of_external

        def pd(x: Record) -> Answers:
            try:
                node: int = x["@n"]
            except (KeyError, TypeError):
                return NO_CLASS
            level = classes[node]
            return answers[level] if level else external(x)

        return pd

    def _class_of_external(self, x: Record) -> Unknown:
        uid = x.get("src", x).get("uid")
        return Unknown((Lack("asset.dc", "not_read", uid),))

    def _level(self, x: Record) -> int:
        node: int | None = x.get("@n")
        return UNREAD if node is None else self.world.classes[node]

    def sc(self, x: Record) -> Answers:
        """Special-category data."""
        return self._sc[self._level(x)]

    def pd_any(self, items: Any) -> Answers:
        """Any of these ends holds personal data."""
        missing: Unknown | None = None
        for item in items:
            found = self._pd[self._level(item)]
            if found is True:
                return True
            if isinstance(found, Unknown):
                missing = found
        return missing or False

    def pd_or_unclassified(self, x: Record | str) -> Answers:
        """Personal or unclassified; of an account: any of its data."""
        if isinstance(x, str) or x.get("kind") == "account":
            return self.aggregates.holds(x, UNCLASSIFIED)
        return self._either[self._level(x)]

    def inherits_pd(self, x: Record) -> Answers:
        """It or anything upstream of it is personal data, whatever it is labelled itself."""
        node: int | None = x.get("@n")
        if node is None:
            return NO_CLASS
        level = self.world.ancestors[node]
        if level >= PRESUMED:
            return True
        kind = self.world.kind(node)
        if kind in LINEAGE and not any(True for _ in self.world.graph.upstream(node)):
            record = self.records.get(node)
            vendor = record.get("vendor_base") is True or (kind == "ai.endpoint" and record.get("model_vendor"))
            if not vendor:
                return unknown("asset.trained_from" if kind == "ai.model" else "asset.reads", "not_read", record["uid"])
        if level not in (UNREAD, UNDECIDED) and self.world.kinds[node] in STORES and self._refused(node):
            return unknown("asset.writes (of others)", "not_read", x.get("uid"))
        return self._pd[level] if level in (UNREAD, UNDECIDED) else False

    def _refused(self, node: int) -> bool:
        """Whether jobs of a store's account were asked for and not read: one of them may have written to it."""
        account = self.world.account(node)
        if account not in self._unread_writers:
            cells = [c for kind in CARRIERS for c in self.world.seen.gaps(account, kind)] if account else []
            self._unread_writers[account] = any(c.status in _FAILED for c in cells)
        return self._unread_writers[account]

    def anonymity_ok(self, x: Record) -> Answers:
        """A current assessment found it anonymous."""
        if not self._assessments:
            return NO_ASSESSMENTS
        return x["uid"] in self.world.assessed if "uid" in x else NO_CLASS

    def transformation_recorded(self, x: Record) -> Answers:
        """The copy at the end of a flow was assessed."""
        return self.anonymity_ok(x.get("dst", x))

    def ropa(self, x: Record) -> Record | Unknown | None:
        """The entry of the record of processing that an asset belongs to; of several what they say together."""
        if self.world.policy.ropa is UNSET:
            return unknown("policy.ropa", "decision_needed")
        entries: list[Record] = self.world.variables["ropa"]
        wanted, uid = x.get("ropa_id"), x.get("uid")
        named = [e for e in entries if (wanted is not None and e["id"] == wanted) or uid in e["resources"]]
        if named:
            return named[0] if len(named) == 1 else _together(named)
        if "ropa_id" not in x:
            return unknown("asset.ropa_id", "not_read", uid)
        return None

    def third_country(self, code: str | None) -> Answers:
        """Whether a country has no full adequacy decision."""
        if code is None:
            return unknown("country", "null")
        status = self.world.catalogue.jurisdiction(code, self.world.as_of).status
        return unknown("country", "unknown_place") if status == "unknown" else status not in ("eea", "adequate")

    def worse(self, left: str | None, right: str | None) -> Answers:
        """Whether one status is worse than another; unknown where the place of either is."""
        if "unknown" in (left, right):
            return unknown("loc", "unknown_place")
        if left not in _STATUS or right not in _STATUS:
            return unknown("status", "null" if left is None or right is None else "wrong_type")
        return _STATUS[left] > _STATUS[right]

    def rank(self, word: str | None) -> int | Unknown:
        """Ordinal of a level of custody."""
        return _ordinal(_CUSTODY, word, "custody")

    def scope_rank(self, word: str | None) -> int | Unknown:
        """Ordinal of a processing scope."""
        return _ordinal(_SCOPE, word, "processing_scope")

    def class_rank(self, word: str | None) -> int | Unknown:
        """Ordinal of a data class."""
        return _ordinal(_CLASS, word, "dc")

    def days(self, when: str | None) -> int | Unknown:
        """Days from a date to the as-of date; negative for the future."""
        found = moment(when) if when is not None else None
        return unknown("date", "null") if found is None else (self.world.as_of - found.date()).days

    def adequacy_valid(self, country: str | None, when: str | None) -> bool | Unknown:
        """Whether an adequacy decision holds on a day."""
        if country is None:
            return unknown("country", "null")
        found = moment(when)
        return unknown("date", "not_a_date") if found is None else self._adequate(country, found.date())

    def _adequate(self, country: str, day: date) -> bool | Unknown:
        if not self.world.catalogue.adequacy_valid(country, day):
            return False
        # Facts of another time know of no decision that was annulled since.
        return unknown("catalogue", "facts_too_old") if self._facts_too_old() else True

    def _facts_too_old(self) -> bool:
        return self.facts_age() > self.world.policy.facts_max_age_days

    def facts_age(self) -> int:
        """Days between the day for which the catalogue was last checked and the day of the judgement."""
        return self.world.catalogue.age_days(self.world.as_of)

    def _cover(self, x: Record, place: Place | None, *, valid: bool) -> Answer:
        if place is None:
            return unknown("loc", "not_read", x.get("uid"))
        level = self._level(x)
        if level < PRESUMED:
            found = self._pd[level]
            # Data that are not personal need no basis; where the class is not known, nor is the answer, unless there
            # is no entry at all.
            empty = self.register.given and not self.register.entries
            return found if isinstance(found, Unknown) and not empty else None
        uids = x.get("@uids") or (x.get("uid", ""),)
        account = x.get("dst_account") if "src" in x else x.get("account")
        lasts = False  # an entry is one, whether or not it may be relied on
        if valid:
            lasts = lasting(x.get("kind") or x.get("type"), x.get("continuous"))
        return self.register.cover(place, account, uids, level, valid=valid, lasts=lasts)

    def entry(self, x: Record) -> Answer:
        """The entry that names this destination, valid or not."""
        return self._cover(x, x.get("dst_loc" if "src" in x else "loc"), valid=False)

    def basis(self, x: Record) -> Answer:
        """The entry in force that covers this destination."""
        return self._cover(x, x.get("dst_loc" if "src" in x else "loc"), valid=True)

    def basis_all(self, x: Record) -> Answer:
        """The entry in force, where every place that it rests or may be processed in and that needs one has one."""
        first = self.basis(x)
        if "src" in x or isinstance(first, Unknown):
            return first
        if first is None and third(x.get("loc")) is True:
            return None
        countries = x.get("processing_countries")
        if countries is None:
            if x.get("processing_scope") == "global":
                return None if self.register.given else NO_REGISTER
            if x.get("processing_scope") != "region":
                return unknown("asset.processing_countries", "not_read", x.get("uid"))
            return first
        for country in countries:
            if self.third_country(country) is False:
                continue
            found = self._cover(x, self.world.places.country(country), valid=True)
            if isinstance(found, Unknown) or found is None:
                return found
            first = first or found
        return first

    def basis_for(self, grantee: Record, data: Record) -> Answer:
        """The entry in force that covers what another party may read."""
        country = grantee.get("owner_country")
        if country is None:
            return unknown("account.owner_country", "decision_needed")
        level = self._level(data)
        if level < PRESUMED:
            found = self._pd[level]
            return found if isinstance(found, Unknown) else None
        uids = (data.get("uid", ""), grantee.get("uid", ""))
        place = self.world.places.country(country)
        return self.register.cover(place, grantee.get("id"), uids, level, lasts=True)

    def operator_fact(self, x: Record | str) -> Record | Unknown:
        """Who operates a partition: eu_controlled is true only where the facts say so plainly."""
        if isinstance(x, str):
            found = self.world.catalogue.operator("", x)
        else:
            found = self.world.catalogue.operator(str(x.get("provider")), x.get("partition"))
        if found is None:
            return unknown("operator", "not_listed")
        words = {"yes": True, "no": False}
        record: Record = {
            "name": found.name,
            "country": found.parent_country or None,
            "eu_controlled": found.eu_controlled == "yes",
        }
        for name in ("us_cloud_act", "us_fisa_702"):
            value = words.get(getattr(found, name))
            if value is not None:
                record[name] = value
        return record

    def processing_commitment(self, model: str | None, location: str) -> Unknown:
        """Whether a provider commits to process a model's requests in a location: no fact file lists this yet."""
        return unknown(f"processing_commitment({model}, {location})", "not_listed")

    def retains(self, model: str | None) -> Unknown:
        """Whether a model's vendor keeps prompts by default: no fact file lists this yet."""
        return unknown(f"retains({model})", "not_listed")

    def known_account(self, account: str | None) -> Answers:
        """Whether the policy names an account as one's own or trusted; while it names none, those of the scan count."""
        if account is None:
            return unknown("account", "null")
        name = account.casefold()
        policy = self.world.policy
        trusted = policy.trusted_accounts
        if name in self.world.owners or (trusted is not UNSET and any(t.casefold() == name for t in trusted)):
            return True
        if policy.accounts is not UNSET:
            return False
        return True if name in self.world.accounts_by_id else unknown("policy.accounts", "decision_needed")


__all__ = ["ANYWHERE", "Functions", "unknown"]
