"""`situs scans` and `situs diff`: which scans there are, and what changed between two of them."""

import argparse
from typing import TYPE_CHECKING, Any

from app.cli.errors import UsageError
from app.cli.terminal import put, put_bytes
from app.settings import store_location
from app.texts import grouped, tr

if TYPE_CHECKING:
    from app.store.records import ScanInfo


def scans(options: argparse.Namespace) -> int:
    """Print the scans in the store, oldest first."""
    from app.store import Store

    with Store.open(store_location(options.store), create=False, read_only=True) as store:
        found = store.scans()
    if options.format == "json":
        import msgspec

        put_bytes(msgspec.json.format(msgspec.json.encode(found)) + b"\n")
        return 0
    if not found:
        put(tr("The store holds no scans yet."))
    for scan in found:
        put(
            f"{scan.id:>4}  {scan.started:%Y-%m-%d %H:%M} UTC  {tr(scan.state):<13}  "
            f"{grouped(scan.assets):>8} {tr('assets')}  {', '.join(scan.connections)}"
        )
    return 0


def diff(options: argparse.Namespace) -> int:
    """Print what became of assets and findings from one scan to a later one."""
    from app.store import Store

    with Store.open(store_location(options.store), create=False, read_only=True) as store:
        earlier, later = _pair([s for s in store.scans() if s.finished], options.earlier, options.later)
        changes = list(store.diff(earlier.id, later.id))
        before, after = store.judgement(scan_id=earlier.id), store.judgement(scan_id=later.id)
        findings = list(store.diff_findings(before.id, after.id)) if before and after else None
    if options.format == "json":
        import msgspec

        answer: dict[str, Any] = {"from": earlier.id, "to": later.id, "assets": changes, "findings": findings}
        put_bytes(msgspec.json.format(msgspec.json.encode(answer)) + b"\n")
        return 0
    put(
        tr("From scan {a} ({day_a}) to scan {b} ({day_b}):").format(
            a=earlier.id, day_a=earlier.started.date(), b=later.id, day_b=later.started.date()
        )
    )
    _counts(tr("Assets"), [c.change for c in changes])
    for change in changes:
        names = f" ({', '.join(change.attributes)})" if change.attributes else ""
        put(f"  {tr(change.change):<9} {change.kind:<20} {change.name}{names}")
    if findings is None:
        put(tr("Findings cannot be compared: one of the two scans was never judged (`situs judge --scan N`)."))
        return 0
    _counts(tr("Findings"), [f.change for f in findings])
    for finding in findings:
        reason = f" ({finding.because.replace('_', ' ')})" if finding.because else ""
        put(f"  {tr(finding.change):<9} {finding.rule:<13} {finding.asset or finding.flow or ''}{reason}")
    return 0


def _pair(found: "list[ScanInfo]", first: int | None, second: int | None) -> "tuple[ScanInfo, ScanInfo]":
    by_id = {scan.id: scan for scan in found}
    for number in (first, second):
        if number is not None and number not in by_id:
            raise UsageError(tr("there is no finished scan {n}. `situs scans` lists them.").format(n=number))
    later = by_id[second] if second is not None else (found[-1] if found else None)
    before = [s for s in found if later is not None and s.id < later.id]
    earlier = by_id[first] if first is not None else (before[-1] if before else None)
    if earlier is None or later is None:
        raise UsageError(tr("two finished scans are needed to compare; `situs scans` lists what there is."))
    return earlier, later


def _counts(what: str, changes: list[str]) -> None:
    kinds = sorted(set(changes))
    told = ", ".join(f"{grouped(changes.count(kind))} {tr(kind)}" for kind in kinds) or tr("nothing changed")
    put(f"{what}: {told}")
