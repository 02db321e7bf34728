"""`situs schedule`, as typed."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.cli.main import main
from app.schedule.book import Book
from app.schedule.errors import ScheduleError


class Nowhere:
    """A scheduler of no operating system."""

    name = "the test's scheduler"

    def __init__(self) -> None:
        self.names: set[str] = set()

    def install(self, schedule, program) -> None:
        if schedule.name == "refused":
            raise ScheduleError("the scheduler says no")
        self.names.add(schedule.name)

    def remove(self, name: str) -> None:
        self.names.discard(name)

    def installed(self, name: str) -> bool:
        return name in self.names

    def note(self) -> str:
        return "it runs sometimes"


@pytest.fixture(autouse=True)
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Nowhere:
    """A user's folder of its own, and no real scheduler."""
    clock = Nowhere()
    monkeypatch.setattr("app.settings.data_folder", lambda: tmp_path / "data")
    monkeypatch.setattr("app.cli.schedules.book", lambda: Book(tmp_path / "data" / "schedules", clock))
    return clock


@pytest.fixture
def export(tmp_path: Path) -> str:
    path = tmp_path / "sites.yaml"
    path.write_text("sites:\n  - id: s1\n    name: Hall\n    country: DE\n    operator: Us\n", "utf-8")
    return str(path)


def test_add_list_run_history_remove(
    tmp_path: Path, export: str, user: Nowhere, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["schedule", "add", "weekly", "--weekly", "mon", "thu", "--at", "05:30", "--import", export]
    assert main([*words, "--report-folder", str(tmp_path / "out"), "--forms", "csv", "--external"]) == 0
    assert "To be started by another scheduler" in capsys.readouterr().err
    assert main([*words, "--report-folder", str(tmp_path / "out"), "--forms", "csv"]) == 0
    told = capsys.readouterr().err
    assert "Added: weekly, every week on Monday, Thursday at 05:30." in told
    assert "it runs sometimes" in told
    assert user.names == {"weekly"}
    assert main(["schedule", "list"]) == 0
    assert "it never ran yet" in capsys.readouterr().out
    assert main(["schedule", "run", "weekly"]) == 0
    assert list((tmp_path / "out").glob("situs-*-scan1.csv"))
    assert (tmp_path / "data" / "situs.db").exists()
    assert main(["schedule", "history", "--format", "json"]) == 0
    (record,) = json.loads(capsys.readouterr().out)
    assert (record["state"], record["by"], record["outcome"]["scan"]) == ("done", "person", 1)
    assert main(["schedule", "list", "--format", "json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["last"]["id"] == record["id"]
    assert datetime.fromisoformat(found["following"][0]) > datetime.now(UTC)
    assert main(["schedule", "remove", "--all"]) == 0
    assert user.names == set()
    assert main(["schedule", "history", "weekly"]) == 0
    assert "done" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        (["add", "x"], 2, "name what to read"),
        (["add", "X", "--import", "EXPORT"], 1, "cannot name a schedule"),
        (["add", "x", "--import", "EXPORT", "--at", "6"], 1, "is no time"),
        (["add", "x", "--import", "EXPORT", "--weekly", "Monday"], 1, "Days of the week"),
        (["add", "x", "--import", "EXPORT", "--policy", "none.toml"], 2, "none.toml"),
        (["add", "x", "--import", "EXPORT", "--store", "postgresql://u:geheim@h/d"], 1, "never holds a password"),
        (["add", "refused", "--import", "EXPORT"], 1, "the scheduler says no"),
        (["run", "x"], 1, "no schedule 'x'"),
        (["remove", "x"], 1, "no schedule 'x'"),
        (["history", "x"], 1, "Nothing is known"),
    ],
)
def test_wrong_words(words: list[str], status: int, told: str, export: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schedule", *[export if w == "EXPORT" else w for w in words]]) == status
    assert told in capsys.readouterr().err


def test_what_nobody_will_be_there_to_give_is_told(
    tmp_path: Path, user: Nowhere, capsys: pytest.CaptureFixture[str]
) -> None:
    connections = tmp_path / "connections.toml"
    connections.write_text(
        '[[connection]]\nname = "a"\nprovider = "aws"\nauth = "keys"\naccess_key_id = "AKIA"\nsecret_env = "MY_KEY"\n'
        '[[connection]]\nname = "b"\nprovider = "aws"\nauth = "role"\nrole_arn = "arn:aws:iam::1:role/x"\n'
        'mfa_serial = "arn:aws:iam::1:mfa/x"\n',
        "utf-8",
    )
    assert main(["schedule", "add", "weekly", "--connections", str(connections)]) == 0
    told = capsys.readouterr().err
    assert "MY_KEY" in told
    assert "A person has to log in for b" in told


def test_a_dry_run_adds_nothing(export: str, user: Nowhere, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schedule", "add", "weekly", "--import", export, "--dry-run"]) == 0
    assert "schedule run weekly --by clock" in capsys.readouterr().out.replace("<string>", "")
    assert user.names == set()


def test_people_are_told_of_a_run_that_failed_and_of_those_that_were_missed(
    tmp_path: Path, export: str, user: Nowhere, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import sys
    from datetime import timedelta

    sys.path.insert(0, str(Path(__file__).parents[1] / "notify"))
    from notify_world import Receiver, web_server

    monkeypatch.setattr("app.cli.notifying.data_folder", lambda: tmp_path / "data")
    receiver = Receiver()
    with web_server(receiver) as url:
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / "notify.toml").write_text(f'[[webhook]]\nname = "team"\nurl = "{url}"\n', "utf-8")
        for name, more in (("weekly", []), ("silent", ["--quiet"])):
            assert main(["schedule", "add", name, "--daily", "--import", export, *more]) == 0
            file = tmp_path / "data" / "schedules" / f"{name}.json"
            made = json.loads(file.read_text("utf-8"))
            made["made"] = (datetime.now(UTC) - timedelta(days=4)).isoformat()
            file.write_text(json.dumps(made), "utf-8")
        Path(export).unlink()
        assert main(["schedule", "run", "silent"]) == 1
        assert receiver.requests == []
        assert main(["schedule", "run", "weekly"]) == 1
    (told,) = [json.loads(r[2]) for r in receiver.requests]
    assert told["data"]["events"] == ["failed", "missed"]
    assert told["data"]["counts"]["missed"] >= 2
    assert "sites.yaml" in told["data"]["lines"][0]
    assert main(["schedule", "history", "weekly", "--format", "json"]) == 0
    states = [r["state"] for r in json.loads(capsys.readouterr().out)]
    assert states[0] == "failed"
    assert states.count("missed") >= 2


@pytest.mark.parametrize("verb", ["notify", "store", "vault", "schedule", "rules"])
def test_a_verb_without_its_word_says_which_there_are(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([verb]) == 2
    said = capsys.readouterr().err
    assert f"say what to do: situs {verb} " in said
    assert " | " in said


def test_no_schedule_at_all_is_said_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schedule", "run", "weekly"]) != 0
    assert "nor any other; `situs schedule add NAME` makes one" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--workers", "nonsense"], "give tcp://HOST:PORT"),
        (["--workers", "processes:2"], "reads connected clouds: give --connections FILE"),
    ],
)
def test_workers_that_cannot_help_are_said_before_anything_is_read(
    words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sites = tmp_path / "sites.yaml"
    sites.write_text("sites:\n  - {id: s, name: S, country: DE, operator: Us}\n", "utf-8")
    assert main(["audit", "--import", str(sites), "--store", str(tmp_path / "s.db"), *words]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "s.db").exists()
    assert main(["schedule", "add", "weekly", "--external", "--import", str(sites), *words]) == 2
    assert said in capsys.readouterr().err
