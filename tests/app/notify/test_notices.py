"""What is told, to whom, how often; and settings that cannot be used."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from app.job import Outcome, Title
from app.notify import Desktop, Email, Ending, NotifyError, Settings, Webhook, load, notice_of, save
from app.notify.endings import fresh
from app.schedule.history import DONE, FAILED, MISSED, SKIPPED, Run

DAY = datetime(2026, 11, 23, 5, tzinfo=UTC)


def outcome(**more: object) -> Outcome:
    return Outcome(3, 3, date(2026, 11, 23), more.pop("complete", True), 4, {}, {}, **{"compared_with": 2, **more})


def run(state: str, reason: str = "because") -> Run:
    return Run(1, "weekly", "s", "clock", DAY, DAY, DAY, state, reason, 0, None)


def test_nothing_new_is_nothing_to_tell() -> None:
    assert notice_of(Settings(), "weekly", run(DONE, ""), outcome()) is None
    low = outcome(new={"low": 5}, titles=(Title("SIT-X-001", "Title", "low", 5),))
    assert notice_of(Settings(), "weekly", run(DONE, ""), low) is None


def test_new_violations_are_counted_and_named_by_rule() -> None:
    found = outcome(
        new={"critical": 2, "low": 1},
        titles=(
            Title("SIT-A-001", "Keys outside\u202e of the EEA\n", "critical", 2),
            Title("SIT-B-002", "x", "low", 1),
        ),
    )
    notice = notice_of(Settings(), "weekly", run(DONE, ""), found)
    assert notice.subject == "Situs, weekly: 2 new or worse violations"
    assert notice.lines == ("2 critical", "SIT-A-001 (critical, 2): Keys outside  of the EEA ")
    assert notice.counts == {"new_or_worse": 2}
    counted = notice_of(Settings(titles=False), "weekly", run(DONE, ""), found)
    assert counted.lines == ("2 critical",)


def test_the_first_audit_counts_all_of_its_violations() -> None:
    found = Outcome(1, 1, date(2026, 11, 23), True, 0, {"fail": 9}, {"critical": 1, "high": 2, "low": 6})
    assert notice_of(Settings(), "weekly", None, found).subject.endswith("3 violations in the first audit")


def test_failures_gaps_missed_runs_and_endings_are_one_message() -> None:
    notice = notice_of(
        Settings(),
        "weekly",
        run(DONE, ""),
        outcome(complete=False),
        [run(MISSED, "The computer was switched off.")],
        [Ending("vault:aws", "Secret in the vault: aws", date(2026, 12, 1), 8)],
    )
    assert notice.events == ("incomplete", "missed", "expiring")
    assert notice.lines == (
        "4 areas could not be read.",
        "2026-11-23 05:00 UTC: The computer was switched off.",
        "2026-12-01: Secret in the vault: aws",
    )
    assert notice_of(Settings(), "weekly", run(FAILED), None).subject == "Situs, weekly: the audit failed"
    assert notice_of(Settings(), "weekly", run(SKIPPED), None).subject == "Situs, weekly: the audit did not run"
    assert notice_of(Settings(events=("findings",)), "weekly", run(FAILED), None) is None


def test_what_ends_is_told_once_at_each_mark(tmp_path: Path) -> None:
    end = date(2026, 12, 31)

    def told(today: date, day: date = end) -> int:
        return len(fresh(tmp_path, [Ending("acceptance:1", "x", day, (day - today).days)]))

    days = [told(end - timedelta(days=left)) for left in range(30, -4, -1)]
    at = {30 - n for n, count in enumerate(days) if count}
    assert at == {30, 14, 7, 1, 0, -1}
    assert told(date(2026, 12, 30), date(2027, 1, 20)) == 1  # the same thing, prolonged, ends anew
    (tmp_path / "notified.json").write_text("[1]", "utf-8")
    assert told(date(2026, 12, 30)) == 1


def test_settings_come_back_as_they_were_kept(tmp_path: Path) -> None:
    wanted = Settings(
        "medium",
        False,
        ("findings", "failed"),
        Desktop(),
        Email("smtp.example.com", "ä@example.com".replace("ä", "a"), ("b@example.com",), 465, "tls", "u", "vault:smtp"),
        (
            Webhook('Zoë\'s "team"', "vault:teams", "teams"),
            Webhook("other", "https://example.com/x", "generic", "env:S"),
        ),
    )
    save(tmp_path, wanted)
    assert load(tmp_path) == wanted
    assert load(tmp_path / "nowhere") == Settings()
    assert not load(tmp_path / "nowhere").anyone


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("severity = 'bad'", "severity is one of"),
        ("events = ['rain']", "events are of"),
        ("[email]\nserver='s'\nsender='a@b'\nto=['c@d']\nsecurity='none'", "never sent in the clear"),
        ("[email]\nserver='s'\nsender='a@b'\nto=['c@d']\nuser='u'\npassword='geheim'", "never written here"),
        ("[email]\nserver='s'\nsender='a@b'\nto=['c@d']\nuser='u'", "go together"),
        ("[email]\nserver='s'\nsender='a@b'\nto=[]", "at least one address"),
        ("[email]\nserver='s'\nsender='a@b'\nto=['x, y@z']", "no e-mail address"),
        ("[[webhook]]\nname='t'\nkind='teams'\nurl='https://example.com/x'", "keep it in the vault"),
        ("[[webhook]]\nname='t'\nurl='http://example.com/x'", "begins with https"),
        ("[[webhook]]\nname='t'\nurl='https://x/'\nsecret='geheim'", "never written here"),
        ("[[webhook]]\nname='t'\nurl='https://x/'\n[[webhook]]\nname='t'\nurl='https://y/'", "name of its own"),
        ("[[webhook]]\nname='t'\nkind='irc'\nurl='vault:x'", "kind of a webhook"),
        ("nonsense", "cannot be understood"),
        ("recipients = 1", "cannot be understood"),
    ],
)
def test_settings_that_cannot_be_used_are_told(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "notify.toml").write_text(text, "utf-8")
    with pytest.raises(NotifyError, match=words) as caught:
        load(tmp_path)
    assert "geheim" not in str(caught.value)
    assert "notify.toml" in str(caught.value)


def test_a_desktop_without_a_way_to_show_messages_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from app.notify import desktop, test_notice

    monkeypatch.setattr("app.notify.desktop.sys.platform", "linux")
    monkeypatch.setattr("app.notify.desktop.shutil.which", lambda _: None)
    with pytest.raises(NotifyError, match="libnotify-bin"):
        desktop.send(test_notice())


@pytest.mark.parametrize("platform", ["win32", "darwin", "linux"])
def test_text_from_outside_is_in_no_script(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.notify import Notice, desktop

    monkeypatch.setattr("app.notify.desktop.sys.platform", platform)
    monkeypatch.setattr("app.notify.desktop.shutil.which", lambda _: "/usr/bin/notify-send")
    wicked = Notice("--icon=/etc/passwd $(id) '\"", ("<b>bold</b> `id`",), ("test",))
    words = desktop._command(wicked)
    if platform == "linux":
        assert words[words.index("--") :] == ["--", wicked.subject, "&lt;b&gt;bold&lt;/b&gt; `id`"]
    else:
        assert not [w for w in words if "$(id)" in w or "`id`" in w]


@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="notify-send is for Linux")
def test_a_message_on_a_linux_desktop_goes_by_notify_send(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.notify import Notice, desktop

    program = tmp_path / "notify-send"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{tmp_path}/told"\nexit "${{STATUS:-0}}"\n', "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr("app.notify.desktop.sys.platform", "linux")
    desktop.send(Notice("Situs, weekly: 2 new", ("2 critical", "<b>x</b>"), ("findings",)))
    assert (tmp_path / "told").read_text("utf-8").splitlines() == [
        *("--app-name=Situs", "--", "Situs, weekly: 2 new", "2 critical", "&lt;b&gt;x&lt;/b&gt;"),
    ]
    monkeypatch.setenv("STATUS", "3")
    with pytest.raises(NotifyError, match="notify-send ended with 3"):
        desktop.send(Notice("x", (), ("test",)))


def test_scans_that_are_kept_too_long_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from app import audit
    from app.notify.endings import endings
    from app.settings import Preferences, load_preferences, save_preferences
    from app.store import Store

    monkeypatch.setattr("app.settings.data_folder", lambda: tmp_path)
    monkeypatch.setattr("app.vault.expiring", lambda *_: [])
    save_preferences(tmp_path, Preferences(name="Zoë", keep_days=30))
    assert load_preferences(tmp_path) == Preferences(name="Zoë", keep_days=30)
    by = audit.yardstick(None, None)
    with Store.open(tmp_path / "s.db") as store:
        for day in (1, 2, 40):
            writer = store.begin_scan(["a"], started=DAY + timedelta(days=day), program="test")
            writer.finish("complete", DAY)
        today = (DAY + timedelta(days=45)).date()
        (one,) = endings(store, by, today)
        assert (one.key, one.text[:27]) == ("retention:1", "2 scans are older than scan")
        assert one.left < 0
        save_preferences(tmp_path, Preferences())
        assert endings(store, by, today) == []


def test_people_are_told_in_the_language_that_they_chose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.notify import tell
    from app.settings import Preferences, save_preferences
    from app.texts import language

    sent: list[object] = []
    monkeypatch.setattr("app.notify.after.send", lambda settings, notice: sent.append(notice) or [])
    monkeypatch.setattr("app.vault.expiring", lambda *_: [])
    save_preferences(tmp_path, Preferences(language="de"))
    save(tmp_path, Settings(desktop=Desktop()))
    tell(tmp_path, "weekly", tmp_path / "none.db", run=run(FAILED, "warum"))
    assert sent[0].subject == "Situs, weekly: die Prüfung ist fehlgeschlagen"
    assert language() == "en"
