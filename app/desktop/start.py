"""Opening the window: checks the version of Qt, chooses language and look, then hands over to the desk."""

import argparse
import sys
from functools import partial

from PySide6.QtCore import QLibraryInfo, QLocale, QSize, QTranslator, qVersion
from PySide6.QtWidgets import QApplication

from app import texts
from app.cli.terminal import put
from app.desktop import theme
from app.settings import Preferences, SettingsError, data_folder, load_preferences, store_location
from app.texts import tr


def run(options: argparse.Namespace) -> int:
    """Open the window and stay until it is closed; with `--first-window` leave once it was drawn."""
    from app.desktop import collector

    collector.calm()
    application = application_of_qt()
    folder = data_folder()
    try:
        chosen = load_preferences(folder)
    except SettingsError:
        chosen = Preferences()  # the desk says so
    speak(chosen.language)
    from app.desktop import crash, single

    measuring = bool(getattr(options, "first_window", False))
    if not measuring and single.raised_another(folder):
        return 0
    from app.desktop import welcome

    look = theme.apply(application, theme.chosen(chosen.look), chosen.text_size or 100)
    wanted = ""
    if not measuring and welcome.needed(folder, store_location(None)):
        first = welcome.Welcome(folder, speak)
        first.exec()
        wanted = first.wanted
    from app.desktop.window import Window

    window = Window(look)
    room = application.primaryScreen().availableSize() - QSize(0, 40)  # what the frame and its title need
    window.resize(window.size().boundedTo(room))
    if measuring:
        window.show()
        application.processEvents()
        put("window")
        return 0
    crash.watch(folder, window.topic, window.tell_crash)
    door = single.Door(folder, window.come_to_front, window)
    window.go_to_topic(crash.left(folder))
    window.turned.connect(partial(crash.remember, folder))
    crash.remember(folder, window.topic())
    window.show()
    application.processEvents()  # the window is there before what works behind it is loaded
    from app.desktop.desk import Desk

    desk = Desk(window, store_location(None), folder)
    desk.loaded = collector.settle
    collector.tidy(window, lambda: desk.busy)
    if wanted:
        desk.begin(wanted)
    else:
        desk.load(desk.store)
    status = application.exec()
    door.close()
    crash.closed(folder)
    return status


def speak(language: str) -> None:
    """Use this language, or the system's where none is named."""
    language = language or QLocale.system().name()[:2]
    texts.use(language)
    QLocale.setDefault(QLocale(language))
    application = QApplication.instance()
    translator = QTranslator(application)
    if application and translator.load(
        f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    ):
        application.installTranslator(translator)  # Qt's own words: Close, Cancel, names of months


def application_of_qt() -> QApplication:
    """The one application. Leaves with a sentence where Qt and Python do not fit together."""
    version: tuple[int, ...] = tuple(int(part) for part in qVersion().split(".")[:2])
    if version >= (6, 12) and sys.version_info < (3, 12):
        # PySide6 6.12 loses references of None and True on Python 3.11 until the interpreter aborts.
        raise SystemExit(tr("situs: PySide6 6.12 needs Python 3.12 or newer; install PySide6-Essentials below 6.12."))
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("Situs")
    return application
