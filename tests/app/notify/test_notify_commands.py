"""`situs notify`, and audits that tell people what became of them."""

import json
from pathlib import Path

import pytest
from notify_world import Receiver, web_server

from app.cli.main import main

SITES = "sites:\n  - id: s1\n    name: Hall\n    country: DE\n    operator: Us\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for module in ("app.settings", "app.cli.notifying"):
        monkeypatch.setattr(f"{module}.data_folder", lambda: tmp_path)
    return tmp_path


def settings(folder: Path, url: str, **more: str) -> None:
    lines = [f'{k} = "{v}"' for k, v in more.items()]
    (folder / "notify.toml").write_text("\n".join([*lines, "[[webhook]]", 'name = "team"', f'url = "{url}"']), "utf-8")


def test_a_test_message_arrives(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    receiver = Receiver()
    with web_server(receiver) as url:
        settings(folder, url)
        assert main(["notify", "test"]) == 0
        assert main(["notify", "test", "--channel", "team"]) == 0
        assert main(["notify", "test", "--channel", "none"]) == 2
        receiver.answers = [(403, {})]
        assert main(["notify", "test"]) == 1
    assert len(receiver.requests) == 3
    told = capsys.readouterr().err
    assert "team: delivered." in told
    assert "team: NOT delivered." in told


def test_nobody_to_tell_is_said_with_an_example_that_can_be_used(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["notify", "test"]) == 1
    assert "Nobody is told" in capsys.readouterr().err
    assert main(["notify", "show"]) == 0
    example = capsys.readouterr().out.split("An example of this file:\n")[1]
    (folder / "notify.toml").write_text("\n".join(line.strip() for line in example.splitlines()), "utf-8")
    assert main(["notify", "show", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["email"]["password"].startswith("vault:")
    assert [w["name"] for w in told["webhook"]] == ["team"]


def test_an_audit_tells_of_a_failure_and_of_violations(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sites = folder / "sites.yaml"
    sites.write_text(SITES, "utf-8")
    receiver = Receiver()
    store = ["--store", str(folder / "s.db"), "--notify"]
    sample = ["resources/sample_estate/scan-2026-11-20", "--policy", "resources/sample_estate/policy.toml"]
    with web_server(receiver) as url:
        settings(folder, url, severity="critical")
        assert main(["audit", "--import", str(folder / "none.yaml"), *store]) == 1
        assert main(["audit", "--import", str(sites), *store]) == 0
        assert main(["audit", "--import", *sample, *store, "--as-of", "2026-11-22"]) == 0
    failed, found = (json.loads(r[2]) for r in receiver.requests)
    assert failed["type"] == "situs.failed"
    assert "none.yaml" in failed["data"]["lines"][0]
    assert found["type"] == "situs.findings"
    assert found["data"]["counts"]["new_or_worse"] > 0
    everything = json.dumps(found)
    for name in ("arn:aws", "imaging", "patient"):
        assert name not in everything


def test_a_message_that_does_not_arrive_changes_nothing_about_the_audit(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "notify.toml").write_text("nonsense", "utf-8")
    sites = folder / "sites.yaml"
    sites.write_text(SITES, "utf-8")
    assert main(["audit", "--import", str(sites), "--store", str(folder / "s.db"), "--notify"]) == 0
    assert "Nobody was told" in capsys.readouterr().err


def test_a_log_tells_what_was_done(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sites = folder / "sites.yaml"
    sites.write_text(SITES, "utf-8")
    words = ["audit", "--import", str(sites), "--store", str(folder / "s.db"), "--log"]
    assert main([*words, str(folder / "logs" / "audit.jsonl")]) == 0
    lines = [json.loads(x) for x in (folder / "logs" / "audit.jsonl").read_text("utf-8").splitlines()]
    assert [line["event"] for line in lines] == ["begun", *["phase"] * (len(lines) - 2), "judged"]
    assert lines[-1]["scan"] == 1
    capsys.readouterr()
    assert main([*words, "-"]) == 0
    events = [json.loads(x)["event"] for x in capsys.readouterr().err.splitlines() if x.startswith("{")]
    assert events[-1] == "judged"


def test_a_log_that_grows_is_begun_anew_and_the_older_ones_are_few(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app import logs

    monkeypatch.setattr(logs, "_MOST_BYTES", 2000)
    with logs.log_to(folder / "x.jsonl") as log:
        for n in range(200):
            log.event("tick", n=n)
    files = sorted(p.name for p in folder.glob("x.jsonl*"))
    assert files == ["x.jsonl", "x.jsonl.1", "x.jsonl.2", "x.jsonl.3", "x.jsonl.4"]
    assert all(p.stat().st_size <= 2000 for p in folder.glob("x.jsonl*"))
    assert json.loads((folder / "x.jsonl").read_text("utf-8").splitlines()[-1])["n"] == 199
