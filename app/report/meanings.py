"""What a code among the facts means, for people: the values that rules compare, countries, days and kinds.

Machine formats keep the codes.
"""

import csv
import re
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Final

from app.report import figures, words
from app.texts import tr, trn
from resources import ROOT
from rules.policy.fields import SETTINGS, THRESHOLDS
from scanners.model import ATTRIBUTES, CORE, KINDS

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_CUSTODY: Final = frozenset({"custody", "volume_custody", "required_custody"})
_PARTIES: Final = {
    "account": "account",
    "tenant": "tenant",
    "organization": "organization",
    "domain": "domain",
    "public": "anyone",
}
"""Kinds of parties that an asset may be shared with."""

SPECIAL: Final[dict[tuple[str, str], str]] = {
    ("dc_source", "tag"): "a label (tag)",
    ("dc_source", "policy"): "your policy",
    ("dc_source", "inherited"): "its source",
    ("dc_source", "none"): "nobody",
    ("public_access", "public"): "yes",
    ("public_access", "possible"): "possibly",
    ("public_access", "none"): "no",
    ("processing_scope", "region"): "within its region",
    ("processing_scope", "zone"): "within its data zone",
    ("processing_scope", "global"): "anywhere in the provider's regions",
    ("retention_declared", "manual"): "by hand",
    ("evidence", "native"): "stated by the provider",
    ("evidence", "fact"): "from the catalogue",
    ("evidence", "declared"): "declared by you",
    ("evidence", "metadata_only"): "only where its record is kept",
    ("profile_type", "system"): "made by the provider",
    ("profile_type", "application"): "made by you",
    ("profile_type", "customer"): "made by you",
    ("status", "eea"): "EEA",
    ("status", "adequate"): "adequacy decision",
    ("status", "adequate_partial"): "adequacy for certified recipients only",
    ("status", "third_country"): "third country",
    ("status", "unknown"): "not known",
    ("type", "region"): "places",
    ("type", "cmk"): "keys of the customer",
    ("type", "public_access"): "access by anyone",
    ("type", "ai_scope"): "reach of AI services",
    ("tia_result", "positive"): "safeguards hold",
    ("tia_result", "measures_needed"): "further measures needed",
    ("tia_result", "negative"): "safeguards do not hold",
}
"""Attribute and value → words, where the value alone says too little."""

CODES: Final[dict[str, str]] = {
    "none": "none",
    "enabled": "enabled",
    "disabled": "disabled",
    "pending_destruction": "to be destroyed",
    "expired": "expired",
    "unavailable": "not available",
    "on": "on",
    "off": "off",
    "partial": "in part",
    "all": "all",
    "cpu": "processor",
    "gpu": "processor and accelerators",
    "enclave": "enclave",
    "required": "required",
    "streamlined": "given in advance",
    "transparency": "told afterwards",
    "tag": "label (tag)",
    "other": "other",
}
"""Values of attributes that have a list of values → words."""


def meaning(name: str, value: str) -> str | None:
    """A value of an attribute in words; None where it says itself what it is (a name, an identifier, a number)."""
    special = SPECIAL.get((name, value))
    if special is not None:
        return tr(special)
    if name in ("dc", "data_class", "data_classes") or name.endswith("_classes"):
        return words.data_class(value) if value in words.CLASSES else None
    if name in _CUSTODY:
        return words.custody(value) if value in words.CUSTODY else None
    if name == "provider":
        return words.provider(value)
    if name == "kind":
        return words.kind(value) if value in KINDS else tr(_PARTIES[value]) if value in _PARTIES else None
    if name in ("tool", "mechanism"):
        return words.mechanism(value)
    if "countr" in name and _COUNTRY.fullmatch(value):
        return country(value)
    if _DAY.fullmatch(value):
        return _day(value)
    known = ATTRIBUTES.get(name) or CORE.get(name)
    if known is not None and "|" in known.type and value in CODES:
        return tr(CODES[value])
    return None


def state(value: str | None) -> str:
    """The state of a key."""
    return tr("not known") if value is None else meaning("state", value) or value.replace("_", " ")


def country(code: str) -> str:
    """The name of a country; the code where the catalogue that came with the program does not list it."""
    name = _names().get(code)
    return code if name is None else tr(name)


@cache
def _names() -> dict[str, str]:
    with (ROOT / "catalogue" / "jurisdictions.csv").open(encoding="utf-8", newline="") as file:
        return {row["iso2"]: row["name"] for row in csv.DictReader(file)}


def _day(value: str) -> str | None:
    try:
        if len(value) == 10:
            return words.day(date.fromisoformat(value))
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    day = words.day(moment.date())
    return day if (moment.hour, moment.minute) == (0, 0) else f"{day}, {moment:%H:%M}"


def threshold_value(name: str, printed: str) -> str:
    """The value of a threshold, from the line that the policy prints for it: without the sentence that explains it."""
    value = printed.removesuffix(THRESHOLDS.get(name, "")).rstrip(": ")
    between = re.fullmatch(r"(\d+) to (\d+) days", value)
    if between is not None:
        return tr("{a} to {b} days").format(a=between[1], b=between[2])
    setting = SETTINGS.get(name)
    kind = "" if setting is None else setting.type
    if kind == "share":
        return figures.share(float(value))
    if kind == "days" and value.isdecimal():
        return trn("{n} day", "{n} days", int(value)).format(n=words.number(int(value)))
    if _POWER.fullmatch(value):
        return figures.power(float(value))
    return tr(value.replace("_", " ")) if kind.startswith("word") else tr(value)


_POWER: Final = re.compile(r"\d(\.\d+)?e\+\d+")
_UNREADABLE: Final = (
    "AWS Config does not record {things}; connect the account, or declare them.",
    "Azure Resource Graph does not hold {things}; they need a scan, or lists of Azure Resource Manager.",
    "Cloud Asset Inventory does not list {things}.",
    "The file holds no list of {things}.",
)
"""Sentences of which many differ in the things alone: they are told once."""
_MOST_TOLD: Final = 3
_MOST_THINGS: Final = 6


def unreadable(details: Sequence[str]) -> list[str]:
    """Why areas were not read, in the language in use: alike sentences once with all their things, of others three."""
    things: dict[str, list[str]] = {}
    apart: list[str] = []
    for text in details:
        for sentence in _UNREADABLE:
            before, _, after = sentence.partition("{things}")
            if text.startswith(before) and text.endswith(after):
                things.setdefault(sentence, []).append(text[len(before) : len(text) - len(after)])
                break
        else:
            apart.append(tr(text))
    return [*(tr(s).format(things=_first(t)) for s, t in things.items()), *apart[:_MOST_TOLD]]


def _first(things: Sequence[str]) -> str:
    """The first few; machine formats list all."""
    rest = len(things) - _MOST_THINGS
    more = f" {trn('and {n} more', 'and {n} more', rest).format(n=words.number(rest))}" if rest > 0 else ""
    return ", ".join(things[:_MOST_THINGS]) + more
