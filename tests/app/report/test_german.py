"""Every sentence of reports, signatures and checks has its German, and the compiled texts are those of the source."""

import ast
import gettext
import re
import string
from pathlib import Path

from app.report import meanings, seen, texts, vocabulary, words
from app.report.chapters import comparison, requirements
from app.report.kinds import KINDS
from app.texts import speaking
from resources import ROOT
from rules.policy.fields import DECISIONS, THRESHOLDS
from rules.rulefile import load_rules
from scanners.model import ATTRIBUTES, CORE
from scanners.model import KINDS as ASSETS

APP = Path(__file__).parents[3] / "app"
FOLDER = ROOT / "translations" / "de" / "LC_MESSAGES"
SOURCES = [
    *(APP / "report").rglob("*.py"),
    *(APP / "verification").rglob("*.py"),
    *(APP / "signing").rglob("*.py"),
    APP / "cli" / "signatures.py",
    APP / "cli" / "reports.py",
    APP / "compute.py",
]


def catalogue() -> dict[str, str]:
    found: dict[str, str] = {}
    for name in ("situs", "report", "operations", "commands"):
        with (FOLDER / f"{name}.mo").open("rb") as file:
            for key, text in gettext.GNUTranslations(file)._catalog.items():  # type: ignore[attr-defined]
                found[key if isinstance(key, str) else key[0]] = text
    return found


def literals(paths: list[Path]) -> set[str]:
    found: set[str] = set()
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("tr", "trn"):
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found.add(first.value)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_none_seen":
                found |= {a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)}
    return found


def test_every_sentence_has_its_german() -> None:
    known = catalogue()
    assert sorted(literals(SOURCES) - known.keys()) == []


def test_every_word_for_things_has_its_german() -> None:
    known = catalogue()
    v = vocabulary
    tables = (
        v.STATUS, v.CLASSES, v.CUSTODY, v.CUSTODY_SHORT, v.SEVERITIES, v.SEVERITY_MEANING, v.MECHANISMS,
        v.TRANSFER_STATUS, v.COVERAGE, v.FLOWS, v.VERDICTS, v.PLAIN, DECISIONS, ASSETS, THRESHOLDS, comparison._BECAUSE,
        requirements._STATES, requirements._LEVEL_STATES, seen._STEPS, meanings.CODES, meanings.SPECIAL,
        meanings._PARTIES,
    )  # fmt: skip
    wanted = {text for table in tables for text in table.values() if text} | {"own site"}
    wanted |= {title for _, title in (*comparison._FINDINGS, *comparison._ASSETS)}
    wanted |= {t for pair in v.REASONS.values() for t in pair} | set(v.MONTHS)
    wanted |= {*texts.METHOD, *texts.PRESUMPTIONS, texts.INVISIBLE, texts.RULES_IN_ENGLISH, texts.NO_VERDICT_OF_LAW}
    wanted |= {t for row in texts.OUTSIDE for t in row if not re.fullmatch(r"[\d, ]+", t)}
    wanted |= {t for pair in texts.GLOSSARY for t in pair}
    wanted |= {k.title for k in KINDS.values()} | {c.title for k in KINDS.values() for c in k.chapters}
    assert sorted(wanted - known.keys()) == []


def test_whatever_a_rule_reads_has_its_german() -> None:
    """Names in the conditions of the pack, and the meanings of attributes: "what was seen" and "what is missing"."""
    known = catalogue()
    conditions = [s.text for rule in load_rules() for check in rule.checks for s in check.sources]
    names = {n for text in conditions for n in re.findall(r"\.([a-z_0-9]+)\b(?!\()", text)}
    names |= {n for text in conditions for n in re.findall(r'(?:targets|sources|guardrail)\(\w+, "([a-z_]+)"\)', text)}
    assert len(names) > 100
    wanted = {seen._STEPS.get(n, n.replace("_", " ")) for n in names} - {"", "GPUs"}
    with speaking("en"):
        wanted |= {words.attribute(n) for n in (*ATTRIBUTES, *CORE) if n not in ASSETS}
    assert sorted(wanted - known.keys()) == []


def test_the_german_has_the_same_fields() -> None:
    formatter = string.Formatter()

    def fields(text: str) -> set[str]:
        return {name for _, name, _, _ in formatter.parse(text) if name}

    wrong = {k: v for k, v in catalogue().items() if k and not fields(v) <= fields(k) | {"n"}}
    assert wrong == {}


def test_the_compiled_texts_are_those_of_the_source() -> None:
    source = (FOLDER / "report.po").read_text(encoding="utf-8")
    told = {
        ast.literal_eval(text)
        for text in re.findall(r'^msgstr(?:\[\d\])? (".*")$', source, re.MULTILINE)
        if text != '""'
    }
    with (FOLDER / "report.mo").open("rb") as file:
        catalog = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    assert told == {text for key, text in catalog.items() if key != ""}


SAID = [
    *APP.glob("*.py"),
    *(APP / "register").glob("*.py"),
    *(
        APP / "cli" / f"{name}.py"
        for name in (
            "acceptances", "audits", "catalogues", "compare", "compute", "deciding", "decisions", "errors",
            "frameworks",
            "latest", "notifying", "registers", "schedules", "storecare", "vaults", "whatifs",
        )
    ),
]  # fmt: skip
"""What a command says while it works and at its end: a German window shows it as it is."""


def test_what_commands_say_has_its_german() -> None:
    known = catalogue()
    with (FOLDER / "unattended.mo").open("rb") as file:
        more = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    known |= {k if isinstance(k, str) else k[0]: v for k, v in more.items()}
    assert len(literals(SAID)) > 200
    assert sorted(literals(SAID) - known.keys()) == []
