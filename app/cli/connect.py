"""The commands around connected clouds: `scan`, `connect` (the connection test) and `permissions`."""

import argparse
import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Any

from app.cli.audits import progress_of
from app.cli.main import FAILED, OK, USAGE
from app.cli.terminal import ProgressLine, put, put_bytes, say
from app.progress import Cancelled, Progress
from app.said import said
from app.settings import store_location
from app.texts import grouped, tr, trn

if TYPE_CHECKING:
    from app.connections import Connection
    from app.scanning import Scanned
    from app.store import Store
    from scanners.live.credentials import Person


@contextmanager
def stoppable() -> Generator[Cancelled]:
    """Ctrl+C ends the scan and keeps what was read; a second one ends the program."""
    stop = threading.Event()

    def asked(_: int, __: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    try:
        before = signal.signal(signal.SIGINT, asked)
    except ValueError:  # not the main thread
        yield stop.is_set
        return
    try:
        yield stop.is_set
    finally:
        signal.signal(signal.SIGINT, before)


def run_scan(store: "Store", options: argparse.Namespace, line: Progress) -> "Scanned":
    """Scan what `--connections` and `--import` name. Raises what `app.scanning.scan` raises."""
    from app.scanning import scan, use_system_trust

    use_system_trust()
    from app.connections import load_connections

    connections = load_connections(options.connections)
    with stoppable() as cancelled:
        return scan(
            store,
            connections,
            options.files,
            gentle=options.gentle,
            workers=options.workers,
            progress=line,
            cancelled=cancelled,
            person=keyboard(line),
        )


def tell(scanned: "Scanned") -> None:
    """What did not work, and how much was asked, on stderr."""
    for warning in scanned.warnings:
        say(warning)
    for file in scanned.files:
        for warning in file.warnings:
            say(f"  {said(warning)}")
    calls = sum(c.calls for c in scanned.calls)
    if calls:
        say(trn("One call was made, read only.", "{n} calls were made, all read-only.", calls).format(n=grouped(calls)))


def scan(options: argparse.Namespace) -> int:
    """Read connected clouds (and files) into the store, without judging."""
    from app.store import Store

    line = progress_of(options)
    with Store.open(store_location(options.store)) as store:
        scanned = run_scan(store, options, line)
    if isinstance(line, ProgressLine):
        line.clear()
    tell(scanned)
    if options.format == "json":
        _put_json({"scan": scanned.scan, "files": scanned.files, "calls": scanned.calls})
    else:
        info = scanned.scan
        put(
            tr(
                "Scan {id}: {assets} assets, {added} new, {changed} changed, {gone} gone, {stale} known from before."
            ).format(
                id=info.id,
                assets=grouped(info.assets),
                added=grouped(info.added),
                changed=grouped(info.changed),
                gone=grouped(info.gone),
                stale=grouped(info.stale),
            )
        )
    return OK


def connect(options: argparse.Namespace) -> int:
    """Test connections: log in, try every permission in one region, and say what is granted and what is not."""
    from app.connections import load_connections
    from app.scanning import use_system_trust

    use_system_trust()
    connections = load_connections(options.connections)
    line = progress_of(options)
    with stoppable() as cancelled:
        tables = [_tested(connection, connections, line, cancelled) for connection in connections]
    if isinstance(line, ProgressLine):
        line.clear()
    if options.format == "json":
        _put_json(tables)
    else:
        for table in tables:
            _show(table)
    if any(table["failed"] for table in tables):
        from app.proxy import hint

        if told := hint():
            say(told)
    return (
        OK
        if all(not t["failed"] and not any(r["state"] == "denied" for r in t["permissions"]) for t in tables)
        else FAILED
    )


def _tested(
    connection: "Connection", connections: "list[Connection]", line: Progress, cancelled: Cancelled
) -> dict[str, Any]:
    from app.connections import login_of
    from app.progress import Step
    from scanners.live.credentials import LoginError
    from scanners.live.providers import provider

    table: dict[str, Any] = {
        "connection": connection.name,
        "provider": connection.provider,
        "failed": None,
        "accounts": [],
        "permissions": [],
    }
    try:
        found = provider(connection.provider).probe(
            login_of(connection, connections),
            progress=lambda name, done, total: line(Step("scan", f"{connection.name}: {name}", done, total or None)),
            cancelled=cancelled,
            person=keyboard(line),
        )
    except LoginError as error:
        table["failed"] = str(error)
        return table
    table["accounts"] = list(found.accounts)
    table["region"] = found.region
    table["permissions"] = [
        {"permission": r.permission, "state": r.state, "codes": list(r.codes)} for r in found.permissions
    ]
    return table


def _show(table: dict[str, Any]) -> None:
    put(tr("Connection {name}").format(name=table["connection"]))
    if table["failed"]:
        put(f"  {table['failed']}")
        return
    put(
        tr("  Logged in; accounts: {accounts}. Tried in {region}.").format(
            accounts=", ".join(table["accounts"]) or tr("none"), region=table["region"]
        )
    )
    words = {"allowed": tr("allowed"), "denied": tr("DENIED"), "failed": tr("failed"), "unused": tr("not needed here")}
    for row in table["permissions"]:
        codes = f"  ({', '.join(row['codes'])})" if row["codes"] else ""
        put(f"  {words[row['state']]:<16} {row['permission']}{codes}")
    missing = [row["permission"] for row in table["permissions"] if row["state"] == "denied"]
    if missing:
        put("")
        put(tr("  To send to your cloud administrator: please grant, for all resources, to the login of this audit:"))
        for permission in missing:
            put(f"    {permission}")
        put(
            tr("  Each only lists or describes. `situs permissions {provider}` prints all of them.").format(
                provider=table["provider"]
            )
        )


def permissions(options: argparse.Namespace) -> int:
    """Print the permissions that a scan needs, derived from what the program can call."""
    from scanners.live.providers import provider

    found = provider(options.provider)
    form = options.form or found.FORMS[0]
    if form not in found.FORMS:
        say(
            tr("{provider} has no form {form}; there are: {forms}.").format(
                provider=found.TITLE, form=form, forms=", ".join(found.FORMS)
            )
        )
        return USAGE
    given = {"principal": options.principal, "external_id": options.external_id, "scope": options.scope}
    put(found.permissions(form, {name: value for name, value in given.items() if value}).rstrip("\n"))
    return OK


def keyboard(line: Progress) -> "Person":
    """The person at this terminal; nobody where there is no terminal."""
    import getpass
    import sys

    from scanners.live.credentials import NOBODY, Person

    class Keyboard(Person):
        def ask(self, question: str) -> str:
            self.clear()
            return getpass.getpass(f"{question} ").strip()

        def confirm(self, question: str) -> bool:
            self.clear()
            say(question + " " + tr("[y/N]"))
            return sys.stdin.readline().strip().lower() in ("y", "yes", "j", "ja", tr("yes"))

        def tell(self, text: str) -> None:
            self.clear()
            say(text)

        def clear(self) -> None:
            if isinstance(line, ProgressLine):
                line.clear()

    return Keyboard() if sys.stdin is not None and sys.stdin.isatty() else NOBODY


def _put_json(value: Any) -> None:
    import msgspec

    put_bytes(msgspec.json.format(msgspec.json.encode(value)) + b"\n")
