"""What is told: counts and titles of rules. No names of assets, accounts or people leave by a notification."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from msgspec import Struct

from app.job import SEVERITIES, Outcome
from app.notify.settings import Settings
from app.schedule.history import FAILED, INTERRUPTED, MISSED, SKIPPED, Run
from app.texts import tr, trn

_MOST_TITLES: Final = 10
_LONGEST: Final = 140


class Ending(Struct, frozen=True):
    """Something that ends: `key` tells it apart for good, `text` names it, `left` days remain (negative: over)."""

    key: str
    text: str
    day: date
    left: int


class Notice(Struct, frozen=True):
    """One message. `events`: what it is about (see settings). `counts`: numbers for machines."""

    subject: str
    lines: tuple[str, ...]
    events: tuple[str, ...]
    counts: dict[str, int] = {}


def notice_of(
    settings: Settings,
    name: str,
    run: Run | None,
    outcome: Outcome | None,
    missed: Sequence[Run] = (),
    ending: Sequence[Ending] = (),
) -> Notice | None:
    """The message about one audit, or None where there is nothing to tell. `name`: of the schedule, or of the job."""
    events: list[str] = []
    heads: list[str] = []
    lines: list[str] = []
    counts: dict[str, int] = {}
    wanted = set(settings.events)
    if run is not None and run.state in (FAILED, INTERRUPTED, SKIPPED) and "failed" in wanted:
        events.append("failed")
        heads.append(tr("the audit did not run") if run.state == SKIPPED else tr("the audit failed"))
        lines.append(plain(run.reason))
    if outcome is not None and "findings" in wanted:
        found = _findings(settings, outcome)
        if found is not None:
            events.append("findings")
            heads.append(found[0])
            lines += found[1]
            counts["new_or_worse"] = found[2]
    if outcome is not None and not outcome.complete and "incomplete" in wanted:
        events.append("incomplete")
        heads.append(tr("not everything could be read"))
        lines.append(
            trn("One area could not be read.", "{n} areas could not be read.", outcome.unread).format(n=outcome.unread)
        )
        counts["unread"] = outcome.unread
    passed = [r for r in missed if r.state in (MISSED, INTERRUPTED)]
    if passed and "missed" in wanted:
        events.append("missed")
        n = len(passed)
        heads.append(trn("one run was missed", "{n} runs were missed", n).format(n=n))
        lines += [f"{r.due or r.started:%Y-%m-%d %H:%M} UTC: {plain(r.reason)}" for r in passed[:_MOST_TITLES]]
        counts["missed"] = n
    if ending and "expiring" in wanted:
        events.append("expiring")
        n = len(ending)
        heads.append(trn("one thing ends soon or has ended", "{n} things end soon or have ended", n).format(n=n))
        lines += [f"{e.day.isoformat()}: {plain(e.text)}" for e in ending[:_MOST_TITLES]]
        counts["expiring"] = n
    if not events:
        return None
    return Notice(f"Situs, {plain(name)}: {'; '.join(heads)}", tuple(lines), tuple(events), counts)


def test_notice() -> Notice:
    """A message that shows whether messages arrive."""
    return Notice(
        tr("Situs: a test"), (tr("This is how messages of Situs arrive. Nothing has happened."),), ("test",), {}
    )


def plain(text: str) -> str:
    """One line without control characters or direction marks, not too long."""
    kept = "".join(c if c.isprintable() else " " for c in text)
    return kept if len(kept) <= _LONGEST else kept[: _LONGEST - 1] + "…"


def _findings(settings: Settings, outcome: Outcome) -> tuple[str, list[str], int] | None:
    counted = SEVERITIES[: SEVERITIES.index(settings.severity) + 1]
    first = outcome.compared_with is None
    numbers = outcome.by_severity if first else outcome.new
    total = sum(numbers.get(s, 0) for s in counted)
    if not total:
        return None
    by = ", ".join(f"{numbers[s]} {tr(s)}" for s in counted if numbers.get(s))
    if first:
        head = trn("one violation in the first audit", "{n} violations in the first audit", total).format(n=total)
    else:
        head = trn("one new or worse violation", "{n} new or worse violations", total).format(n=total)
    lines = [by]
    if settings.titles:
        shown = [t for t in outcome.titles if t.severity in counted]
        lines += [f"{t.rule} ({tr(t.severity)}, {t.count}): {plain(t.title)}" for t in shown[:_MOST_TITLES]]
    return head, lines, total
