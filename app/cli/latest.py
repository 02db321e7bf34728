"""What several commands begin with: the store, its latest judgement, and what that was judged by."""

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.errors import UsageError
from app.cli.terminal import put_bytes
from app.days import day_in
from app.settings import store_location
from app.texts import tr

if TYPE_CHECKING:
    from app.audit import Yardstick
    from app.store import Store
    from app.store.records import JudgementInfo
    from app.whatif import Changed


@contextmanager
def judged_store(location: str | None, *, write: bool = False) -> "Generator[tuple[Store, JudgementInfo]]":
    """The store and its latest judgement. Raises UsageError where nothing was judged yet."""
    from app.store import Store

    with Store.open(store_location(location), create=False, read_only=not write) as store:
        judged = store.judgement()
        if judged is None:
            raise UsageError(tr("the store holds no judgement yet; `situs judge` or `situs audit` makes one."))
        yield store, judged


def yardstick(
    store: "Store", judged: "JudgementInfo", policy: Path | None = None, as_of: date | None = None
) -> "Yardstick":
    """What the latest judgement was judged by, with another policy or day where they are given."""
    from app import audit as job

    if policy is None and as_of is None:
        return job.yardstick_of(store, judged.id)
    kept = job.yardstick_of(store, judged.id)
    day = as_of or kept.as_of
    if policy is not None:
        return job.yardstick(policy, day, kept.packs)
    return job.as_of_day(kept, day)


def day_of(option: str, text: str | None) -> date | None:
    """The day that an option names, as 2026-12-31 or 31.12.2026. Raises UsageError for anything else."""
    if text is None:
        return None
    try:
        return day_in(text)
    except ValueError:
        raise UsageError(
            tr("{option} {text}: a day is written as 2026-11-22.").format(option=option, text=text[:60])
        ) from None


def today() -> date:
    """The day of today, in UTC."""
    return datetime.now(UTC).date()


def flow_names(store: "Store", judged: "JudgementInfo", changes: "Iterable[Changed]") -> dict[str, str]:
    """Id → what people call each flow of a judgement that some changes are about."""
    some = {change.flow for change in changes if change.flow}
    found = store.flows(judged.id, some) if some else ()
    from app.report.words import flow_kind

    return {f.id: f"{flow_kind(f.kind)}: {f.source} → {f.target}" for f in found}


def change_line(change: "Changed", flows: dict[str, str]) -> str:
    """One finding that would be another one, as a line of text."""
    from app.report.words import severity, verdict

    known = (told for told in (change.before, change.after) if told)
    states = " → ".join(f"{verdict(told[0])}, {severity(told[1])}" for told in known)
    subject = change.asset or flows.get(change.flow or "", change.flow or "")
    return f"  {tr(change.change):<8} {change.rule:<13} {subject}  ({states})"


def put_json(value: Any) -> None:
    """A result as JSON on stdout."""
    import msgspec

    put_bytes(msgspec.json.format(msgspec.json.encode(value)) + b"\n")
