"""`situs rules try`: what rules of one's own would find in the current data. Nothing is stored."""

import argparse
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.latest import judged_store, put_json
from app.cli.terminal import put
from app.texts import tr, trn

if TYPE_CHECKING:
    from rules.judgement import Finding

_MOST = 200


class _Found:
    """Takes what a judgement finds, and counts it; findings up to `_MOST` are kept."""

    def __init__(self) -> None:
        self.counts: dict[str, Counter[str]] = {}
        self.rows: list[dict[str, Any]] = []

    def findings(self, batch: "list[Finding]") -> None:
        """Findings of a judgement."""
        for f in batch:
            self.counts.setdefault(f.rule, Counter())[f.verdict.value] += 1
            if len(self.rows) < _MOST and f.verdict.value in ("fail", "not_checked"):
                self.rows.append(
                    {"rule": f.rule, "subject": f.asset or f.flow or "", "verdict": f.verdict.value, "why": f.why}
                )

    def flows(self, batch: object) -> None:
        """Flows are not asked for."""

    def transfers(self, batch: object) -> None:
        """Transfers are not asked for."""


def attempt(options: argparse.Namespace) -> int:
    """Judge the latest scan by the rules of a folder, in memory, and print what they find."""
    from app import audit as job
    from rules.engine import judge
    from rules.rulefile import load_rules

    folder: Path = options.folder
    found = _Found()
    with judged_store(options.store) as (store, judged):
        by = job.yardstick_of(store, judged.id)
        own = tuple(load_rules([folder], by.catalogue))
        judge(store.estate(judged.scan), own, by.policy, by.catalogue, by.as_of, found)
    told = {rule.id: dict(found.counts.get(rule.id, {})) for rule in own}
    if options.format == "json":
        put_json({"rules": told, "findings": found.rows})
        return 0
    put(trn("One rule of your own.", "{n} rules of your own.", len(own)).format(n=len(own)))
    for rule, n in told.items():
        put(
            tr("  {rule}: {fails} violations, {unchecked} could not be checked").format(
                rule=rule, fails=n.get("fail", 0), unchecked=n.get("not_checked", 0)
            )
        )
    for row in found.rows:
        put(f"  {row['rule']}  {row['subject']}: {row['why']}")
    put(tr("Nothing was stored."))
    return 0
