"""What ends soon or has ended: secrets, entries of the register, acceptances. Told once at each of a few days."""

import json
import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.notify.notice import Ending
from app.texts import tr, trn

if TYPE_CHECKING:
    from app.audit import Yardstick
    from app.store import Store

MARKS: Final = (30, 14, 7, 1, 0, -1)
"""Days before the end at which it is told; -1 is once it is over."""
_FILE: Final = "notified.json"
_LARGEST: Final = 4 << 20


def endings(store: "Store | None", by: "Yardstick | None", today: date) -> list[Ending]:
    """Everything that ends within 30 days or has ended, the first to end first."""
    from app.vault import VaultError, expiring

    found: list[Ending] = []
    try:
        secrets = expiring(MARKS[0], today)
    except VaultError:
        secrets = []  # whoever needs the vault will say what is wrong with it
    for secret in secrets:
        if secret.expires is not None:
            text = tr("Secret in the vault: {name}").format(name=secret.name)
            found.append(Ending(f"vault:{secret.name}", text, secret.expires, (secret.expires - today).days))
    if store is not None and by is not None:
        from app.register.due import due
        from app.register.transfers import flows_out

        judged = store.judgement()
        flows = [] if judged is None else flows_out(store, judged.id, judged.scan, by)
        found += (
            Ending(
                f"{d.what}:{d.name}",
                d.text if d.what == "law" else f"{tr(d.what.replace('_', ' '))} {d.name}",
                d.day,
                d.left,
            )
            for d in due(by.policy, by.catalogue, flows, store.acceptances(), today, MARKS[0])
            if d.what != "law" or d.flows
        )
        found += _overdue(store, today)
    return sorted(found, key=lambda e: (e.day, e.key))


def _overdue(store: "Store", today: date) -> list[Ending]:
    """The oldest scan that is older than scans are to be kept, if any; how many there are is said with it."""
    from datetime import timedelta

    from app.settings import SettingsError, data_folder, load_preferences

    try:
        keep = load_preferences(data_folder()).keep_days
    except SettingsError:
        return []
    kept = [s for s in store.scans() if s.finished][:-1]
    over = [s for s in kept if keep and s.started.date() + timedelta(days=keep) < today]
    if not over:
        return []
    end = over[0].started.date() + timedelta(days=keep)
    text = trn(
        "One scan is older than scans are to be kept; `situs store forget` deletes it.",
        "{n} scans are older than scans are to be kept; `situs store forget` deletes them.",
        len(over),
    ).format(n=len(over))
    return [Ending(f"retention:{over[0].id}", text, end, (end - today).days)]


def fresh(folder: Path, found: Sequence[Ending]) -> list[Ending]:
    """Those that have come nearer to their end, by a mark, than when they were last told; remembers them as told."""
    file = folder / _FILE
    told = _read(file)
    now = {f"{e.key}@{e.day.isoformat()}": next(m for m in reversed(MARKS) if e.left <= m) for e in found}
    news = [e for e in found if now[f"{e.key}@{e.day.isoformat()}"] < told.get(f"{e.key}@{e.day.isoformat()}", 99)]
    if now != told:
        _write(file, now)
    return news


def _read(file: Path) -> dict[str, int]:
    try:
        if file.stat().st_size > _LARGEST:
            return {}
        raw = json.loads(file.read_text("utf-8"))
        return {str(k): int(v) for k, v in raw.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}  # then things are told once more


def _write(file: Path, told: dict[str, int]) -> None:
    part = file.with_name(f"{_FILE}.{os.getpid()}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(told, indent=1), "utf-8")
        part.replace(file)
    except OSError:
        part.unlink(missing_ok=True)
