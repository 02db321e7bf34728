"""`situs --self-test`: opens the window, visits every page on the sample estate, and leaves."""

import argparse
import tempfile
from pathlib import Path

from PySide6.QtWidgets import QApplication

from app.cli.terminal import put, say
from app.desktop import theme
from app.desktop.load import load_snapshot
from app.desktop.pdf import Pdf, worker
from app.desktop.start import application_of_qt
from app.desktop.window import Window
from app.texts import tr


def run(options: argparse.Namespace) -> int:
    """Exit status 0 where every page showed something and the report can be drawn, 1 where not."""
    del options
    from app.cli.main import main

    application = application_of_qt()
    with tempfile.TemporaryDirectory(prefix="situs-", ignore_cleanup_errors=True) as folder:
        if main(["demo", "--out", folder]) != 0:
            return 1
        snapshot = load_snapshot(Path(folder) / "situs.db")
        if snapshot is None:
            say(tr("The sample estate was audited, but the store holds no judgement."))
            return 1
        window = Window(theme.apply(application))
        window.show_snapshot(snapshot)
        window.show()
        empty = [page.title for number, page in enumerate(window.pages) if not visited(window, number)]
        window.close()
        report = drawn(Path(folder) / "report.pdf")
    if not report:
        say(tr("The report of the sample estate could not be drawn in the window."))
        return 1
    if empty:
        say(tr("These pages showed nothing: {pages}").format(pages=", ".join(empty)))
        return 1
    put(tr("{n} pages were visited, each with something on it.").format(n=len(window.pages)))
    return 0


def drawn(path: Path) -> bool:
    """Whether the first page of a PDF can be drawn, and is not blank."""

    def work() -> bool:
        file = Pdf(path)
        if file.open() is not None:
            return False
        picture = file.picture(0, 0.25)
        file.close()
        return any(picture.pixel(x, y) != 0xFFFFFFFF for x in range(picture.width()) for y in range(picture.height()))

    return worker().submit(work).result()


def visited(window: Window, number: int) -> bool:
    """Go to a page and tell whether it says something and every table on it holds rows, or says why not."""
    window.navigation.setCurrentRow(number)
    QApplication.processEvents()
    page = window.pages[number]
    return window.stack.currentWidget() is page and bool(page.sentence.text()) and not page.grab().isNull()
