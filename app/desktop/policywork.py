"""The policy of the window: what the file says, saving a setting, counting what lines catch."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import msgspec

from app.desktop.jobs import Reading
from app.desktop.record import Record
from app.settings import Preferences
from app.texts import tr

if TYPE_CHECKING:
    from app.desktop.desk import Desk
    from app.policyedit import Caught
    from scanners.model import Asset

_MOST_HELD = 300_000


class PolicyWork:
    """Belongs to a desk; connects the Policy page to it."""

    def __init__(self, desk: "Desk") -> None:
        self.desk = desk
        self._held: tuple[object, list[Asset]] = (None, [])
        self._asked = 0
        form = desk.window.policy.form
        form.saved.connect(self.save)
        form.counted.connect(self.count)

    def show(self) -> None:
        """Read what the file says, in a worker."""
        path, own = self.path(), self._own()

        def work() -> dict[str, Any]:
            from app.policyedit import settings_of

            return settings_of(path)

        Reading(work, partial(self._shown, own)).start()

    def _shown(self, own: bool, found: object, wrong: str) -> None:
        settings = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
        self.desk.window.policy.show_settings(settings, editable=own and not wrong)

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

    def _save(self, name: str, value: object) -> Record | None:
        """Runs in a worker."""
        from datetime import UTC, date, datetime

        from app.decisions import Actor, actions
        from app.decisions.checking import note
        from app.desktop.record import read_record
        from app.policyedit import save
        from app.store import Store
        from rules.catalogue import Catalogue

        chosen = self.desk.preferences
        day = date.fromisoformat(chosen.as_of) if chosen.as_of else datetime.now(UTC).date()
        who, _, role = (chosen.name or self.desk.window.findings.panel.form.owner.text()).partition(",")
        actor = Actor.here(who or tr("the user of this computer"), role)
        change = save(self.path(), {name: value}, Catalogue.load(), day)
        if isinstance(self.desk.store, Path) and not self.desk.store.exists():
            return None
        with Store.open(self.desk.store, create=False) as store:
            actions.policy_changed(store, actor, change.path.name, change.before, change.after)
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
        Reading(partial(self._counted, key, dict(settings)), partial(self._have, self._asked)).start()

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
