"""`situs frameworks`: the same verdicts, grouped by law or standard."""

import argparse
import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.cli.latest import judged_store, put_json, yardstick
from app.cli.terminal import put, put_bytes
from app.texts import grouped, tr

if TYPE_CHECKING:
    from app.frameworks import View
    from app.store import Store
    from app.store.records import JudgementInfo

COLUMNS: Final = (
    "framework",
    "requirement",
    "title",
    "state",
    "rule",
    "rule_title",
    "fail",
    "not_checked",
    "accepted",
    "pass",
    "not_applicable",
)


def list_them(options: argparse.Namespace) -> int:
    """Print the frameworks."""
    from app.frameworks import load, names

    found = [load(name) for name in names()]
    if options.format == "json":
        put_json(
            [{"id": f.id, "name": f.name, "version": f.version, "requirements": len(f.requirements)} for f in found]
        )
        return 0
    for f in found:
        put(f"{f.id:<12} {f.name}: {f.version}")
    return 0


def show(options: argparse.Namespace) -> int:
    """Print one framework over the latest judgement."""
    from app.frameworks import load

    framework = load(options.framework)
    with judged_store(options.store) as (store, judged):
        found = view_of(store, judged, framework.id)
    if options.format == "json":
        put_json({"as_of": judged.header.as_of, "judgement": judged.id, **_members(found)})
    elif options.format == "csv":
        put_bytes(as_csv(found).encode("utf-8-sig"))
    else:
        _tell(found)
    return 0


def view_of(store: "Store", judged: "JudgementInfo", name: str) -> "View":
    """A framework over a judgement. Raises FrameworkError."""
    from msgspec import UNSET

    from app.frameworks import load, view

    by = yardstick(store, judged)
    level = by.policy.sovereign_level
    assert judged.summary is not None  # noqa: S101 - only finished judgements are given out
    return view(load(name), by.rules, judged.summary, None if level is UNSET else level)


def write(store: "Store", judged: "JudgementInfo", name: str, path: Path) -> None:
    """Write a framework over a judgement as JSON or CSV, by the ending. Raises FrameworkError where there is none."""
    import msgspec

    from app.report.files import replacing

    found = view_of(store, judged, name)
    if path.suffix.lower() == ".csv":
        body = as_csv(found).encode("utf-8-sig")
    else:
        whole = {"as_of": judged.header.as_of, "judgement": judged.id, **_members(found)}
        body = msgspec.json.format(msgspec.json.encode(whole)) + b"\n"
    with replacing(path) as target:
        target.write_bytes(body)


def findings_of(store: "Store", judged: "JudgementInfo", name: str) -> set[tuple[str, str]]:
    """Rule and subject of every finding that a framework has a requirement for. Raises FrameworkError."""
    rules = {count.rule for r in view_of(store, judged, name).requirements for count in r.rules}
    return {(rule, asset or flow) for (rule, asset, flow), _ in store.verdicts(judged.id) if rule in rules}


def _members(found: "View") -> dict[str, object]:
    import msgspec

    return msgspec.structs.asdict(found)


def as_csv(found: "View") -> str:
    """One line for each requirement and rule; a requirement without rules has one line."""
    from app.report.csvform import guarded

    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for r in found.requirements:
        head = [found.framework, r.id, r.title, r.state]
        rows = [[c.rule, c.title, *(c.verdicts.get(v, 0) for v in COLUMNS[6:])] for c in r.rules]
        writer.writerows([guarded(cell) for cell in (*head, *row)] for row in rows or [[""] * 7])
    return out.getvalue()


def _tell(found: "View") -> None:
    put(f"{found.name} ({found.version})")
    put(found.note)
    for r in found.requirements:
        counts = ", ".join(f"{grouped(n)} {tr(v.replace('_', ' '))}" for v, n in r.verdicts.items())
        put(f"\n{r.id}  {r.title}: {tr(r.state.replace('_', ' '))}" + (f" ({counts})" if counts else ""))
        for c in r.rules:
            if c.verdicts.get("fail") or c.verdicts.get("not_checked"):
                few = ", ".join(
                    f"{grouped(c.verdicts[v])} {tr(v.replace('_', ' '))}"
                    for v in ("fail", "not_checked")
                    if v in c.verdicts
                )
                put(f"    {c.rule:<13} {few:<28} {c.title}")
        for level in r.levels:
            put(f"    {level.level} {level.name}: {tr(level.state.replace('_', ' '))}. {level.why}")
        if r.levels:
            put(
                "    "
                + (
                    tr("Evidence speaks for levels up to {level}, as far as these rules look.").format(level=r.supports)
                    if r.supports
                    else tr("No level is supported by evidence.")
                )
            )
        if r.missing:
            put(f"    {tr('Missing')}: {r.missing}")
    put(f"\n{tr('Source')}: {found.source}")
