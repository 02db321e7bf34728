"""Pages for frameworks, notifications, care of the store, law and updates: empty, full, and when something is wrong."""

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
import pytest

pytestmark = pytest.mark.window
pytest.importorskip("PySide6.QtWidgets", reason="window: Qt cannot be loaded", exc_type=ImportError)

from PySide6.QtCore import QDate, Qt  # noqa: E402

from app import frameworks as headless  # noqa: E402
from app import notify, texts, vault  # noqa: E402
from app.desktop import jobs  # noqa: E402
from app.desktop.pages import channeldialog, editionwords, frameworks, notifications, storedialogs, training  # noqa: E402
from app.edition import keys  # noqa: E402
from app.edition.file import pack  # noqa: E402
from app.notify.settings import EVENTS, KINDS  # noqa: E402
from app.settings import load_preferences  # noqa: E402
from app.vault.keys import LEAST_CHARACTERS  # noqa: E402
from resources import ROOT  # noqa: E402

LONG = 120_000
WORDS = "correct horse battery staple"
PAGES = ("frameworks", "notifications", "store", "catalogue")


def to(desk, topic):
    desk.window.go_to_topic(topic)
    return {"catalogue": desk.window.catalogue, "store": desk.window.store}.get(topic) or getattr(desk.window, topic)


@pytest.fixture
def memory_vault(monkeypatch):
    """A vault in memory: this machine may have no keyring."""
    kept: dict[str, str] = {}
    monkeypatch.setattr(vault, "keep", lambda name, secret, **_: kept.update({name: secret}))
    monkeypatch.setattr(vault, "fetch", lambda name: kept[name])
    monkeypatch.setattr(vault, "discard", lambda name: kept.pop(name))
    return kept


@pytest.fixture
def receiver():
    """A receiver on this computer: what it was sent, and what it answers with."""
    seen: list[dict] = []
    state = {"status": 200, "body": b"{}", "seen": seen}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            seen.append({"body": json.loads(body), "headers": dict(self.headers), "thread": threading.get_ident()})
            self.answer(b"")

        def do_GET(self):
            self.answer(state["body"])

        def answer(self, body):
            self.send_response(state["status"])
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    state["url"] = f"http://127.0.0.1:{server.server_port}/hook"
    yield state
    server.shutdown()
    server.server_close()


def test_tables_of_the_pages_are_those_of_the_program():
    assert set(frameworks.NAMES) == set(headless.names())
    assert tuple(notifications.EVENTS) == EVENTS
    assert set(notifications.KINDS) == {"desktop", "email", *KINDS}
    assert storedialogs.LEAST == LEAST_CHARACTERS
    levels = {s for f in map(headless.load, headless.names()) for r in f.requirements for s in (r.id,)}
    assert levels


def test_every_word_of_the_tables_has_its_german():
    tables = (
        frameworks.NAMES,
        {k: v[1] for k, v in frameworks.STATES.items()},
        frameworks._COUNTED,
        frameworks.LEVELS,
        training.SHORT,
        notifications.KINDS,
        notifications.EVENTS,
        channeldialog._SECURITY,
        channeldialog._HINTS,
        editionwords.FACTS,
        editionwords.FINDINGS,
        editionwords.VERDICTS,
    )
    with texts.speaking("de"):
        catalogues = [texts._current]
        while catalogues[-1]._fallback is not None:
            catalogues.append(catalogues[-1]._fallback)
        known = {k[0] if isinstance(k, tuple) else k for c in catalogues for k in getattr(c, "_catalog", ())}
    assert sorted({v for table in tables for v in table.values()} - known) == []


def test_help_has_a_topic_for_each_page():
    there = {path.stem.partition("-")[2] for path in (ROOT / "help").glob("*.md")}
    assert set(PAGES) <= there


def test_a_new_user_is_told_what_to_do_on_each_page(qtbot, empty_desk):
    w = empty_desk.window
    page = to(empty_desk, "frameworks")
    assert "Nothing has been audited yet" in page.sentence.text()
    assert not page.framework.isEnabled()
    page = to(empty_desk, "notifications")
    qtbot.waitUntil(lambda: empty_desk.notifying.settings is not None, timeout=LONG)
    assert "Nobody is told" in page.sentence.text()
    assert page.add.isEnabled()
    assert not page.test.isEnabled()
    page = to(empty_desk, "store")
    qtbot.waitUntil(lambda: "no store yet" in page.sentence.text(), timeout=LONG)
    assert not page.backup.isEnabled()
    assert page.restore.isEnabled()
    assert not page.look.isEnabled()
    page = to(empty_desk, "catalogue")
    qtbot.waitUntil(lambda: page._standing is not None, timeout=LONG)
    assert "Edition" in page.sentence.text()
    assert not page.install.isEnabled()
    assert not page.remove.isEnabled()
    assert not page.ask.isEnabled()
    w.open_help()
    assert "Law and facts" in w.help.text.toPlainText()


# Frameworks


def test_frameworks_and_training_compute_of_the_estate(qtbot, desk):
    page = to(desk, "frameworks")
    qtbot.waitUntil(lambda: page.view is not None, timeout=LONG)
    assert page.view.framework == "gdpr"
    page.framework.setCurrentIndex(page.framework.findData("ecsf"))
    qtbot.waitUntil(lambda: page.view.framework == "ecsf", timeout=LONG)
    assert page.model.rowCount() == 8
    assert "8 requirements" in page.sentence.text()
    page.table.selectRow(1)
    told = page.detail.toPlainText()
    for part in ("SEAL-2", "contradicted", "What is missing", "not a certificate"):
        assert part in told
    rule = page.rule.currentData()
    page.findings.click()
    assert desk.window.stack.currentWidget() is desk.window.findings
    assert desk.window.findings.filter.text() == rule
    desk.window.go(page)
    page.report.click()
    reports = desk.window.reports
    assert desk.window.stack.currentWidget() is reports
    assert (reports.kind.currentData(), reports.framework.currentData()) == ("framework", "ecsf")
    desk.viewing.training()
    part = page.training
    qtbot.waitUntil(lambda: part.model.rowCount() > 0, timeout=LONG)
    assert "utilisation of 25" in part.assumption.text()
    rows = [part.model.at(n) for n in range(part.model.count())]
    blind = next(m for m in rows if training.nothing_known(m))
    assert part._share(blind) == "not known"
    assert any(m.high > 0 for m in rows)
    assert "//" not in part.model.data(part.model.index(0, 0))  # a name, not an address
    # what is known is shown again without asking
    page.tabs.setCurrentIndex(0)
    assert page.view.framework == "ecsf"
    assert not desk.viewing.asking.busy


def test_cancelling_and_failing_are_said_and_can_be_tried_again(qtbot, desk):
    page = to(desk, "frameworks")
    assert desk.viewing.asking.busy
    assert page.stop.isVisible()
    page.stop.click()
    assert not desk.viewing.asking.busy
    assert "Cancelled" in page.sentence.text()
    assert not page.stop.isVisible()
    desk.store.with_suffix(".away").unlink(missing_ok=True)
    desk.store.rename(desk.store.with_suffix(".away"))
    page.framework.setCurrentIndex(1)
    qtbot.waitUntil(lambda: not desk.viewing.asking.busy, timeout=LONG)
    assert "situs.db" in page.sentence.text()
    assert page.model.rowCount() == 0
    desk.store.with_suffix(".away").rename(desk.store)


# Notifications


def fill(dialog, **texts_):
    dialog.kind.setCurrentIndex(dialog.kind.findData(texts_.pop("kind")))
    for key, text in texts_.items():
        dialog.line(key).setText(text)


def test_a_channel_is_added_tested_changed_and_removed(qtbot, empty_desk, memory_vault, receiver):
    page = to(empty_desk, "notifications")
    qtbot.waitUntil(lambda: empty_desk.notifying.settings is not None, timeout=LONG)
    page.add.click()
    dialog = empty_desk.notifying.dialog
    fill(dialog, kind="generic", name="siem", url="not an address", secret="hunter2-hunter2")  # noqa: S106
    assert dialog.line("secret").echoMode() == dialog.line("secret").EchoMode.Password
    dialog.keep.click()
    qtbot.waitUntil(lambda: "https://" in dialog.wrong.text(), timeout=LONG)
    assert memory_vault == {}  # nothing was kept of what could not be used
    fill(dialog, kind="generic", name="siem", url=receiver["url"], secret="hunter2-hunter2")  # noqa: S106
    dialog.keep.click()
    qtbot.waitUntil(lambda: page.model.rowCount() == 1, timeout=LONG)
    file = (empty_desk.folder / "notify.toml").read_text(encoding="utf-8")
    assert "hunter2" not in file
    assert list(memory_vault.values()) == ["hunter2-hunter2"]
    page.test.click()
    assert not page.test.isEnabled()
    qtbot.waitUntil(lambda: not page._sending, timeout=LONG)
    assert "The test was sent" in page.outcome.text()
    (sent,) = receiver["seen"]
    assert sent["body"]["type"] == "situs.test"
    assert sent["headers"]["webhook-signature"].startswith("v1,")
    receiver["status"] = 403
    page.test.click()
    qtbot.waitUntil(lambda: not page._sending, timeout=LONG)
    assert "Not delivered" in page.outcome.text()
    assert "HTTP 403" in page.outcome.text()
    assert "not delivered" in page.model.data(page.model.index(0, 3))
    page.change.click()
    again = empty_desk.notifying.dialog
    assert again.line("secret").text() == ""
    fill(again, kind="generic", name="soc")
    again.keep.click()
    qtbot.waitUntil(lambda: page.chosen() == "soc", timeout=LONG)
    kept = notify.load(empty_desk.folder)
    assert kept.webhook[0].secret == f"vault:{next(iter(memory_vault))}"
    page.remove.click()
    assert "Nobody is told by it any more" in page.box.text()
    page.remove_wanted.emit("soc")
    qtbot.waitUntil(lambda: page.model.rowCount() == 0, timeout=LONG)
    page.box.close()
    assert memory_vault == {}


def test_the_address_of_a_teams_webhook_is_a_secret(qtbot, empty_desk, memory_vault):
    page = to(empty_desk, "notifications")
    qtbot.waitUntil(lambda: empty_desk.notifying.settings is not None, timeout=LONG)
    page.add.click()
    dialog = empty_desk.notifying.dialog
    fill(dialog, kind="teams", name="Vorstand ä", address="http://teams.example.com/x")
    dialog.keep.click()
    qtbot.waitUntil(lambda: "https://" in dialog.wrong.text(), timeout=LONG)
    fill(dialog, kind="teams", name="Vorstand ä", address="https://teams.example.com/secret-path")
    dialog.keep.click()
    qtbot.waitUntil(lambda: page.model.rowCount() == 1, timeout=LONG)
    assert "secret-path" not in (empty_desk.folder / "notify.toml").read_text(encoding="utf-8")
    assert "secret-path" not in page.model.data(page.model.index(0, 2))
    page.add.click()
    second = empty_desk.notifying.dialog
    fill(second, kind="slack", name="Vorstand ä", address="https://slack.example.com/y")
    second.keep.click()
    qtbot.waitUntil(lambda: "already" in second.wrong.text(), timeout=LONG)
    second.reject()


def test_mail_that_cannot_be_sent_is_told_in_plain_words(qtbot, empty_desk, memory_vault):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]  # bound, and nobody listens
        notify.save(
            empty_desk.folder,
            notify.Settings(email=notify.Email("127.0.0.1", "a@example.com", ("b@example.com",), port)),
        )
        page = to(empty_desk, "notifications")
        qtbot.waitUntil(lambda: page.model.rowCount() == 1, timeout=LONG)
        page.test.click()
        qtbot.waitUntil(lambda: not page._sending, timeout=LONG)
    assert "could not be handed to 127.0.0.1" in page.outcome.text()
    assert not empty_desk.busy


def test_what_is_told_is_kept_and_a_broken_file_is_said(qtbot, empty_desk):
    page = to(empty_desk, "notifications")
    qtbot.waitUntil(lambda: empty_desk.notifying.settings is not None, timeout=LONG)
    page.events["missed"].setChecked(False)
    page.titles.setChecked(False)
    page.severity.setCurrentIndex(page.severity.findData("critical"))
    page.keep.click()
    qtbot.waitUntil(lambda: page.outcome.text() == "Kept.", timeout=LONG)
    kept = notify.load(empty_desk.folder)
    assert (kept.severity, kept.titles) == ("critical", False)
    assert "missed" not in kept.events
    (empty_desk.folder / "notify.toml").write_text("severity = [", encoding="utf-8")
    empty_desk.notifying.show()
    qtbot.waitUntil(lambda: "cannot be understood" in page.sentence.text(), timeout=LONG)
    assert not page.keep.isEnabled()


def test_an_answer_that_comes_late_does_not_hide_a_newer_one(qtbot, empty_desk, monkeypatch):
    page = to(empty_desk, "notifications")
    qtbot.waitUntil(lambda: empty_desk.notifying.settings is not None, timeout=LONG)
    begun, held, real = threading.Event(), threading.Event(), notify.load

    def slow(folder):
        found = real(folder)
        begun.set()
        assert held.wait(LONG / 1000)
        return found

    monkeypatch.setattr(notify, "load", slow)
    empty_desk.notifying.show()  # reads that nobody is told, and dawdles
    assert begun.wait(LONG / 1000)
    monkeypatch.setattr(notify, "load", real)
    notify.save(empty_desk.folder, notify.Settings(desktop=notify.Desktop()))
    empty_desk.notifying.show()
    qtbot.waitUntil(lambda: page.model.rowCount() == 1, timeout=LONG)
    held.set()
    qtbot.waitUntil(lambda: not jobs.reading(), timeout=LONG)
    assert page.model.rowCount() == 1


# The store


def test_backup_and_restore_from_the_window(qtbot, desk, tmp_path):
    page = to(desk, "store")
    qtbot.waitUntil(lambda: page._found is not None, timeout=LONG)
    assert "2 scans" in page.sentence.text()
    page.backup.click()
    dialog = desk.caring.dialog
    file = tmp_path / "Büro backup.situs-backup"
    dialog.file.line.setText(str(file))
    dialog.first.setText("short")
    dialog.second.setText("short")
    assert not dialog.write.isEnabled()
    dialog.first.setText(WORDS)
    dialog.second.setText(WORDS)
    dialog.write.click()
    qtbot.waitUntil(lambda: file.exists() and not desk.busy, timeout=LONG)
    assert "Backup written" in desk.window.activity.text.text()
    assert not list(tmp_path.glob("situs-backup-*"))
    page.restore.click()
    dialog = desk.caring.dialog
    dialog.file.line.setText(str(file))
    dialog.passphrase.setText("wrong wrong wrong")
    dialog.look.click()
    qtbot.waitUntil(lambda: "passphrase is wrong" in dialog.told.text(), timeout=LONG)
    assert not dialog.restore.isEnabled()
    dialog.passphrase.setText(WORDS)
    dialog.look.click()
    qtbot.waitUntil(dialog.restore.isEnabled, timeout=LONG)
    assert "2 scans" in dialog.told.text()
    assert "settings" in dialog.told.text()
    dialog.restore.click()
    qtbot.waitUntil(lambda: "Restored: 2 scans" in desk.window.activity.text.text(), timeout=LONG)
    assert len(list(desk.folder.glob("situs.before-*.db"))) == 1


def test_a_backup_that_is_cancelled_leaves_nothing(qtbot, desk, tmp_path):
    to(desk, "store")
    file = tmp_path / "out" / "x.situs-backup"
    file.parent.mkdir()
    desk.caring.backup(str(file), WORDS)
    (file.parent / "situs-backup-left").mkdir()  # as the child process makes it, before it is stopped
    (file.parent / "situs-backup-left" / "situs.db").write_bytes(b"personal")
    desk.cancel()
    qtbot.waitUntil(lambda: not desk.busy, timeout=LONG)
    assert list(file.parent.iterdir()) == []


def test_a_store_that_was_set_aside_comes_back(tmp_path):
    from app.desktop.caring import _put_back

    store = tmp_path / "situs.db"
    (tmp_path / "situs.before-20260101T000000Z.db").write_bytes(b"older")
    before = set(tmp_path.glob("situs.before-*"))
    (tmp_path / "situs.db.restoring").write_bytes(b"half")
    (tmp_path / "situs.before-20261129T000000Z.db").write_bytes(b"mine")
    _put_back(store, before)
    assert store.read_bytes() == b"mine"
    assert {p.name for p in tmp_path.iterdir()} == {"situs.db", "situs.before-20260101T000000Z.db"}


def test_scans_are_counted_before_they_are_deleted(qtbot, desk):
    page = to(desk, "store")
    qtbot.waitUntil(lambda: page._found is not None, timeout=LONG)
    page.days.setValue(7)
    page.keep.click()
    qtbot.waitUntil(lambda: "older than that" in page.overdue.text(), timeout=LONG)
    assert load_preferences(desk.folder).keep_days == 7
    page.tabs.setCurrentIndex(1)
    page.day.setDate(QDate(2026, 1, 1))
    page.look.click()
    qtbot.waitUntil(lambda: "nothing was deleted" in page.answer.toPlainText(), timeout=LONG)
    page.day.setDate(QDate(2026, 11, 1))
    page.why.setText("two years are over")
    page.who.setText("Ann, DPO")
    assert not page.delete.isEnabled()  # nobody has looked yet
    page.look.click()
    qtbot.waitUntil(lambda: "1 scan" in page.answer.toPlainText(), timeout=LONG)
    assert page.delete.isEnabled()
    page.day.setDate(QDate(2026, 11, 2))
    assert not page.delete.isEnabled()  # what was looked at is not what is chosen now
    page.look.click()
    qtbot.waitUntil(page.delete.isEnabled, timeout=LONG)
    page.delete.click()
    assert "1 scan" in page.box.text()
    page.box.close()
    page._delete()
    qtbot.waitUntil(lambda: "Deleted for good" in page.answer.toPlainText() and not desk.busy, timeout=LONG)
    qtbot.waitUntil(lambda: page._found is not None and page._found.forgotten == 1, timeout=LONG)
    assert any("two years are over" in str(line) for line in desk.window.snapshot.record.lines)


# Law and updates


@pytest.fixture
def edition(tmp_path):
    """A newer signed edition in which one decision ends early, and the public key of whoever signed it."""
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    private, public, _ = keys.make(WORDS)
    (tmp_path / "counsel.pub.pem").write_bytes(public)
    facts = tmp_path / "facts"
    facts.mkdir()
    for path in (ROOT / "catalogue").iterdir():
        body = path.read_bytes()
        if path.name == "adequacy.csv":
            body = body.replace(b"2031-12-27", b"2026-06-30")
        (facts / path.name).write_bytes(body)
    (facts / "meta.toml").write_text('version = "test"\nas_of = 2027-01-15\n', encoding="utf-8")
    file = tmp_path / "new.situs-catalogue"
    file.write_bytes(pack(facts, load_pem_private_key(private, WORDS.encode())))
    return file, tmp_path / "counsel.pub.pem"


def test_an_edition_is_looked_at_made_to_count_and_taken_back(qtbot, desk, edition):
    file, key = edition
    page = to(desk, "catalogue")
    qtbot.waitUntil(lambda: page._standing is not None, timeout=LONG)
    own = page._standing.version
    desk.renewing.look(str(file))
    qtbot.waitUntil(lambda: desk.box is not None, timeout=LONG)
    assert "not trusted here" in desk.box.text()
    desk.box.close()
    assert not page.install.isEnabled()
    desk.renewing.ask_trust(str(key))
    qtbot.waitUntil(lambda: desk.renewing.dialog is not None, timeout=LONG)
    dialog = desk.renewing.dialog
    shown = dialog.fingerprint.text().replace(" ", "").replace("\n", "")
    dialog.name.setText("Legal counsel")
    dialog.trust.click()
    qtbot.waitUntil(lambda: page.keys.rowCount() == 1, timeout=LONG)
    assert shown == page.keys.at(0).fingerprint
    desk.renewing.look(str(file))
    qtbot.waitUntil(page.install.isEnabled, timeout=LONG)
    assert page.facts.at(0).file == "adequacy.csv"
    assert "2031-12-27 → 2026-06-30" in page.facts.at(0).step
    assert {f.rule for f in page.findings.rows} >= {"SIT-XFER-002"}
    assert "Nothing was stored" in page.told.text()
    page.install.click()
    assert "count from now on" in page.box.text()
    assert "older" not in page.box.text()
    page.box.close()
    page.install_wanted.emit(False)
    qtbot.waitUntil(lambda: page._standing is not None and page._standing.version == "test", timeout=LONG)
    assert "Signed by Legal counsel" in page.facts_told.text()
    assert page.judge.isVisible()
    page.remove_wanted.emit()
    qtbot.waitUntil(lambda: page._standing.version == own, timeout=LONG)
    page.distrust_wanted.emit(shown)
    qtbot.waitUntil(lambda: page.keys.rowCount() == 0, timeout=LONG)


def test_an_edition_that_was_altered_on_the_disk_is_said(qtbot, empty_desk):
    empty_desk.folder.mkdir(parents=True, exist_ok=True)
    (empty_desk.folder / "installed.situs-catalogue").write_bytes(b"no edition")
    page = to(empty_desk, "catalogue")
    qtbot.waitUntil(lambda: "does not count any more" in page.sentence.text(), timeout=LONG)
    assert page.remove.isEnabled()


def test_whether_a_newer_version_is_published_is_asked_and_told(qtbot, empty_desk, receiver):
    page = to(empty_desk, "catalogue")
    empty_desk.renewing.open_program()
    page.address.setText("http://updates.example.com")
    page.keep.click()
    assert "https://" in page.answer.text()
    assert load_preferences(empty_desk.folder).updates == ""
    receiver["body"] = b'{"version": "99.1.0", "page": "https://intranet.example/situs"}'
    page.address.setText(receiver["url"])
    page.keep.click()
    assert load_preferences(empty_desk.folder).updates == receiver["url"]
    page.ask.click()
    qtbot.waitUntil(page.ask.isEnabled, timeout=LONG)
    assert "Situs 99.1.0 is published" in page.answer.text()
    assert page.open.isVisible()
    receiver["status"] = 500
    page.ask.click()
    qtbot.waitUntil(page.ask.isEnabled, timeout=LONG)
    assert "HTTP 500" in page.answer.text()
    assert not page.open.isVisible()
    page.address.clear()
    page.keep.click()
    assert "nobody is asked" in page.answer.text()


def test_an_older_edition_is_said_to_be_older(qtbot, empty_desk):
    from datetime import date

    from app.edition.installed import Standing

    page = to(empty_desk, "catalogue")
    page.show_edition(Standing("2026.11", date(2026, 11, 22), "ab"), [], date(2026, 11, 29), "")
    assert "7 days ago" in page.sentence.text()
    page.show_preview({"version": "2025.1", "as_of": "2025-01-01", "facts": [], "findings": None}, "old")
    page.install.click()
    assert "older than the one that counts" in page.box.text()
    page.box.close()
    told = msgspec.structs.replace(page._standing, set_aside="2025.1")
    page.show_edition(told, [], date(2026, 11, 22), "")
    assert "does not count" in page.facts_told.text()


# Keyboard


@pytest.mark.parametrize("topic", PAGES)
def test_f6_goes_round_the_parts_of_a_page(qtbot, qapp, empty_desk, topic):
    w = empty_desk.window
    page = to(empty_desk, topic)
    there = [r for r in w._regions() if r.isVisible()]
    assert len(there) > 2
    w.navigation.setFocus()
    seen = []
    for _ in range(len(there) + 1):
        qtbot.keyClick(w, Qt.Key.Key_F6)
        seen.append(qapp.focusWidget())
        if seen[-1] is w.navigation:
            break
    assert w.navigation in seen  # it comes round again
    inside = [widget for widget in seen if page.isAncestorOf(widget)]
    assert len(set(map(id, inside))) == len(inside) >= 1
    qtbot.waitUntil(lambda: not jobs.reading(), timeout=LONG)
