"""Reports of the window: written and signed by a child process, noted, previewed, verified."""

import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from app.desktop import decide, written
from app.desktop.pages.reports import ReportWanted
from app.desktop.palette import Entry
from app.desktop.pdf import PREVIEWS
from app.desktop.record import Record
from app.desktop.written import Written
from app.report.forms import form_of
from app.texts import tr, trn

if TYPE_CHECKING:
    from app.desktop.desk import Desk
    from app.verification import Verification

_PASSPHRASE = "SITUS_SIGN_PASSPHRASE"  # noqa: S105 - the name of a variable


class Reporting:
    """Belongs to a desk; connects the Reports page to it."""

    def __init__(self, desk: "Desk") -> None:
        self.desk = desk
        desk.window.when("reports", self._connect)
        desk.window.entries += [
            Entry(tr("Check a signed report…"), lambda: desk.window.reports.choose_to_verify()),
        ]

    def _connect(self) -> None:
        page = self.desk.window.reports
        page.wanted.connect(self.save)
        page.preview_wanted.connect(self.preview)
        page.verify_wanted.connect(self.verify)
        page.key_wanted.connect(self.make_key)
        page.person = lambda: self.desk.preferences.name.partition(",")[0].strip()
        page.show_history(written.history(self.desk.folder))
        self.show_keys()

    def show_keys(self) -> None:
        """Which keys can sign here."""

        def work() -> list[tuple[str, str]]:
            from app.signing.keys import own_identity
            from app.signing.windows import certificates

            found = [(f"windows:{c.thumbprint}", f"{c.identity.name} ({c.identity.issuer})") for c in certificates()]
            own = own_identity(self.desk.folder)
            return ([("own", own.name)] if own else []) + found

        def show(found: object, wrong: str) -> None:
            if not wrong and isinstance(found, list):
                self.desk.window.reports.show_keys(found)  # pyright: ignore[reportUnknownArgumentType]

        from app.desktop.jobs import Reading

        Reading(work, show, self.desk.window).start()

    def make_key(self, name: str, passphrase: str) -> None:
        """Make the user's own signing key."""
        d = self.desk
        if d.occupied():
            return

        def work() -> str:
            from app.signing.keys import make_own_key

            return make_own_key(d.folder, name, passphrase).fingerprint

        d.work(tr("Making the key"), work, self._key_made)

    def _key_made(self, found: object) -> None:
        self.show_keys()
        self.desk.window.reports.key_made()
        self.desk.window.rest(tr("The signing key was made. SHA-256 of its certificate: {digest}").format(digest=found))

    def save(self, wanted: ReportWanted) -> None:
        """Write reports of the latest judgement of the store that is shown, signed where that is wished."""
        d = self.desk
        if not wanted.paths:
            return
        folder = str(wanted.paths[0].parent)
        if folder != d.preferences.reports:
            d.keep(msgspec.structs.replace(d.preferences, reports=folder))
        runs = [self._words(wanted, path) for path in wanted.paths]
        environment = {_PASSPHRASE: wanted.passphrase} if wanted.sign else {}
        d.start(runs, partial(self._digest, wanted), environment=environment)

    def _words(self, wanted: ReportWanted, path: Path) -> list[str]:
        words = ["report", "--store", str(self.desk.store), "--format", form_of(path), "--out", str(path)]
        words += ["--kind", wanted.kind, "--lang", wanted.language]
        words += ["--framework", wanted.framework] if wanted.framework else []
        words += ["--redact"] if wanted.redact else []
        words += ["--inventory"] if wanted.inventory else []
        if wanted.sign:
            words += ["--sign", "--key", wanted.key, *(["--reason", wanted.reason] if wanted.reason else [])]
        return words

    def _digest(self, wanted: ReportWanted) -> None:
        self.desk.work(tr("Computing SHA-256"), partial(self._noted, wanted), self._written)

    def _noted(self, wanted: ReportWanted) -> tuple[list[Written], list[Written], Record | None]:
        """Runs in a worker: digests, the history, and an entry in the log for each report that was signed."""
        d, snapshot = self.desk, self.desk.window.snapshot
        signer = wanted.signer if wanted.sign else ""
        sample, judgement = (snapshot.sample, snapshot.judgement) if snapshot else (False, 0)
        made = [
            Written(str(p), size, digest, written.now(), sample, wanted.kind, judgement, signer)
            for p, size, digest in decide.digests(wanted.paths)
        ]
        record = None
        if wanted.sign:
            record = decide.report_signed(d.store, d.folder, d.preferences.name or wanted.signer, made)
        return made, written.note(d.folder, made), record

    def _written(self, found: object) -> None:
        if not isinstance(found, tuple):
            return
        made, known, record = found  # pyright: ignore[reportUnknownVariableType]
        page = self.desk.window.reports
        page.show_history(known)  # pyright: ignore[reportUnknownArgumentType]
        if isinstance(record, Record):
            self.desk.window.show_record(record)
        n = len(made)  # pyright: ignore[reportUnknownArgumentType]
        told = trn("{n} report was written.", "{n} reports were written.", n).format(n=n)
        page.told(told)
        self.desk.window.rest(told)

    def preview(self, wanted: ReportWanted) -> None:
        """Write the PDF to a folder for things that do not stay, and show it."""
        folder = Path(tempfile.mkdtemp(prefix=PREVIEWS))
        path = folder / "preview.pdf"
        self.desk.start([self._words(msgspec.structs.replace(wanted, sign=False), path)], partial(self._show, path))

    def _show(self, path: Path) -> None:
        self.desk.window.rest()
        self.desk.window.reports.show_pdf(path, passing=True)

    def verify(self, path: str) -> None:
        """Check a report: its signature, and whether the store still holds what it rests on."""
        d = self.desk
        if d.occupied():
            return

        online = d.window.reports.history.online.isChecked()

        def work() -> "Verification":
            from app.store import Store
            from app.verification import verify

            if isinstance(d.store, Path) and not d.store.exists():
                return verify(Path(path), data_folder=d.folder, online=online)
            with Store.open(d.store, create=False, read_only=True) as store:
                return verify(Path(path), store=store, data_folder=d.folder, online=online)

        d.work(tr("Checking the report"), work, self._verified)

    def _verified(self, found: object) -> None:
        self.desk.window.reports.show_verification(found)
        self.desk.window.rest()
