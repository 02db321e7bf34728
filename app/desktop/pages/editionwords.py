"""What an edition of law and facts says of itself, and what it would change, as sentences and rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from app.report import words
from app.texts import tr, trn

if TYPE_CHECKING:
    from app.edition.installed import Standing
    from app.edition.keys import TrustedKey

FACTS = {"new": "new", "gone": "gone", "changed": "changed"}
FINDINGS = {"new": "would appear", "gone": "would vanish", "changed": "would change"}
VERDICTS = {
    "fail": "violation",
    "not_checked": "not checked",
    "accepted": "accepted",
    "pass": "passed",
    "not_applicable": "not applicable",
}
MOST = 20_000
"""Rows of a table at most."""


@dataclass(frozen=True)
class Fact:
    """One fact that is new, gone or another."""

    change: str
    file: str
    key: str
    step: str


@dataclass(frozen=True)
class Finding:
    """One finding that would be another."""

    change: str
    rule: str
    title: str
    subject: str
    step: str
    sign: str


def edition_told(found: "Standing", today: date | None) -> str:
    """Which edition counts, and how old it is."""
    told = tr("Edition {version} of law and facts counts; it was checked for {day}").format(
        version=found.version, day=words.day(found.as_of)
    )
    age = max(0, (today - found.as_of).days) if today else 0
    if not age:
        return f"{told}."
    return f"{told}, " + trn("{n} day ago.", "{n} days ago.", age).format(n=words.number(age))


def origin_told(found: "Standing", keys: "Sequence[TrustedKey]") -> str:
    signer = next((k.name for k in keys if k.fingerprint == found.key), found.key)
    parts = [tr("Signed by {name}").format(name=signer) if found.key else tr("It came with the program")]
    if found.set_aside:
        parts.append(
            tr("the installed edition {version} is older than that of the program and does not count").format(
                version=found.set_aside
            )
        )
    return " · ".join([*parts, f"SHA-256 {found.digest}"])


def preview_told(found: Mapping[str, Any], file: str, facts: int) -> str:
    told = tr("{file}: edition {version}, checked for {day}.").format(
        file=file, version=found["version"], day=words.day(date.fromisoformat(found["as_of"]))
    )
    told += " " + trn("{n} fact differs.", "{n} facts differ.", facts).format(n=words.number(facts))
    difference = found.get("findings")
    if difference is None:
        return f"{told} " + tr("Nothing was judged yet, so no finding changes.")
    counts = difference["counts"]
    told += " " + tr("As of {day}: {new} findings would appear, {gone} vanish, {changed} change.").format(
        day=words.day(date.fromisoformat(difference["as_of"])),
        new=words.number(counts["new"]),
        gone=words.number(counts["gone"]),
        changed=words.number(counts["changed"]),
    )
    return " ".join([told, *map(str, difference.get("remarks", ())), tr("Nothing was stored.")])


def fact_change(row: Fact) -> str:
    return tr(FACTS.get(row.change, row.change))


def finding_change(row: Finding) -> str:
    return tr(FINDINGS.get(row.change, row.change))


def cells_told(cells: Mapping[str, Sequence[str]]) -> str:
    return "; ".join(f"{name}: {before or '∅'} → {after or '∅'}" for name, (before, after) in cells.items())


def step_told(change: Mapping[str, Any]) -> str:
    def told(state: Sequence[str] | None) -> str:
        if not state:
            return tr("nothing")
        return f"{tr(VERDICTS.get(state[0], state[0]))}, {words.severity(state[1])}"

    return f"{told(change.get('before'))} → {told(change.get('after'))}"
