"""What ends soon or changes: entries of the register, assessments, acceptances, and the law on which flows rest."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from msgspec import UNSET, Struct

from app.texts import tr, trn

if TYPE_CHECKING:
    from app.register.transfers import OutFlow
    from app.store.records import Acceptance
    from rules.catalogue import Catalogue
    from rules.policy import Policy

_RESTING: Final = ("adequacy", "dpf", "scc", "bcr", "adhoc")
"""Bases that the law of the destination may undo."""
WITHIN: Final = 14
"""Days ahead that are looked at unless someone says otherwise."""


class Due(Struct):
    """One thing that ends. `day` is the last day on which it holds; `left` days from today, negative once it is over.

    `what`: entry, certification, assessment, acceptance, adequacy, exit_plan, processing; law: a change of law, whose
    `day` is that of the change. `flows` counts flows that rest on it; None where flows do not.
    """

    what: str
    name: str
    day: date
    left: int
    text: str
    flows: int | None = None


class Ends(Struct):
    """What ends up to `within` days after `day`, as a report and the window list it; `hidden` rows are left out of a
    redacted copy."""

    day: date
    within: int
    rows: list[Due]
    hidden: int = 0


def left_told(item: Due) -> str:
    """How far off the end is, or how long ago it was."""
    n = item.left
    if item.what == "law":
        if n == 0:
            return tr("today")
        ahead = trn("in one day", "in {n} days", n) if n > 0 else trn("one day ago", "{n} days ago", -n)
        return ahead.format(n=abs(n))
    if n == 0:
        return tr("ends today")
    ends = trn("one day left", "{n} days left", n) if n > 0 else trn("ended one day ago", "ended {n} days ago", -n)
    return ends.format(n=abs(n))


def flows_told(item: Due) -> str:
    """How many flows rest on it; empty where flows do not."""
    return "" if item.flows is None else trn("one flow", "{n} flows", item.flows).format(n=item.flows)


def none_told(within: int, day: str) -> str:
    """That nothing ends, as far as anything is recorded."""
    return tr("As far as is recorded, nothing ends or changes within {n} days of {day}.").format(n=within, day=day)


def some_told(within: int, day: str) -> str:
    """What the rows are, for the head of a list."""
    return tr("What ended already, and what ends or changes within {n} days of {day}.").format(n=within, day=day)


def without_names(ends: Ends) -> Ends:
    """What a copy that leaves the house may tell: law and adequacy decisions. The other rows name whom or what they are
    about, and are counted only."""
    kept = [item for item in ends.rows if item.what in ("law", "adequacy")]
    return Ends(ends.day, ends.within, kept, ends.hidden + len(ends.rows) - len(kept))


def due(
    policy: "Policy",
    catalogue: "Catalogue",
    out: Iterable["OutFlow"],
    acceptances: Iterable["Acceptance"],
    today: date,
    within: int = WITHIN,
) -> list[Due]:
    """What ends up to `within` days after today or is over already, first what ended first.

    Adequacy decisions count where a flow goes to their country; those that ended before it was judged do not. Changes
    of a country's law count where flows go there on a basis that it may undo, those of up to `within` days ago as well;
    other dates of law that lie ahead are told without flows.
    """
    flows = list(out)
    by_entry = Counter(o.transfer.register_entry or "" for o in flows)
    last = _after(today, max(0, within))
    found = [
        *_entries(policy, by_entry, today),
        *_acceptances(acceptances, today),
        *_adequacy(catalogue, flows, today),
        *_law(catalogue, flows, today, max(0, within)),
        *_plans(policy, today),
    ]
    return sorted((d for d in found if d.day <= last), key=lambda d: (d.day, d.what, d.name))


def _entries(policy: "Policy", flows: "Counter[str]", today: date) -> Iterator[Due]:
    register = policy.transfer_register
    for entry in () if register is UNSET else register:
        whose = tr("entry {id} ({tool}, {importer}, {country})").format(
            id=entry.id, tool=entry.tool, importer=entry.importer, country=entry.country
        )
        n = flows[entry.id]
        if entry.expires:
            yield _due("entry", entry.id, entry.expires, today, tr("Register: {whose}").format(whose=whose), n)
        if entry.dpf_certified_until:
            text = tr("Certification under the Data Privacy Framework: {whose}").format(whose=whose)
            yield _due("certification", entry.id, entry.dpf_certified_until, today, text, n)
        if entry.tia_date and entry.tool in ("scc", "bcr", "adhoc"):
            day = _after(entry.tia_date, policy.tia_max_age_days)
            text = tr("Transfer impact assessment of {day} gets too old: {whose}").format(
                day=entry.tia_date, whose=whose
            )
            yield _due("assessment", entry.id, day, today, text, n)


def _acceptances(acceptances: Iterable["Acceptance"], today: date) -> Iterator[Due]:
    for a in acceptances:
        text = tr("Acceptance {id} of {rule} on {subject} ({owner})").format(
            id=a.id, rule=a.rule, subject=a.asset or a.flow or "?", owner=a.owner
        )
        yield _due("acceptance", a.id, a.until, today, text)


def _adequacy(catalogue: "Catalogue", flows: Iterable["OutFlow"], today: date) -> Iterator[Due]:
    countries = Counter(
        o.transfer.country
        for o in flows
        if o.transfer.mechanism in ("adequacy", "dpf") and len(o.transfer.country) == 2
    )
    for country, n in sorted(countries.items()):
        standing = catalogue.jurisdiction(country, today)
        if standing.valid_until is None or standing.status == "eea":
            continue
        text = tr("Adequacy decision for {country}: {decision}").format(
            country=standing.name, decision=standing.decision
        )
        yield _due("adequacy", country, standing.valid_until, today, text, n)


def _law(catalogue: "Catalogue", flows: Iterable["OutFlow"], today: date, within: int) -> Iterator[Due]:
    """Changes of law from `within` days ago on; the caller leaves out those that are too far ahead."""
    resting = Counter(o.transfer.country for o in flows if o.transfer.mechanism in _RESTING)
    for country, n in sorted(resting.items()):
        for change in catalogue.law.changes.get(country, ()):
            if (today - change.day).days <= within:
                text = tr("Law of {country}: {what} ({source}, {confidence})").format(
                    country=tr(catalogue.country_name(country)),
                    what=tr(change.what),
                    source=change.source,
                    confidence=tr(change.confidence),
                )
                yield _due("law", f"{country}: {change.what}", change.day, today, text, n)
    for change in catalogue.law.coming:
        if change.day >= today:
            text = tr("Law: {what} ({confidence})").format(what=tr(change.what), confidence=tr(change.confidence))
            yield _due("law", change.what, change.day, today, text)


def _plans(policy: "Policy", today: date) -> Iterator[Due]:
    plans = policy.exit_plans
    for plan in () if plans is UNSET else plans:
        if plan.tested:
            day = _after(plan.tested, policy.exit_plan_max_age_days)
            text = tr("Exit plan for {provider}, last tested on {day}").format(provider=plan.provider, day=plan.tested)
            yield _due("exit_plan", plan.provider, day, today, text)
    records = policy.ropa
    for record in () if records is UNSET else records:
        if record.ends:
            text = tr("Purpose of processing {id} ({name})").format(id=record.id, name=record.name or "")
            yield _due("processing", record.id, record.ends, today, text)


def _after(day: date, days: int) -> date:
    """So many days later, or the last day that there is."""
    return day + timedelta(days=min(days, (date.max - day).days))


def law_ends(catalogue: "Catalogue", today: date, within: int = WITHIN) -> bool:
    """Whether any adequacy decision ends up to `within` days after today, or a country's law changes or changed then.

    Only then flows are worth a look.
    """
    last = _after(today, within)
    if any(abs((c.day - today).days) <= within for changes in catalogue.law.changes.values() for c in changes):
        return True
    standings = (catalogue.jurisdiction(country, today) for country in catalogue.country_codes)
    ends = (s.valid_until for s in standings if s.status in ("adequate", "adequate_partial"))
    return any(end is not None and end <= last for end in ends)


def _due(what: str, name: str, day: date, today: date, text: str, flows: int | None = None) -> Due:
    return Due(what, name, day, (day - today).days, text, flows)
