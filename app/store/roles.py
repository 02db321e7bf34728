"""Roles on a PostgreSQL server: who may read, decide, and scan; nobody but the owner can change what has happened.

`PREFIX_reader` reads. `PREFIX_reviewer` also decides: acceptances, entries of the log, and the text of a
changed policy, which is only ever added. `PREFIX_auditor` also scans
and judges. History is kept by the server itself: entries of the log are only ever added; of an acceptance only its
confirmation and its revocation may be filled in; of what scans saw only the end of an interval may be set, and rows can
be deleted only while the scan or judgement that wrote them is under way.
"""

import re
from typing import Final

from app.store.driver import Database
from app.store.errors import KnownStoreError
from app.store.intervals import PER_JUDGEMENT, SCANS

ROLES: Final = ("reader", "reviewer", "auditor")
_PREFIX: Final = re.compile(r"[a-z_][a-z0-9_]{0,39}")
_ENDS: Final = ("asset_version", "relation_version", "coverage", "stale")
_DURING_SCAN: Final = {
    "asset_version": f"id % {SCANS}",
    "relation_version": "first",
}
_DURING_JUDGEMENT: Final = {
    "finding": f"id / {PER_JUDGEMENT}",
    "flow": f"id / {PER_JUDGEMENT}",
    "transfer": f"id / {PER_JUDGEMENT}",
    "outcome": "judgement",
}
_ADDED: Final = ("word", "account", "scope", "node", "why", "witness", "evidence", "evidence_block", "attachment")
_DECIDED: Final = "revoked, revoked_by, revoked_why, second_person"


def statements(prefix: str = "situs") -> list[str]:
    """The statements that make the roles and give them their rights; they may be run again. Raises KnownStoreError."""
    if not _PREFIX.fullmatch(prefix):
        raise KnownStoreError(f"{prefix[:60]!r} cannot begin the name of a role: use small letters, digits and _.")
    reader, reviewer, auditor = (f"{prefix}_{role}" for role in ROLES)
    told = [
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') "
        f"THEN CREATE ROLE {role} NOLOGIN; END IF; END $$"
        for role in (reader, reviewer, auditor)
    ]
    told += [
        f"GRANT {reader} TO {reviewer}",
        f"GRANT {reviewer} TO {auditor}",
        f"DO $$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %I TO {reader}', current_schema()); END $$",
        f"DO $$ BEGIN EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA %I TO {reader}', current_schema()); END $$",
        f"GRANT INSERT ON acceptance, decision, attachment TO {reviewer}",
        f"GRANT UPDATE ({_DECIDED}) ON acceptance TO {reviewer}",
        f"GRANT INSERT ON scan, judgement TO {auditor}",
        f"GRANT UPDATE ON scan, judgement TO {auditor}",
        f"GRANT INSERT ON {', '.join((*_ENDS, *_ADDED, *_DURING_JUDGEMENT))} TO {auditor}",
        f"GRANT DELETE ON witness, attachment, judgement TO {auditor}",
        f"GRANT UPDATE (until, scope, name, body) ON asset_version TO {auditor}",
        f"GRANT UPDATE (until, scope, evidence, body) ON relation_version TO {auditor}",
        f"GRANT UPDATE (until) ON coverage, stale TO {auditor}",
    ]
    told += _unchangeable()
    scans = {
        t: f"EXISTS (SELECT FROM scan s WHERE s.id = {column} AND s.state = 'running')"
        for t, column in _DURING_SCAN.items()
    }
    judged = {
        t: f"EXISTS (SELECT FROM judgement j WHERE j.id = {column} AND j.state = 'running')"
        for t, column in _DURING_JUDGEMENT.items()
    }
    later = "EXISTS (SELECT FROM scan s WHERE s.state = 'running' AND {0} >= (s.marks::json ->> '{1}')::bigint)"
    marked = {
        "evidence": later.format("evidence.id", "evidence"),
        "evidence_block": later.format("evidence_block.id", "block"),
    }
    why = {
        "why": "EXISTS (SELECT FROM judgement j WHERE j.state = 'running' "
        "AND why.id >= (j.marks::json ->> 'why')::bigint)"
    }
    for table, condition in {**scans, **judged, **marked, **why}.items():
        qualified = re.sub(r"\bid ([%/])", rf"{table}.id \1", condition)
        told += [
            f"GRANT DELETE ON {table} TO {auditor}",
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            *_policy(table, "read", f"FOR SELECT TO {reader} USING (true)"),
            *_policy(table, "add", f"FOR INSERT TO {auditor} WITH CHECK (true)"),
            *_policy(table, "end", f"FOR UPDATE TO {auditor} USING (true)"),
            *_policy(table, "undo", f"FOR DELETE TO {auditor} USING ({qualified})"),
        ]
    told += [
        "ALTER TABLE attachment ENABLE ROW LEVEL SECURITY",
        *_policy("attachment", "read", f"FOR SELECT TO {reader} USING (true)"),
        *_policy("attachment", "add", f"FOR INSERT TO {auditor} WITH CHECK (true)"),
        *_policy(
            "attachment", "keep", f"FOR INSERT TO {reviewer} WITH CHECK (owner LIKE 'policy:%' AND name = 'policy')"
        ),
        *_policy("attachment", "undo", f"FOR DELETE TO {auditor} USING (name <> 'link')"),
        *_policy("judgement", "undo", f"FOR DELETE TO {auditor} USING (state = 'running')"),
    ]
    finished = "state IN ('running', 'abandoned', 'interrupted')"
    for table in ("scan", "judgement"):
        told += [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            *_policy(table, "read", f"FOR SELECT TO {reader} USING (true)"),
            *_policy(table, "add", f"FOR INSERT TO {auditor} WITH CHECK (true)"),
            *_policy(table, "end", f"FOR UPDATE TO {auditor} USING ({finished}) WITH CHECK (true)"),
        ]
    return told


def apply(db: Database, prefix: str = "situs") -> None:
    """Make the roles on the server of a store; the owner of its tables may. Raises KnownStoreError."""
    if not db.where.server:
        raise KnownStoreError("Roles are for a store on a PostgreSQL server; a file belongs to whoever can open it.")
    with db.transaction():
        for statement in statements(prefix):
            db.run(statement)


def _unchangeable() -> list[str]:
    """What a finished scan saw stays as it was written: only the end of its interval may be set, by anyone."""
    told: list[str] = []
    for table, first, columns in (
        ("asset_version", f"OLD.id % {SCANS}", ("scope", "name", "body")),
        ("relation_version", "OLD.first", ("scope", "evidence", "body")),
    ):
        changed = " OR ".join(f"OLD.{c} IS DISTINCT FROM NEW.{c}" for c in columns)
        told += [
            (
                f"CREATE OR REPLACE FUNCTION situs_keep_{table}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF NOT EXISTS (SELECT FROM scan s WHERE s.id = {first} AND s.state = 'running') THEN "
                "RAISE EXCEPTION 'what a finished scan saw is not changed' USING ERRCODE = '42501'; END IF; "
                "RETURN NEW; END $$"
            ),
            f"DROP TRIGGER IF EXISTS situs_keep ON {table}",
            (
                f"CREATE TRIGGER situs_keep BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({changed}) "
                f"EXECUTE FUNCTION situs_keep_{table}()"
            ),
        ]
    return told


def _policy(table: str, name: str, text: str) -> list[str]:
    return [
        f"DROP POLICY IF EXISTS situs_{name} ON {table}",
        f"CREATE POLICY situs_{name} ON {table} {text}",
    ]
