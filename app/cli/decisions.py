"""`situs decisions`: what the organisation must decide, and how many verdicts wait for each decision."""

import argparse
from typing import Any

from app.cli.latest import judged_store, put_json
from app.cli.terminal import put
from app.texts import grouped, tr, trn


def decisions(options: argparse.Namespace) -> int:
    """Print every decision that was not taken, the one that most verdicts wait for first."""
    from app.cli.latest import yardstick
    from rules.policy import DECISIONS

    with judged_store(options.store) as (store, judged):
        policy = yardstick(store, judged).policy
    waiting = {d.decision.removeprefix("policy."): d for d in (judged.summary.decisions if judged.summary else [])}
    names = [*waiting, *(n for n in policy.missing_decisions if n not in waiting)]
    rows: list[dict[str, Any]] = []
    for name in names:
        field = name.partition("[")[0]
        decision = waiting.get(name)
        rows.append(
            {
                "decision": name,
                "waiting": decision.waiting if decision else 0,
                "rules": list(decision.rules) if decision else [],
                "question": tr(DECISIONS.get(field, "")) or None,
            }
        )
    rows.sort(key=lambda row: -row["waiting"])
    if options.format == "json":
        put_json({"as_of": judged.header.as_of, "decisions": rows})
        return 0
    if not rows:
        put(tr("Every decision was taken."))
    for row in rows:
        n = row["waiting"]
        said = trn("one verdict waits", "{n} verdicts wait", n).format(n=grouped(n)) if n else tr("nothing waits yet")
        put(f"{row['decision']}  ({said})")
        if row["question"]:
            put(f"    {row['question']}")
        if row["rules"]:
            put(f"    {tr('Rules')}: {', '.join(row['rules'])}")
    return 0
