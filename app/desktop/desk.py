"""Ties the window to its store and to the work it starts; nothing here blocks the thread of the window."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import msgspec
import shiboken6
from PySide6.QtWidgets import QFileDialog

from app import sample
from app.connectionfile import is_connections
from app.desktop.boxes import Boxes
from app.desktop.caring import Caring
from app.desktop.connecting import Connecting
from app.desktop.deciding import Deciding
from app.desktop.jobs import ChildJob, Reading, reasons
from app.desktop.keeping import Keeping
from app.desktop.load import load_glance, load_snapshot
from app.desktop.notifying import Notifying
from app.desktop.pages.scans import compare
from app.desktop.palette import Entry
from app.desktop.policywork import PolicyWork, understood
from app.desktop.renewing import Renewing
from app.desktop.reporting import Reporting
from app.desktop.scheduling import Scheduling
from app.desktop.snapshot import Glance, ScanRow, Snapshot
from app.desktop.standing import Asked
from app.desktop.supposing import Supposing
from app.desktop.viewing import Viewing
from app.desktop.window import Window
from app.settings import Preferences, SettingsError, load_preferences, save_preferences
from app.texts import tr

Then = Callable[[], None]


class Desk(Boxes):
    """The window with its store, the preferences, and the work it has started. `folder`: the user's data folder."""

    def __init__(self, window: Window, store: str | Path, folder: Path) -> None:
        super().__init__(window)
        self.own_store = self.store = store
        self.folder = folder
        self.sample_folder = folder / "sample"
        self.loaded: Then = nothing
        self._job: ChildJob | Asked | None = None
        self._leaving = False
        self.heard = ""  # what the last child process said
        self._reading = 0
        try:
            self.preferences, wrong = load_preferences(folder), ""
        except SettingsError as error:
            self.preferences, wrong = Preferences(), str(error)
        self._connect()
        self.deciding = Deciding(self)
        self.connecting = Connecting(self)
        self.policy = PolicyWork(self)
        self.reporting = Reporting(self)
        self.scheduling = Scheduling(self)
        self.supposing = Supposing(self)
        self.viewing = Viewing(self)
        self.caring = Caring(self)
        self.notifying = Notifying(self)
        self.renewing = Renewing(self)
        self.keeping = Keeping(self)
        self.show_preferences()
        if wrong:
            self.trouble(wrong)

    def _connect(self) -> None:
        w = self.window
        w.may_close = self.may_close
        w.closing.connect(self.stop)
        w.dropped.connect(self.read_files)
        w.activity.cancelled.connect(self.cancel)
        w.overview.sample_wanted.connect(self.open_sample)
        w.overview.own_wanted.connect(self.open_own)
        w.overview.files_wanted.connect(self.choose_files)
        w.overview.again_wanted.connect(lambda: self.load(self.store))
        w.overview.newer_wanted.connect(lambda: self.renewing.open_program())
        w.overview.folder_wanted.connect(self.choose_folder)
        w.when("scans", lambda: w.scans.compare_wanted.connect(self.compare))
        w.when("policy", lambda: w.policy.file_chosen.connect(self.use_policy))
        w.when("policy", lambda: w.policy.judge_wanted.connect(self.judge))
        w.when("settings", lambda: w.settings.saved.connect(self.keep))

        def idle() -> bool:
            return not self.busy

        def judged() -> bool:
            return not self.busy and w.snapshot is not None

        w.entries = [
            Entry(tr("Read exported files…"), self.choose_files, idle),
            Entry(tr("Read a folder…"), self.choose_folder, idle),
            Entry(tr("Explore the sample estate"), self.open_sample, idle),
            Entry(tr("Back to your own store"), self.open_own, lambda: idle() and self.store != self.own_store),
            Entry(tr("Judge again"), self.judge, judged),
            Entry(tr("Show an example of a policy"), lambda: w.policy.show_example()),
            Entry(tr("Cancel what is running"), self.cancel, lambda: self._job is not None),
        ]

    # What is shown

    @property
    def busy(self) -> bool:
        """Whether a child process or a worker is at it."""
        return self._job is not None or self._reading > 0

    def load(self, where: str | Path, told: str = "") -> None:
        """Read the latest judgement of a store and show it; `told` stays in the activity bar."""
        self.store = where
        if self.window.snapshot is None:
            self.work(tr("Reading the store"), partial(load_glance, where), partial(self._glanced, told), self._unread)
        else:
            self._read(told)

    def _glanced(self, told: str, found: object) -> None:
        if isinstance(found, Glance):
            self.window.glimpse(found)
        self._read(told)

    def _read(self, told: str) -> None:
        work = partial(load_snapshot, self.store, self.folder)
        self.work(tr("Reading the store"), work, partial(self._loaded, told), self._unread)

    def _unread(self, why: str) -> None:
        self.window.show_soon(None, hindered=why)
        self.window.go(self.window.overview)

    def _loaded(self, told: str, found: object) -> None:
        if isinstance(found, Snapshot) or found is None:
            self._reading += 1
            self.window.show_soon(found, partial(self._all_shown, told))

    def _all_shown(self, told: str) -> None:
        self._reading -= 1
        self.show_preferences()
        self.window.rest(told)
        self.loaded()

    def open_own(self) -> None:
        """Back from the sample estate."""
        self.load(self.own_store)

    # Reading and judging

    def open_sample(self) -> None:
        """Audit the sample estate in a store of its own, then show it."""
        self.start([["demo", "--out", str(self.sample_folder)]], partial(self.load, self.sample_folder / "situs.db"))

    def begin(self, what: str) -> None:
        """What a person chose on the first run: `sample`, `files` or `cloud`."""
        {"sample": self.open_sample, "files": self.choose_files, "cloud": self.connecting.add}[what]()

    def choose_files(self) -> None:
        """Ask for exported files and audit them."""
        names, _ = QFileDialog.getOpenFileNames(self.window, tr("Exported files to read"))
        if names:
            self.read_files([Path(name) for name in names])

    def choose_folder(self) -> None:
        """Ask for a folder of exported files and audit them."""
        name = QFileDialog.getExistingDirectory(self.window, tr("Folder of exported files"))
        if name:
            self.read_files([Path(name)])

    def read_files(self, files: Sequence[Path]) -> None:
        """Audit these files and folders into the user's own store, then show the result.

        A connections file is taken over, a policy file becomes the policy.
        """
        if len(files) == 1 and files[0].suffix.lower() == ".toml":
            if is_connections(files[0]):
                self.connecting.take_over(files[0])
            else:
                self.use_policy(str(files[0]))
            return
        if not self.policy_is_there():
            return
        words = ["audit", "--import", *map(str, files), "--store", str(self.own_store), *self.yardstick(own=True)]
        self.start([words], partial(self.load, self.own_store))

    def judge(self, told: str = "") -> None:
        """Judge the latest scan of the store that is shown again, then show the result."""
        if self.store == self.own_store and not self.policy_is_there():
            return
        words = ["judge", "--store", str(self.store), *self.yardstick(own=self.store == self.own_store)]
        self.start([words], partial(self.load, self.store, told or tr("Judged again.")))

    def policy_is_there(self) -> bool:
        """Whether the policy that was chosen can still be found; says so where it cannot."""
        path = self.preferences.policy
        if not path or Path(path).is_file():
            return True
        text = tr("The policy file {file} is not there any more. Choose it again, or another one, on the Policy page.")
        self.trouble(text.format(file=path) + " " + tr("Nothing was judged."))
        return False

    def yardstick(self, *, own: bool) -> list[str]:
        """Words of the command line that say what to judge by."""
        if not own:
            return ["--policy", str(sample.POLICY), "--as-of", sample.AS_OF.isoformat()]
        words: list[str] = []
        if self.preferences.policy:
            words += ["--policy", self.preferences.policy]
        if self.preferences.as_of:
            words += ["--as-of", self.preferences.as_of]
        if self.preferences.packs:
            words += ["--pack", self.preferences.packs]
        return words

    # Scans, policy, settings

    def compare(self, first: ScanRow, second: ScanRow) -> None:
        """What changed between two scans."""
        if self.occupied():
            return
        self.work(tr("Comparing"), partial(compare, self.store, first, second), self._compared)

    def _compared(self, found: object) -> None:
        if isinstance(found, tuple):
            changes, sentence = found  # pyright: ignore[reportUnknownVariableType]
            self.window.scans.show_changes(changes, sentence)  # pyright: ignore[reportUnknownArgumentType]
        self.window.rest()

    def use_policy(self, path: str) -> None:
        """Judge by this policy file from now on; one that cannot be understood is said so, and the one before stays."""
        if not self.occupied():
            self.work(tr("Reading the policy"), partial(understood, Path(path)), partial(self._use_policy, path))

    def _use_policy(self, path: str, found: object) -> None:
        del found
        self.window.rest()
        self.keep(msgspec.structs.replace(self.preferences, policy=path))
        if self.window.snapshot is not None and self.store == self.own_store:
            self.judge()

    def keep(self, chosen: Preferences) -> None:
        """Remember preferences."""
        self.preferences = chosen
        try:
            save_preferences(self.folder, chosen)
        except SettingsError as error:
            self.trouble(str(error))
        self.show_preferences()

    def show_preferences(self) -> None:
        """Tell the pages that are there; the others are told when they are made."""
        self.keeping.show()
        self.policy.show()

    def person(self) -> str:
        """Who decides here, as the settings have it, or else as it was typed beside a finding."""
        w = self.window
        return self.preferences.name or (w.findings.panel.form.owner.text().strip() if w.has("findings") else "")

    # Work

    def work(
        self,
        text: str,
        work: Callable[[], object],
        then: Callable[[object], None],
        failed: Callable[[str], None] | None = None,
    ) -> None:
        """Run in a worker thread, then go on in the window's; `failed` is told what went wrong."""
        self._reading += 1
        self.window.busy(text)
        Reading(work, partial(self._answered, then, failed or self.trouble)).start()

    def _answered(
        self, then: Callable[[object], None], failed: Callable[[str], None], found: object, wrong: str
    ) -> None:
        self._reading -= 1
        if not shiboken6.isValid(self.window):
            return
        if wrong:
            self.window.rest()
            failed(wrong)
        else:
            then(found)

    def start(
        self,
        runs: list[list[str]],
        then: Then,
        *,
        capture: Callable[[bytes], bool] | None = None,
        environment: Mapping[str, str] | None = None,
        after: Then | None = None,
        asked: Callable[[], Asked] | None = None,
    ) -> None:
        """Run the `situs` command in a child process, then go on; `asked`: ask one that stands instead.

        `capture` takes what it wrote on its standard output, and says whether that is an answer in spite of its status.
        `after` is called however it ended, before anything else.
        """
        if self.occupied():
            return
        self.window.busy(tr("Starting"), can_stop=True)
        if asked is None:
            self.supposing.rest()  # what it holds may be out of date afterwards, and the file of the store another one
            self._job = ChildJob(runs, self.window, capture=capture is not None, environment=environment)
        else:
            self._job = asked()
        self._job.progressed.connect(self.window.activity.step)
        self._job.ended.connect(partial(self._ended, then, capture, after))
        self._job.start()

    def occupied(self) -> bool:
        """Whether something runs; says so."""
        if self.busy:
            self.window.activity.say(tr("One thing at a time: wait, or cancel what is running."))
        return self.busy

    def _ended(
        self, then: Then, capture: Callable[[bytes], bool] | None, after: Then | None, good: bool, said: str
    ) -> None:
        job, self._job, self.heard = self._job, None, said
        if after is not None:
            after()
        if capture is not None and job is not None:
            good = capture(job.output) or good
        stopped = job is not None and job.stopped
        if job is not None:
            job.deleteLater()
        if self._leaving:
            self.window.close()
        elif stopped:
            self.window.rest(tr("Stopped. What was stored before stays."))
        elif good:
            then()
        else:
            self.window.rest()
            self.trouble(reasons(said))

    def cancel(self) -> None:
        """Stop the child process now."""
        if self._job is not None:
            self.window.activity.stopping()
            self._job.stop()

    def stop(self) -> None:
        """End the child processes that run, and wait until they are gone: the window is about to go."""
        self.policy.stop()
        self.supposing.rest(wait=True)
        if self.window.has("inventory"):
            self.window.inventory.assets.attach(None)  # its file goes too
        if self._job is not None:
            self._job.stop()
            self._job.wait()

    def may_close(self) -> bool:
        """True where nothing runs; else asks what to do, without blocking."""
        if self._job is None or self._leaving:
            return True
        self.ask_to_leave(self._leave)
        return False

    def _leave(self) -> None:
        self._leaving = True
        if self._job is not None:
            self._job.stop()
        else:
            self.window.close()


def nothing() -> None:
    """Nobody wants to know."""
