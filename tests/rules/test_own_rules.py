"""Writing rules of one's own: skeleton, lint, schema for editors, pages."""

import json
import re
from pathlib import Path

import jsonschema
import pytest

from app.cli.main import main
from resources import ROOT
from rules.catalogue import Catalogue
from rules.documentation import plain, write_pages
from rules.editorschema import rules_schema
from rules.lint import lint
from rules.rule import RuleError
from rules.rulefile import PACK, load_rules
from rules.selftest import run_cases
from rules.yamlread import Mapping, Sequence, Text, read
from scanners.model import ATTRIBUTES, CORE

CATALOGUE = Catalogue.load()
SCHEMA = ROOT / "schema" / "rules-1.schema.json"


def test_the_skeleton_loads_and_its_cases_hold(tmp_path, capsys):
    assert main(["rules", "new", "acme-res-001", "--out", str(tmp_path / "own")]) == 0
    rules = load_rules([tmp_path / "own"], CATALOGUE)
    assert [r.id for r in rules] == ["ACME-RES-001"]
    assert [r.problem for r in run_cases(rules, CATALOGUE)] == [None, None, None]
    assert main(["rules", "lint", str(tmp_path / "own")]) == 0
    assert "words of the skeleton" in capsys.readouterr().out
    assert main(["rules", "test", "--pack", str(tmp_path / "own")]) == 0


@pytest.mark.parametrize(("name", "said"), [("RES", "is no id of a rule"), ("SIT-RES-900", "belongs to the rules")])
def test_ids_that_cannot_be_used(tmp_path, capsys, name, said):
    assert main(["rules", "new", name, "--out", str(tmp_path)]) == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_not_written_over(tmp_path, capsys):
    for status in (0, 2):
        assert main(["rules", "new", "ACME-RES-001", "--out", str(tmp_path)]) == status
    assert "already" in capsys.readouterr().err


def made(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    assert main(["rules", "new", "ACME-RES-001", "--out", str(tmp_path)]) == 0
    path = tmp_path / "acme-res-001.yaml"
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "level", "said"),
    [
        ("asset.encrypted == false", "asset.encryptd == false", "error", 'Did you mean "encrypted"'),
        ("severity: high", "severity: hihg", "error", "hihg"),
        ("gdpr.art32.1.a", "gdpp.art32", "error", "no provision"),
        ("expect: pass", "expect: fail", "error", 'must expect "pass"'),
        ("encrypted: true", "encrypted: false", "error", "expected pass, got"),
        ("# where: asset", "where: asset", "warning", "no case expects not_applicable"),
        ("      gcp: What to do.\n", "", "warning", "nothing to do for gcp"),
        ("    severity:", "    replaces: [SIT-RES-0O1]\n    severity:", "error", "no id of a rule"),
        ("    severity:", "    replaces: [SIT-RES-999]\n    severity:", "warning", "does not exist"),
        ("pd(asset) && asset", "pd(asset) and asset", "error", 'Write "&&"'),
        ("pd(asset) &&", "not asset.encrypted && pd(asset) &&", "error", 'Write "!"'),
        ("asset.encrypted == false", "(asset.encrypted == false || asset.loc.country == 'UK')", "error", "GB"),
        ("asset.encrypted == false", "(asset.encrypted == false || asset.loc.country in ['CN', 'xx'])", "error", "xx"),
        ("asset.encrypted == false", "(asset.encrypted == false || 'de' in asset.loc.countries)", "error", "capitals"),
        (
            "asset.encrypted == false",
            "(asset.encrypted == false || asset.loc.countries.exists(c, c == 'EU'))",
            "error",
            "group",
        ),
        ("asset.encrypted == false", "(asset.encrypted == false || asset.provider == 'awss')", "error", '"aws"'),
    ],
)
def test_lint_names_the_line_and_what_was_meant(tmp_path, old, new, level, said):
    path = made(tmp_path, (old, new))
    _, remarks = lint(tmp_path, CATALOGUE)
    (remark,) = [r for r in remarks if said in r.message]
    assert remark.level == level
    assert remark.file == str(path)
    assert 1 <= remark.line <= len(path.read_text(encoding="utf-8").splitlines())
    assert main(["rules", "lint", str(tmp_path)]) == (1 if level == "error" else 0)


def test_lint_tells_of_every_rule_that_is_wrong_and_of_ids_given_twice(tmp_path):
    path = made(tmp_path)
    text = path.read_text(encoding="utf-8")
    rule = text[text.index("  - id:") :]
    second = rule.replace("ACME-RES-001", "ACME-RES-002").replace("severity: high", "severity: odd")
    third = rule.replace("ACME-RES-001", "ACME-RES-003").replace("asset.encrypted == false", "asset.encrypted = false")
    path.write_text(text + second + third + rule, encoding="utf-8")
    count, remarks = lint(tmp_path, CATALOGUE)
    assert count == 2
    errors = [r.message for r in remarks if r.level == "error"]
    assert any("odd" in e for e in errors)
    assert any("ACME-RES-003" in e for e in errors)
    assert any("is there already" in e for e in errors)


def test_lint_of_odd_folders(tmp_path, capsys):
    assert lint(tmp_path, CATALOGUE)[1][0].message.startswith("there is no rule file")
    assert main(["rules", "lint", str(tmp_path / "nowhere")]) == 2
    (tmp_path / "odd.yaml").write_bytes(b"\xff\xfe rules: [")
    assert main(["rules", "lint", "--format", "json", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert "UTF-8" in json.loads(out)["remarks"][0]["message"]


def test_words_that_are_known_are_no_mistake(tmp_path):
    known = "(asset.encrypted == false || asset.provider in ['aws', 'on_prem'] && asset.loc.country in ['GB', 'NO'])"
    made(tmp_path, ("asset.encrypted == false", known))
    assert [r for r in lint(tmp_path, CATALOGUE)[1] if "never matches" in r.message] == []


def test_a_folder_without_rules_is_no_pack(tmp_path):
    (tmp_path / "rule.txt").write_text("rules: []", encoding="utf-8")
    with pytest.raises(RuleError, match="no rule file"):
        load_rules([PACK, tmp_path])
    made(tmp_path).rename(tmp_path / "OWN.YAML")
    assert "ACME-RES-001" in {rule.id for rule in load_rules([PACK, tmp_path])}


def test_the_built_in_pack_has_no_error():
    count, remarks = lint(PACK, CATALOGUE)
    assert count == len(load_rules())
    assert [r for r in remarks if r.level == "error"] == []


def as_editors_read(part: object) -> object:
    """What a reader of YAML 1.2 makes of a part."""
    if isinstance(part, Mapping):
        return {key: as_editors_read(value) for key, value in part.items()}
    if isinstance(part, Sequence):
        return [as_editors_read(item) for item in part]
    assert isinstance(part, Text)
    if part.quoted:
        return str(part)
    if part in ("true", "false"):
        return part == "true"
    if part in ("null", "~", ""):
        return None
    if re.fullmatch(r"[+-]?\d+", part):
        return int(part)
    if re.fullmatch(r"[+-]?(\d+\.\d*|\d+)([eE][+-]?\d+)?", part):
        return float(part)
    return str(part)


@pytest.mark.parametrize("path", sorted(PACK.glob("*.yaml")), ids=lambda p: p.stem)
def test_every_file_of_the_pack_fits_the_schema(path):
    validator = jsonschema.Draft202012Validator(rules_schema())
    errors = [
        f"{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}"
        for e in validator.iter_errors(as_editors_read(read(path)))
    ]
    assert errors == []


def test_the_schema_refuses_what_the_reader_refuses(tmp_path):
    validator = jsonschema.Draft202012Validator(rules_schema())
    path = made(tmp_path)
    good = as_editors_read(read(path))
    assert validator.is_valid(good)
    for change in (
        {"severity": "hihg"},
        {"subject": ["storage.bukket"]},
        {"sverity": "high"},
        {"remediation": {"amazon": "x"}},
        {"flow": ["backup"]},
        {
            "cases": [
                {"name": "a", "expect": "fail", "assets": [{"uid": "a", "kind": "storage.bucket", "encryptd": True}]}
            ]
            * 3
        },
    ):
        wrong = {**good, "rules": [{**good["rules"][0], **change}]}
        assert not validator.is_valid(wrong), change


def test_the_schema_that_ships_is_current(capsysbinary):
    jsonschema.Draft202012Validator.check_schema(rules_schema())
    assert main(["rules", "schema"]) == 0
    told = capsysbinary.readouterr().out
    assert json.loads(told) == rules_schema()
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == rules_schema(), (
        "attributes, kinds or members changed: situs rules schema > resources/schema/rules-1.schema.json"
    )


def test_pages_tell_of_every_rule_and_every_attribute(tmp_path):
    rules = load_rules()
    pages = {p.name: p.read_text(encoding="utf-8") for p in write_pages(rules, CATALOGUE, tmp_path / "docs")}
    for rule in rules:
        page = pages[f"rules-{rule.family.lower()}.md"]
        part = page[page.index(f"## {rule.id}\n") :].split("\n## ")[0]
        assert plain(rule.title) in part
        assert all(f"`{law}`" in part for law in rule.law)
        assert all(plain(text) in part for text in rule.remediation.values())
        assert f"rules-{rule.family.lower()}.md#{rule.id.lower()}" in pages["README.md"]
    for name in (*CORE, *ATTRIBUTES):
        assert f"`{name}`" in pages["attributes.md"]
    again = {p.name: p.read_text(encoding="utf-8") for p in write_pages(rules, CATALOGUE, tmp_path / "docs")}
    assert again == pages


def test_texts_of_rules_are_no_markup():
    assert plain("<script> | [a](b) `c` *d*\n# e") == "&lt;script&gt; \\| \\[a\\](b) \\`c\\` \\*d\\* \\# e"


def test_pages_from_the_command_line(tmp_path, capsys):
    made(tmp_path / "own")
    assert main(["rules", "docs", "--out", str(tmp_path / "docs"), "--pack", str(tmp_path / "own")]) == 0
    assert "pages written" in capsys.readouterr().out
    assert "ACME-RES-001" in (tmp_path / "docs" / "rules-res.md").read_text(encoding="utf-8")
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert main(["rules", "docs", "--out", str(tmp_path / "file")]) == 2
