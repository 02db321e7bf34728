"""The rules are read once for a judgement and its reports, and again where a file of theirs has changed."""

import os
from pathlib import Path

from app import audit
from rules.rulefile import PACK


def own(pack: Path, title: str) -> None:
    text = (PACK / "keys.yaml").read_text(encoding="utf-8")
    begin = text.index("  - id: SIT-KEY-001")
    rule = text[begin : text.index("  - id: SIT-KEY-002")].replace("SIT-KEY-001", "SIT-KEY-901")
    line = next(x for x in rule.splitlines() if x.strip().startswith("title:"))
    (pack / "own.yaml").write_text("rules:\n" + rule.replace(line, f"    title: {title}"), encoding="utf-8")


def test_rules_are_read_once_until_a_file_changes(tmp_path: Path) -> None:
    own(tmp_path, "First words of the rule")
    first = audit.yardstick(None, None, [tmp_path])
    assert audit.yardstick(None, None, [tmp_path]).rules is first.rules
    assert len(audit.yardstick(None, None).rules) == len(first.rules) - 1
    own(tmp_path, "Other words of this rule")
    os.utime(tmp_path / "own.yaml", ns=(1, 1))
    second = audit.yardstick(None, None, [tmp_path])
    assert [r.title for r in second.rules if r.id == "SIT-KEY-901"] == ["Other words of this rule"]
