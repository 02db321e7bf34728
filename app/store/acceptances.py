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
    from app.store import tables
    from app.store.orm import session

    with session(db) as opened:
        row = tables.Acceptance(
            rule=plain(rule),
            asset=None if asset is None else plain(asset),
            flow=None if flow is None else plain(flow),
            why=plain(why),
            owner=plain(owner),
            until=until.isoformat(),
            second_person=None if second_person is None else plain(second_person),
            made=moment(datetime.now(UTC)),
        )
        opened.add(row)
        opened.flush()
        return _told(row)


def acceptances(db: Database, revoked: bool) -> list[Acceptance]:
    """All that were recorded, oldest first."""
    # Every judgement asks this: by the driver, since loading SQLModel for it would take half a second.
    held = "" if revoked else " WHERE revoked IS NULL"
    rows = db.rows(f"SELECT {', '.join(_COLUMNS)} FROM acceptance{held} ORDER BY id")
    return [_told(SimpleNamespace(**dict(zip(_COLUMNS, row, strict=True)))) for row in rows]


def revoke(db: Database, acceptance: str, by: str, why: str) -> Acceptance:
    """Take one back. Raises KnownStoreError where there is none of this id, or it was taken back before."""
    from app.store import tables
    from app.store.orm import session

    number = acceptance.removeprefix(_PREFIX)
    with session(db) as opened:
        row = opened.get(tables.Acceptance, int(number)) if number.isdecimal() else None
        if row is None:
            raise KnownStoreError(f"There is no acceptance {acceptance} in the store {db.where.label}.")
        if row.revoked is not None:
            raise KnownStoreError(f"The acceptance {acceptance} was revoked on {row.revoked[:10]} already.")
        row.revoked, row.revoked_by, row.revoked_why = moment(datetime.now(UTC)), plain(by), plain(why)
        opened.add(row)
        opened.flush()
        return _told(row)


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
