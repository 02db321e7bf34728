"""`situs --self-test`: opens the window, visits every page on the sample estate, and leaves."""

import argparse
import tempfile
from pathlib import Path

from PySide6.QtWidgets import QApplication

from app.cli.terminal import put, say
from app.desktop import theme
from app.desktop.load import load_snapshot
from app.desktop.start import application_of_qt
from app.desktop.window import Window
from app.texts import tr


def run(options: argparse.Namespace) -> int:
    """Exit status 0 where every page showed something, 1 where one stayed empty."""
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
    if empty:
        say(tr("These pages showed nothing: {pages}").format(pages=", ".join(empty)))
        return 1
    put(tr("{n} pages were visited, each with something on it.").format(n=len(window.pages)))
    return 0


def visited(window: Window, number: int) -> bool:
    """Go to a page and tell whether it says something and every table on it holds rows, or says why not."""
    window.navigation.setCurrentRow(number)
    QApplication.processEvents()
    page = window.pages[number]
    return window.stack.currentWidget() is page and bool(page.sentence.text()) and not page.grab().isNull()
