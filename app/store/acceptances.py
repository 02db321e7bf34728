"""Recorded decisions to live with a finding."""

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, Final

from app.store.documents import moment
from app.store.driver import Database
from app.store.errors import KnownStoreError
from app.store.intern import plain
from app.store.records import Acceptance

_PREFIX: Final = "ACC-"
_TEXTS: Final = ("rule", "asset", "flow", "why", "owner", "until", "second_person", "made")
_COLUMNS: Final = ("id", *_TEXTS, "revoked", "revoked_by", "revoked_why")


def accept(
    db: Database,
    rule: str,
    asset: str | None,
    flow: str | None,
    why: str,
    owner: str,
    until: date,
    second_person: str | None,
) -> Acceptance:
    """Record one. Raises ValueError unless exactly one of asset and flow, a reason and an owner are given."""
    if (asset is None) == (flow is None):
        raise ValueError("an acceptance is about one asset or one flow")
    if not why.strip() or not owner.strip():
        raise ValueError("an acceptance needs a reason and an owner")
    values = (
        plain(rule),
        None if asset is None else plain(asset),
        None if flow is None else plain(flow),
        plain(why),
        plain(owner),
        until.isoformat(),
        None if second_person is None else plain(second_person),
        moment(datetime.now(UTC)),
    )
    with db.deciding():
        number = int(db.rows("SELECT coalesce(max(id), 0) FROM acceptance")[0][0]) + 1
        holes = ", ".join("?" * (len(values) + 1))
        db.run(f"INSERT INTO acceptance (id, {', '.join(_TEXTS)}) VALUES ({holes})", (number, *values))
        return _one(db, number)


def acceptances(db: Database, revoked: bool) -> list[Acceptance]:
    """All that were recorded, oldest first."""
    # Every judgement asks this: by the driver, since loading SQLModel for it would take half a second.
    held = "" if revoked else " WHERE revoked IS NULL"
    rows = db.rows(f"SELECT {', '.join(_COLUMNS)} FROM acceptance{held} ORDER BY id")
    return [_told(SimpleNamespace(**dict(zip(_COLUMNS, row, strict=True)))) for row in rows]


def revoke(db: Database, acceptance: str, by: str, why: str) -> Acceptance:
    """Take one back. Raises KnownStoreError where there is none of this id, or it was taken back before."""
    number = acceptance.removeprefix(_PREFIX)
    with db.deciding():
        known = db.rows("SELECT revoked FROM acceptance WHERE id = ?", (int(number),)) if number.isdecimal() else []
        if not known:
            raise KnownStoreError(f"There is no acceptance {acceptance} in the store {db.where.label}.")
        if known[0][0] is not None:
            raise KnownStoreError(f"The acceptance {acceptance} was revoked on {known[0][0][:10]} already.")
        db.run(
            "UPDATE acceptance SET revoked = ?, revoked_by = ?, revoked_why = ? WHERE id = ?",
            (moment(datetime.now(UTC)), plain(by), plain(why), int(number)),
        )
        return _one(db, int(number))


def confirm(db: Database, acceptance: str, second_person: str) -> Acceptance:
    """Note who else agreed. Raises KnownStoreError where there is none of this id in force."""
    number = acceptance.removeprefix(_PREFIX)
    with db.deciding():
        sql = "UPDATE acceptance SET second_person = ? WHERE id = ? AND revoked IS NULL"
        if not number.isdecimal() or not db.run(sql, (plain(second_person), int(number))):
            raise KnownStoreError(f"There is no acceptance {acceptance} in force in the store {db.where.label}.")
        return _one(db, int(number))


def _one(db: Database, number: int) -> Acceptance:
    row = db.rows(f"SELECT {', '.join(_COLUMNS)} FROM acceptance WHERE id = ?", (number,))[0]
    return _told(SimpleNamespace(**dict(zip(_COLUMNS, row, strict=True))))


def _told(row: Any) -> Acceptance:
    return Acceptance(
        id=f"{_PREFIX}{row.id:04d}",
        rule=row.rule,
        why=row.why,
        owner=row.owner,
        until=date.fromisoformat(row.until),
        made=datetime.fromisoformat(row.made),
        asset=row.asset,
        flow=row.flow,
        second_person=row.second_person,
        revoked=None if row.revoked is None else datetime.fromisoformat(row.revoked),
        revoked_by=row.revoked_by,
        revoked_why=row.revoked_why,
    )
