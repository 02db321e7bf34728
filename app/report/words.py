"""What things are called in front of people, in reports and in the window alike."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from app.report import figures
from app.report.source import Place
from app.report.vocabulary import (
    CLASSES,
    COVERAGE,
    CUSTODY,
    CUSTODY_SHORT,
    FLOWS,
    MECHANISMS,
    MONTHS,
    PLAIN,
    PROVIDERS,
    REASONS,
    SEVERITIES,
    SEVERITY_MEANING,
    STATUS,
    TRANSFER_STATUS,
    VERDICTS,
)
from app.texts import language, tr, trn
from rules.policy.fields import DECISIONS, THRESHOLDS
from scanners.model import ATTRIBUTES, CORE, KINDS


def number(value: int) -> str:
    """A whole number with thin groups: 12 345."""
    return f"{value:,}".replace(",", "\u202f")


def count(value: int, singular: str, plural: str) -> str:
    """`3 stores`: the number with its noun, both already in English; translated as a pair."""
    return trn(f"{{n}} {singular}", f"{{n}} {plural}", value).format(n=number(value))


def day(value: date | None) -> str:
    """`22 November 2026`, or an en dash where there is none."""
    if value is None:
        return "–"
    month = tr(MONTHS[value.month - 1])
    return tr("{day} {month} {year}").format(day=value.day, month=month, year=value.year)


def moment(value: datetime | None) -> str:
    """`22 November 2026, 10:04 UTC`, or "not known"."""
    return tr("not known") if value is None else f"{day(value.date())}, {value:%H:%M} UTC"


def provider(name: str) -> str:
    """A provider's name for people."""
    return tr(PROVIDERS.get(name, name))


def kind(name: str) -> str:
    """A kind of asset for people."""
    return tr(KINDS.get(name) or name.replace("_", " "))


def flow_kind(name: str) -> str:
    """A kind of flow for people."""
    return tr(FLOWS.get(name) or name.replace("_", " "))


def status(name: str) -> str:
    """The GDPR status of a place."""
    return tr(STATUS.get(name, name))


def data_class(name: str | None) -> str:
    """The class of data."""
    return tr("not known") if name is None else tr(CLASSES.get(name, name))


def custody(name: str | None, *, short: bool = False) -> str:
    """Who holds the key."""
    table = CUSTODY_SHORT if short else CUSTODY
    return tr("not known") if name is None else tr(table.get(name, name))


def severity(name: str) -> str:
    """How grave, in a word."""
    return tr(SEVERITIES.get(name, name))


def severity_meaning(name: str) -> str:
    """What the word for a severity means."""
    return tr(SEVERITY_MEANING.get(name, ""))


def verdict(name: str) -> str:
    """A verdict for people."""
    return tr(VERDICTS.get(name, name))


def verdicts(name: str) -> str:
    """What a number of such verdicts counts: `139 violations`."""
    return tr("violations") if name == "fail" else verdict(name)


def stale(known: bool) -> str:
    """What to add to an asset that this scan did not see; empty for one that it did."""
    return tr("known from an earlier scan, not seen in this one") if known else ""


def notes(*parts: str) -> str:
    """The parts that say something, with commas."""
    return ", ".join(p for p in parts if p)


def mechanism(name: str | None) -> str:
    """The legal instrument of a transfer."""
    return tr("none recorded") if name is None else tr(MECHANISMS.get(name, name))


def transfer_status(name: str, mechanism: str | None = None) -> str:
    """What the register says about a transfer; `mechanism`: what it names for it, though that may not cover it."""
    if name == "uncovered" and mechanism is not None:
        return tr("basis does not cover it")
    return tr(TRANSFER_STATUS.get(name, name))


def reason(name: str) -> str:
    """Why something is missing, as a heading."""
    return tr(REASONS[name][0]) if name in REASONS else name.replace("_", " ").capitalize()


def remedy(name: str) -> str:
    """Who can mend it and how."""
    return tr(REASONS[name][1]) if name in REASONS else tr("Whoever runs the scan: see the coverage table.")


def coverage_status(name: str) -> str:
    """What became of an attempt to read."""
    return tr(COVERAGE.get(name, name))


def decision(name: str) -> str:
    """The question behind a policy field."""
    field = name.removeprefix("policy.")
    return tr(DECISIONS.get(field) or field.replace("_", " "))


def end(uid: str) -> str:
    """An end of a flow that is no asset on record: a party, the provider's own choice of place, or an address."""
    word, _, name = uid.partition(":")
    if uid == "public":
        return tr("anyone")
    if word == "processing":
        return tr("wherever the provider computes it")
    if word in ("account", "tenant", "organization", "domain") and name:
        return f"{tr(word)} {name}"
    return name if word == "external" and name else uid


def attribute(name: str) -> str:
    """What is missing, in words: a kind of asset, an attribute by its meaning, a relation; else its name."""
    name, _, of = name.partition(" (")
    if of:
        return f"{attribute(name)} ({short(tr(of.removesuffix(')')), 60)})"
    if name in KINDS:
        return tr("list of: {kind}").format(kind=kind(name))
    steps = name.removeprefix("asset.").removeprefix("flow.").split(".")
    last = re.split(r"[\[( ]", steps[-1])[0]
    known = ATTRIBUTES.get(last) or CORE.get(last)
    meaning = known.meaning.split(";")[0].split(":")[0].replace("`", "") if known else last.replace("_", " ")
    plain = tr(PLAIN.get(last) or meaning)
    ends = {"src": tr("of the source"), "dst": tr("of the target")}
    return f"{plain}, {ends[steps[0]]}" if steps[0] in ends and len(steps) > 1 else plain


def countries(codes: Iterable[str], names: Mapping[str, str], *, most: int = 4) -> str:
    """Names of countries, the first few, then how many more; "not known" where there are none."""
    listed = [names.get(code, code) for code in codes]
    if not listed:
        return tr("not known")
    if len(listed) > most:
        rest = len(listed) - (most - 1)
        return ", ".join(listed[: most - 1]) + " " + trn("and {n} more", "and {n} more", rest).format(n=rest)
    return ", ".join(listed)


_WITH_ARTICLE = frozenset(
    {"AE", "BS", "CF", "CG", "CD", "DO", "GB", "GM", "KM", "MH", "MV", "NL", "PH", "SC", "SB", "US"}
)


def in_prose(codes: Iterable[str], names: Mapping[str, str], *, most: int = 4) -> str:
    """Names of countries for a sentence: `Singapore and the United States`."""
    named = sorted((names.get(code, code), code) for code in codes)
    articles = language() == "en"
    listed = [
        f"the {name}" if articles and code in _WITH_ARTICLE and not name.startswith("The") else name
        for name, code in named
    ]
    if len(listed) > most:
        rest = len(listed) - (most - 1)
        listed = [*listed[: most - 1], trn("{n} more country", "{n} more countries", rest).format(n=rest)]
    return join(listed)


def threshold(name: str) -> str:
    """What a threshold of the policy is for."""
    return figures.in_text(tr(THRESHOLDS.get(name) or name.replace("_", " ")))


def place(value: Place | None, names: Mapping[str, str]) -> str:
    """A place for people: its name, or its countries, or that it is not known."""
    if value is None:
        return tr("not known")
    if value.everywhere and not value.name:
        return tr("any country")
    return value.name or countries(value.countries, names)


def beside(value: Place | None, names: Mapping[str, str]) -> str:
    """The countries of a place, where its name does not tell them already."""
    if value is None or value.everywhere:
        return ""
    if value.name and value.countries and names.get(value.countries[0], value.countries[0]) in value.name:
        return ""
    told = countries(value.countries, names)
    return "" if told == place(value, names) else told


def join(items: Sequence[str]) -> str:
    """`a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return tr("{many} and {last}").format(many=", ".join(items[:-1]), last=items[-1])


def short(text: str, most: int) -> str:
    """An identifier shortened in the middle to at most so many characters."""
    if len(text) <= most:
        return text
    tail = (most - 1) * 3 // 5
    return f"{text[: most - 1 - tail]}…{text[-tail:]}"
