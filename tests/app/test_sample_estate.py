"""The sample estate: read, judged, and held against the truth about what was planted in it."""

import gzip
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from msgspec import Struct

from app import audit, sample
from app.store import Store
from app.store.records import JudgementInfo
from rules.judgement import Finding, Flow
from scanners.model import Asset

ROOT = Path(__file__).resolve().parents[2]
GENERATOR = ROOT / "packaging" / "sample_estate"
MOST_BYTES = 1_500_000

Pair = tuple[str, str]


class Scanned(Struct):
    """One scan of the estate, imported and judged."""

    number: int
    imported: audit.Imported
    judged: JudgementInfo
    findings: list[Finding]
    flows: dict[str, Flow]
    assets: list[Asset]
    replaces: dict[str, tuple[str, ...]]

    def subject(self, finding: Finding) -> str:
        """The uid, or `kind: source > target` of a flow."""
        return finding.asset or named(self.flows[finding.flow or ""])

    def fails(self) -> list[Pair]:
        """(rule, subject) of every finding that fails."""
        return [(f.rule, self.subject(f)) for f in self.findings if f.verdict == "fail"]

    def stood_for(self) -> set[Pair]:
        """(rule, subject) of what these findings stand for: more general rules on the same asset, flow, or its ends."""
        found: set[Pair] = set()
        for finding in (f for f in self.findings if f.verdict == "fail" and f.related):
            subjects = {self.subject(finding)}
            if finding.flow is not None:
                flow = self.flows[finding.flow]
                subjects |= {flow.source, flow.target, *flow.via}
            else:
                subjects |= {named(f) for f in self.flows.values() if finding.asset in (f.source, f.target, *f.via)}
            found |= {(rule, subject) for rule in self._below(finding.related) for subject in subjects}
        return found

    def _below(self, rules: Iterable[str]) -> set[str]:
        """These rules, those that they would stand for themselves, and so on."""
        found: set[str] = set()
        waiting = list(rules)
        while waiting:
            rule = waiting.pop()
            if rule not in found:
                found.add(rule)
                waiting += self.replaces.get(rule, ())
        return found


def named(flow: Flow) -> str:
    """A flow as the truth names it."""
    return f"{flow.kind}: {flow.source} > {flow.target}"


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    return yaml.safe_load(sample.TRUTH.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.open(tmp_path_factory.mktemp("sample") / "sample.db") as opened:
        yield opened


@pytest.fixture(scope="module")
def scans(store: Store) -> list[Scanned]:
    by = audit.yardstick(sample.POLICY, sample.AS_OF)
    replaces = {rule.id: rule.replaces for rule in by.rules}
    found: list[Scanned] = []
    for number, (started, folder) in enumerate(sample.SCANS, start=1):
        imported = audit.import_files(store, [folder], started=started)
        judged = audit.judge_scan(store, imported.scan.id, by)
        flows = {f.id: f for f in store.flows(judged.id)}
        findings = [row.finding for row in store.findings(judged.id)]
        assets = [a for batch in store.estate(imported.scan.id).assets() for _, a in batch]
        found.append(Scanned(number, imported, judged, findings, flows, assets, replaces))
    return found


def planted(truth: dict[str, Any], scan: int) -> list[Pair]:
    return [(f["rule"], f["about"]) for p in truth["problems"] if scan in p["scans"] for f in p["findings"]]


@pytest.mark.parametrize("number", [1, 2])
def test_what_is_found_is_what_was_planted(scans: list[Scanned], truth: dict[str, Any], number: int) -> None:
    scan = scans[number - 1]
    fails, wanted = scan.fails(), planted(truth, number)
    assert len(fails) == len(set(fails)), "a finding is there twice"
    assert len(wanted) == len(set(wanted)), "the truth lists a finding twice"
    assert sorted(set(wanted) - set(fails) - scan.stood_for()) == [], "planted and not found"
    assert sorted(set(fails) - set(wanted)) == [], "found and not planted"


def test_the_truth_says_why(truth: dict[str, Any]) -> None:
    problems = truth["problems"]
    assert len(problems) >= 45
    assert len({p["problem"] for p in problems}) == len(problems)
    for problem in problems:
        assert problem["what"].endswith(".")
        assert problem["findings"]
        for finding in problem["findings"]:
            assert finding["why"].endswith(".")
            assert 10 < len(finding["why"]) < 200


def test_every_family_is_planted(truth: dict[str, Any]) -> None:
    rules = {f["rule"] for p in truth["problems"] if 2 in p["scans"] for f in p["findings"]}
    families = Counter(rule.split("-")[1] for rule in rules)
    assert set(families) == {"RES", "XFER", "AI", "KEY", "EXPO", "SOV", "GOV", "ACC", "RET", "CLS", "RSL"}
    assert families["XFER"] == 15
    assert families["RES"] >= 11


@pytest.mark.parametrize("number", [1, 2])
def test_every_file_is_read_without_a_warning(scans: list[Scanned], number: int) -> None:
    imported = scans[number - 1].imported
    assert [(f.name, f.state, f.warnings) for f in imported.files if f.warnings or f.state != "complete"] == []
    assert {f.provider for f in imported.files} == {"aws", "azure", "gcp", "kubernetes", "on_prem"}
    assert imported.scan.state == "complete"


def test_every_provider_has_its_assets(scans: list[Scanned]) -> None:
    second = Counter(a.provider for a in scans[1].assets)
    assert second["aws"] >= 180
    assert second["azure"] >= 100
    assert second["gcp"] >= 90
    assert second["upcloud"] >= 25
    assert second["on_prem"] >= 8
    assert 400 <= len(scans[1].assets) <= 500
    assert len(scans[0].assets) < len(scans[1].assets)


def test_accelerators_are_on_every_side(scans: list[Scanned]) -> None:
    kinds = {(a.provider, a.kind) for a in scans[1].assets}
    for provider in ("azure", "gcp", "upcloud"):
        assert (provider, "training.job") in kinds
    for provider in ("aws", "azure", "gcp", "upcloud"):
        assert (provider, "ai.endpoint") in kinds


@pytest.mark.parametrize("number", [1, 2])
def test_what_could_not_be_checked_says_what_is_missing(scans: list[Scanned], number: int) -> None:
    silent = [f for f in scans[number - 1].findings if f.verdict == "not_checked" and not f.missing]
    assert silent == []


def test_few_decisions_are_left_open(scans: list[Scanned], truth: dict[str, Any]) -> None:
    summary = scans[1].judged.summary
    assert summary is not None
    assert sorted(d.decision for d in summary.decisions) == sorted(truth["open_decisions"])


def test_the_month_between_the_scans_can_be_told(store: Store, scans: list[Scanned]) -> None:
    assert scans[1].imported.scan.gone >= 3
    assert scans[1].imported.scan.stale == 0
    changes = Counter(c.change for c in store.diff_findings(scans[0].judged.id, scans[1].judged.id))
    assert changes["new"] >= 10
    assert changes["gone"] >= 5


def test_the_reading_room_in_london_falls_with_the_adequacy_decision(store: Store, scans: list[Scanned]) -> None:
    flow = "lumenar-models-detection > k8s://7f0c5f2e-7a54-4c52-8a6e-0d7a7fd1c002/deployment/reading-room/lung-reading"
    assert not any(flow in about for _, about in scans[1].fails())
    by = audit.yardstick(sample.POLICY, date(2031, 12, 28))
    later = audit.judge_scan(store, scans[1].imported.scan.id, by)
    about = {f.id: named(f) for f in store.flows(later.id)}
    fails = [r.finding for r in store.findings(later.id, verdict="fail")]
    here = [f for f in fails if f.flow is not None and flow in about[f.flow]]
    assert {f.rule for f in here} | {rule for f in here for rule in f.related} == {"SIT-XFER-001", "SIT-XFER-002"}


def content(path: Path) -> bytes:
    """What a file holds; how well it is compressed depends on the library, so that is not compared."""
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def test_the_generator_writes_the_same_bytes_again(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(GENERATOR), str(tmp_path)], check=True, capture_output=True, timeout=120)
    made = {path.relative_to(tmp_path): content(path) for path in tmp_path.rglob("*") if path.is_file()}
    kept = {p.relative_to(sample.FOLDER): content(p) for p in sample.FOLDER.rglob("*") if p.is_file()}
    by_hand = {Path("policy.toml"), Path("README.md")}
    assert kept.keys() - by_hand == made.keys()
    assert [str(path) for path, body in made.items() if kept[path] != body] == []


def test_the_estate_is_small_and_holds_no_carriage_returns() -> None:
    files = [path for path in sample.FOLDER.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < MOST_BYTES
    assert [path.name for path in files if b"\r" in content(path)] == []
