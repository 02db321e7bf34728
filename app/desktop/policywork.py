"""The policy of the window: what the file says, saving a setting, counting what lines catch."""

import json
import shutil
import tempfile
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import msgspec

from app.desktop.asking import spoken
from app.desktop.jobs import ChildJob, Reading
from app.desktop.record import Record
from app.settings import Preferences
from app.texts import tr

if TYPE_CHECKING:
    from app.desktop.desk import Desk
    from app.policyedit import Caught
    from scanners.model import Asset

_MOST_HELD = 300_000
_FEW = 3
"""Remarks that are told at once; the others by Show details."""


class PolicyWork:
    """Belongs to a desk; connects the Policy page to it."""

    def __init__(self, desk: "Desk") -> None:
        self.desk = desk
        self._held: tuple[object, list[Asset]] = (None, [])
        self._asked = self._question = 0
        self._supposing: ChildJob | None = None
        self._tried: tempfile.TemporaryDirectory[str] | None = None
        self._settings: Mapping[str, Any] = {}
        self._editable = self._read = False
        desk.window.when("policy", self._connect_policy)
        desk.window.when("flows", self._connect_flows)
        desk.window.when("whatif", lambda: self._tell("whatif"))

    def _connect_policy(self) -> None:
        form = self.desk.window.policy.form
        form.saved.connect(self.save)
        form.counted.connect(self.count)
        form.supposed.connect(self.suppose)
        self._tell("policy")

    def _connect_flows(self) -> None:
        flows = self.desk.window.flows
        flows.entry_wanted.connect(self.record_entry)
        flows.export_wanted.connect(self.export_register)
        flows.import_wanted.connect(self.import_register)
        self._tell("flows")

    def show(self) -> None:
        """Read what the file says, in a worker."""
        path, own = self.path(), self._own()

        def work() -> dict[str, Any]:
            from app.policyedit import settings_of

            return settings_of(path)

        Reading(work, partial(self._shown, own), self.desk.window).start()

    def _shown(self, own: bool, found: object, wrong: str) -> None:
        settings = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
        self._settings, self._editable, self._read = settings, own and not wrong, True
        for topic in ("policy", "whatif", "flows"):
            self._tell(topic)

    def _tell(self, topic: str) -> None:
        """Tell a page, where it is there, what the file says, where that was read."""
        w = self.desk.window
        if not self._read or not w.has(topic):
            return
        entries: list[Mapping[str, Any]] = list(self._settings.get("transfer_register") or [])
        if topic == "policy":
            w.policy.show_settings(self._settings, editable=self._editable)
        elif topic == "whatif":
            w.whatif.show_register([str(e.get("id")) for e in entries])
        else:
            w.flows.show_register(entries, editable=self._editable)

    def setting(self, name: str) -> Any:
        """What the file says of a setting; None where it says nothing."""
        return self._settings.get(name)

    def _own(self) -> bool:
        return self.desk.store == self.desk.own_store

    def path(self) -> Path:
        """The policy file: the sample's, the one that was chosen, or the one that will be made."""
        from app import sample

        if not self._own():
            return sample.POLICY
        chosen = self.desk.preferences.policy
        return Path(chosen) if chosen else self.desk.folder / "policy.toml"

    def save(self, name: str, value: object) -> None:
        """Write one setting, note it in the log, judge again."""
        d = self.desk
        if d.occupied():
            d.window.policy.form.show_wrong(tr("One thing at a time: wait, or cancel what is running."))
            return
        d.work(tr("Saving the policy"), partial(self._save, name, value), self._saved, self._not_saved)

    # What an answer would change

    def suppose(self, name: str, value: object) -> None:
        """Work out, in a child process of its own, what saving this would change; a later question ends it."""
        self.stop()
        self._tried = tempfile.TemporaryDirectory(prefix="situs-", ignore_cleanup_errors=True)
        path = Path(self._tried.name) / self.path().name
        Reading(partial(self._as_if, path, name, value), partial(self._suppose, self._question, path)).start()

    def _as_if(self, path: Path, name: str, value: object) -> bool:
        """Runs in a worker: the policy as it would be, beside the one that counts."""
        from app.audit import rule_ids
        from app.edition.installed import current
        from app.policyedit import save

        if self.path().is_file():
            shutil.copyfile(self.path(), path)
        catalogue = current()
        save(path, {name: value}, catalogue, self._day(), rule_ids(catalogue, self._packs()))
        return True

    def _suppose(self, question: int, path: Path, found: object, wrong: str) -> None:
        if question != self._question:
            return
        if wrong or not found:
            self._not_saved(wrong)
            return
        words = ["what-if", "--store", str(self.desk.store), "--format", "json", "--policy", str(path)]
        job = self._supposing = ChildJob([words], self.desk.window, capture=True)
        job.ended.connect(partial(self._supposed, question, job))
        job.start()

    def _supposed(self, question: int, job: ChildJob, good: bool, said: str) -> None:
        job.deleteLater()
        if question != self._question or job.stopped:
            return
        self._supposing = None
        try:
            answer = json.loads(job.output) if good else None
        except ValueError:
            answer = None
        if isinstance(answer, dict):
            self.desk.window.policy.form.show_answer(answer, self.desk.window.whatif.names)  # pyright: ignore[reportUnknownArgumentType]
        else:
            self._not_saved(said or tr("What it changes could not be worked out. Nothing was stored."))

    def stop(self) -> None:
        """End what is being worked out; an answer that still comes counts no more."""
        self._question += 1
        job, self._supposing = self._supposing, None
        if job is not None:
            job.stop()
            job.wait()
        if self._tried is not None:
            self._tried.cleanup()
            self._tried = None

    def _packs(self) -> list[Path]:
        chosen = self.desk.preferences.packs
        return [Path(chosen)] if chosen else []

    def _day(self) -> date:
        chosen = self.desk.preferences
        return date.fromisoformat(chosen.as_of) if chosen.as_of else datetime.now(UTC).date()

    def record_entry(self, entry: Mapping[str, Any], replaces: str) -> None:
        """Put an entry into the register of the policy."""
        d = self.desk
        register: list[Mapping[str, Any]] = list(self._settings.get("transfer_register") or [])
        places = [n for n, e in enumerate(register) if replaces and e.get("id") == replaces]
        if places:
            register[places[0]] = entry
        else:
            register.append(entry)
        if not d.occupied():
            work = partial(self._save, "transfer_register", register)
            d.work(tr("Saving the policy"), work, self._saved, d.window.flows.show_wrong)

    def export_register(self, name: str) -> None:
        """Write every flow out of the EEA to a file."""
        d = self.desk
        words = ["register", "export", "--store", str(d.store), "--out", name, "--article-30"]
        d.start([words], partial(d.window.rest, tr("Saved: {file}").format(file=name)))

    def import_register(self, name: str) -> None:
        """Take over the entries of a table into the policy, then judge again."""
        d = self.desk
        before = self.path().read_bytes() if self.path().is_file() else None

        def imported() -> None:
            remarks = _remarks(d.heard)
            if remarks:
                few = " ".join(remarks[:_FEW])
                d.trouble("\n".join([tr("The table was taken over, but mind:") + f" {few}", *remarks]))
            d.work(tr("Recording"), partial(self._note, before), self._saved)

        words = ["register", "import", name, "--policy", str(self.path())]
        d.start([words], imported, environment=spoken())

    def _save(self, name: str, value: object) -> Record | None:
        """Runs in a worker."""
        from app.audit import rule_ids
        from app.edition.installed import current
        from app.policyedit import save

        catalogue = current()
        change = save(self.path(), {name: value}, catalogue, self._day(), rule_ids(catalogue, self._packs()))
        return self._note(change.before)

    def _note(self, before: bytes | None) -> Record | None:
        """Note a change of the policy in the log; runs in a worker."""
        from app.decisions import Actor, actions
        from app.decisions.checking import note
        from app.desktop.record import read_record
        from app.store import Store

        if isinstance(self.desk.store, Path) and not self.desk.store.exists():
            return None
        who, _, role = self.desk.person().partition(",")
        actor = Actor.here(who or tr("the user of this computer"), role)
        with Store.open(self.desk.store, create=False) as store:
            actions.policy_changed(store, actor, self.path().name, before, self.path().read_bytes())
            note(self.desk.folder, store)
            return read_record(store, self.desk.folder)

    def _saved(self, found: object) -> None:
        d = self.desk
        if not d.preferences.policy:
            kept: Preferences = msgspec.structs.replace(d.preferences, policy=str(self.path()))
            d.keep(kept)
        self.show()
        if isinstance(found, Record):
            d.window.show_record(found)
        if d.window.snapshot is not None:
            d.judge(tr("The policy was saved, and the estate judged by it."))
        else:
            d.window.rest(tr("The policy was saved."))

    def _not_saved(self, wrong: str) -> None:
        self.desk.window.policy.form.show_wrong(wrong)

    # What lines catch

    def count(self, settings: Mapping[str, Any]) -> None:
        """Count, in a worker, what the lines of the form would catch."""
        if self.desk.window.snapshot is None:
            return
        self._asked += 1
        key = (str(self.desk.store), self.desk.window.snapshot.scan)
        work = partial(self._counted, key, dict(settings))
        Reading(work, partial(self._have, self._asked), self.desk.window).start()

    def _counted(self, key: tuple[str, int], settings: dict[str, Any]) -> "tuple[Caught, dict[tuple[str, str], int]]":
        from app.policyedit import assets_of, caught, tagged
        from app.report.content import holds_data
        from app.store import Store

        known, assets = self._held
        if known != key:
            with Store.open(self.desk.store, create=False, read_only=True) as store:
                assets = assets_of(store, key[1])
            self._held = (key, assets) if len(assets) <= _MOST_HELD else (None, [])
        return caught(assets, settings, holds_data), tagged(assets)

    def _have(self, asked: int, found: object, wrong: str) -> None:
        if asked == self._asked and not wrong and isinstance(found, tuple):
            caught, tags = found  # pyright: ignore[reportUnknownVariableType]
            self.desk.window.policy.form.show_caught(caught, tags)  # pyright: ignore[reportUnknownArgumentType]


def understood(path: Path) -> None:
    """Runs in a worker. Raises PolicyError where the file is no policy."""
    from app.audit import yardstick

    yardstick(path, datetime.now(UTC).date())


def _remarks(said: str) -> list[str]:
    """What a command said beside the files that it wrote."""
    files = [tr(text).partition("{")[0] for text in ("Written: {path}", "The file as it was before: {path}")]
    return [line.strip() for line in said.splitlines() if line.strip() and not line.startswith(tuple(files))]
