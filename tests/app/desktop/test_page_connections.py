"""The Connections page and its wizard: the request, the test in a child process, the vault, files that are dropped."""

import pytest

pytestmark = pytest.mark.window
pytest.importorskip("PySide6.QtWidgets", reason="window: Qt cannot be loaded", exc_type=ImportError)

from PySide6.QtCore import Qt  # noqa: E402

from app import connectionfile  # noqa: E402
from scanners.live import PROVIDERS  # noqa: E402
from scanners.live.providers import SECRETS, provider  # noqa: E402

LONG = 90_000


def fields(wizard, **texts):
    for key, text in texts.items():
        wizard._fields[key].setText(text)


def choose(wizard, name, way):
    wizard.provider.setCurrentIndex(wizard.provider.findData(name))
    wizard.way.setCurrentIndex(wizard.way.findData(way))


def test_the_wizard_offers_every_way_of_every_provider(qtbot, empty_desk):
    empty_desk.connecting.add()
    wizard = empty_desk.connecting.wizard
    for name in PROVIDERS:
        for way, keys in provider(name).WAYS.items():
            choose(wizard, name, way)
            assert keys.needed | keys.optional | set(keys.either) <= set(wizard._fields)
            fields(wizard, name="")
            assert not wizard.next.isEnabled()
            fields(wizard, name="n", **dict.fromkeys(keys.needed | set(keys.either[:1]), "x"))
            assert wizard.next.isEnabled()
            assert all(f.accessibleName() for f in wizard._fields.values())
    wizard.reject()


def test_a_connection_is_made_tested_and_kept(qtbot, empty_desk):
    window = empty_desk.window
    window.go(window.connections)
    qtbot.mouseClick(window.connections.add, Qt.MouseButton.LeftButton)
    wizard = empty_desk.connecting.wizard
    choose(wizard, "aws", "default")
    fields(wizard, name="clinic", regions="eu-central-1, eu-west-1", endpoint="http://127.0.0.1:9")
    qtbot.mouseClick(wizard.next, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "s3" in wizard.text.toPlainText().lower(), timeout=LONG)
    qtbot.mouseClick(wizard.next, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(wizard.test, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(wizard.test.isEnabled, timeout=LONG)
    said = wizard.sheet.toPlainText()
    assert said
    assert "Traceback" not in said
    qtbot.mouseClick(wizard.keep, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.connections.model.rowCount() == 1, timeout=LONG)
    row = window.connections.current()
    assert row.connection.regions == ("eu-central-1", "eu-west-1")
    assert row.state == "fails"
    assert "no login" in window.connections.model.data(window.connections.model.index(0, 0))
    assert not list(empty_desk.folder.glob("test-*.toml"))


def test_a_secret_goes_to_the_vault_and_never_to_the_file(qtbot, empty_desk, monkeypatch):
    from app import vault

    kept = {}
    monkeypatch.setattr(vault, "keep", lambda name, secret: kept.update({name: secret}))
    empty_desk.connecting.add()
    wizard = empty_desk.connecting.wizard
    choose(wizard, "aws", "keys")
    fields(wizard, name="Ärzte 1", access_key_id="AKIA", secret="hunter2-hunter2")  # noqa: S106
    assert wizard._fields["secret"].echoMode() == wizard._fields["secret"].EchoMode.Password
    wizard._keep()
    qtbot.waitUntil(lambda: empty_desk.window.connections.model.rowCount() == 1, timeout=LONG)
    text = empty_desk.connecting.file.read_text(encoding="utf-8")
    assert "hunter2" not in text
    assert list(kept.values()) == ["hunter2-hunter2"]
    assert f"vault:{next(iter(kept))}" in text
    empty_desk.connecting.edit("Ärzte 1")
    again = empty_desk.connecting.wizard
    assert again._fields["secret"].text() == ""
    assert again.next.isEnabled()
    assert again.entry()["secret"] == f"vault:{next(iter(kept))}"
    assert {k for k in again._fields if k in SECRETS} >= {"secret"}
    again.reject()


def test_a_connections_file_that_is_dropped_is_taken_over(qtbot, empty_desk, tmp_path):
    other = tmp_path / "theirs.toml"
    other.write_text('[[connection]]\nname = "theirs"\nprovider = "aws"\n', encoding="utf-8")
    empty_desk.read_files([other])
    window = empty_desk.window
    assert window.stack.currentWidget() is window.connections
    assert [c.name for c in connectionfile.read(empty_desk.connecting.file)] == ["theirs"]
    window.connections.remove_wanted.emit("theirs")
    assert window.connections.model.rowCount() == 0
    broken = tmp_path / "broken.toml"
    broken.write_text("[[connection]]\nname = 3\n", encoding="utf-8")
    empty_desk.read_files([broken])
    assert "line 2" in empty_desk.box.text()
    empty_desk.box.close()
