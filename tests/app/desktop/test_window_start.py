"""Starting, starting twice, crashing, and starting again."""

import re
import sys

import pytest

pytestmark = pytest.mark.window
pytest.importorskip("PySide6.QtWidgets", reason="window: Qt cannot be loaded", exc_type=ImportError)

from app.desktop import crash, single, theme  # noqa: E402
from app.desktop.window import Window  # noqa: E402


def failing(secret):
    raise ValueError(f"could not read patients-{secret}")


def caught(secret):
    try:
        try:
            failing(secret)
        except ValueError as error:
            raise RuntimeError(secret) from error
    except RuntimeError as error:
        return error


def test_a_crash_report_holds_lines_of_code_and_no_data(tmp_path, monkeypatch):
    text = crash.report_of(caught("SECRET-1234"), "findings")
    assert "SECRET" not in text
    assert "patients" not in text
    assert "builtins.RuntimeError" in text
    assert "builtins.ValueError" in text
    assert re.search(r"test_window_start\.py:\d+ in failing", text)
    assert str(tmp_path.home()) not in text
    assert "page     findings" in text


def test_reports_are_kept_and_the_oldest_go(tmp_path):
    for _ in range(3):
        assert crash.keep(tmp_path / "Größe", "x") is not None
    (tmp_path / "blocked").write_text("a file")
    assert crash.keep(tmp_path / "blocked", "x") is None
    place = tmp_path / "many" / "crashes"
    place.mkdir(parents=True)
    for n in range(30):
        (place / f"crash-2020010{n:02}T000000-1.txt").write_text("old")
    crash.keep(tmp_path / "many", "new")
    assert len(list(place.iterdir())) == 20


def test_an_error_that_nobody_caught_is_told_and_the_window_goes_on(qtbot, qapp, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    window = Window(theme.apply(qapp, theme.LIGHT))
    qtbot.addWidget(window)
    window.show()
    crash.watch(tmp_path, window.topic, window.tell_crash)
    error = caught("SECRET-1234")
    sys.excepthook(type(error), error, error.__traceback__)
    assert "you can go on" in window.activity.text.text()
    report = next((tmp_path / "crashes").iterdir())
    assert str(report) in window.activity.text.text()
    assert "SECRET" not in report.read_text()


def test_the_page_is_found_again_after_a_crash_and_not_after_closing(qtbot, qapp, tmp_path):
    window = Window(theme.apply(qapp, theme.LIGHT))
    qtbot.addWidget(window)
    window.turned.connect(lambda topic: crash.remember(tmp_path, topic))
    window.go(window.places)
    again = Window(theme.apply(qapp, theme.LIGHT))
    qtbot.addWidget(again)
    again.go_to_topic(crash.left(tmp_path))
    assert again.stack.currentWidget() is again.places
    crash.closed(tmp_path)
    assert crash.left(tmp_path) == ""
    again.go_to_topic("no such page")
    assert again.stack.currentWidget() is again.places


def test_a_second_start_raises_the_first_window(qtbot, tmp_path):
    came = []
    assert not single.raised_another(tmp_path)
    door = single.Door(tmp_path, lambda: came.append(1))
    assert door.open
    assert single.raised_another(tmp_path)
    qtbot.waitUntil(lambda: came == [1], timeout=5000)
    assert not single.raised_another(tmp_path / "other")
    door.close()
    assert not single.raised_another(tmp_path)


def test_an_answer_that_comes_after_the_end_troubles_nobody(qapp):
    import shiboken6

    from app.desktop import jobs

    told: list[object] = []
    post = jobs._Post()
    number = post.keep(lambda: [1], lambda found, wrong: told.append(found), None)
    shiboken6.delete(post)  # as the end of the program does
    jobs._run(post, number)
    assert told == []


def test_an_answer_for_a_part_of_the_window_that_is_gone_is_dropped(qtbot, qapp):
    import shiboken6
    from PySide6.QtWidgets import QWidget

    from app.desktop import jobs

    told: list[object] = []
    asker = QWidget()
    jobs.Reading(lambda: 1, lambda found, wrong: told.append((found, wrong)), asker).start()
    qtbot.waitUntil(lambda: not jobs.reading(), timeout=20_000)
    assert told == [(1, "")]
    jobs.Reading(lambda: 2, lambda found, wrong: told.append((found, wrong)), asker).start()
    shiboken6.delete(asker)
    qtbot.waitUntil(lambda: not jobs.reading(), timeout=20_000)
    assert told == [(1, "")]


def test_what_a_worker_runs_is_let_go_in_the_thread_of_the_window(qtbot, qapp):
    import threading
    import weakref

    from app.desktop import jobs

    class Held:
        def work(self) -> int:
            return 1 // 0

    held, ends, told = Held(), [], []
    weakref.finalize(held, lambda: ends.append(threading.current_thread()))
    jobs.Reading(held.work, lambda found, wrong: told.append(wrong)).start()
    del held
    qtbot.waitUntil(lambda: not jobs.reading(), timeout=20_000)
    assert "ZeroDivisionError" in told[0]
    assert ends == [threading.main_thread()]
