"""`situs register`: the transfer register and the organisation's other registers, out to files and in from them."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.errors import UsageError
from app.cli.latest import day_of, judged_store, put_json, today, yardstick
from app.cli.terminal import put, say
from app.texts import grouped, tr, trn

if TYPE_CHECKING:
    from app.audit import Yardstick
    from app.store import Store


def export(options: argparse.Namespace) -> int:
    """Write every flow out of the EEA of the latest judgement, and rows for the record of processing where asked."""
    from app.register.tablefile import Sheet, check_form, write_tables
    from app.register.transfers import COLUMNS, RECORD_COLUMNS, flows_out, record_rows

    out: Path = options.out
    check_form(out)
    with judged_store(options.store) as (store, judged):
        by = yardstick(store, judged)
        rows = flows_out(store, judged.id, judged.scan, by)
        sheets = [Sheet("transfers", COLUMNS, [item.row() for item in rows])]
        if options.article_30:
            sheets.append(Sheet("article_30", RECORD_COLUMNS, record_rows(store, judged.scan, rows, by)))
    facts = {"as_of": judged.header.as_of, "scan": judged.scan, "judgement": judged.id}
    for path in write_tables(out, sheets, facts):
        say(tr("Written: {path}").format(path=path))
    open_ones = sum(item.transfer.status != "covered" for item in rows)
    put(
        trn("One flow out of the EEA", "{n} flows out of the EEA", len(rows)).format(n=grouped(len(rows)))
        + "; "
        + trn("one of them is not covered.", "{n} of them are not covered.", open_ones).format(n=grouped(open_ones))
    )
    return 0


def template(options: argparse.Namespace) -> int:
    """Write an empty workbook of all registers, or one filled with what a policy holds, in the language in use."""
    from app.register.tablefile import check_form
    from app.register.template import write_template
    from app.texts import language, speaking

    out: Path = options.out
    if options.sites:
        return _sites(out, options.lang or language())
    check_form(out)
    filled = {} if options.policy is None else _given(options.policy)
    with speaking(options.lang or ""):
        written = write_template(out, filled)
    for path in written:
        say(tr("Written: {path}").format(path=path))
    return 0


def _named(setting: str) -> str:
    """A setting with the name of its sheet in the German template before it, where German is spoken."""
    from app.register.german import SHEET_NAMES
    from app.register.sheets import sheet_named
    from app.texts import language

    sheet = sheet_named(setting)
    return f"{SHEET_NAMES[sheet.name]} ({setting})" if sheet is not None and language() == "de" else setting


def _sites(out: Path, lang: str) -> int:
    from app.register.sheets import RegisterError
    from app.report.files import replacing
    from scanners.exports.sitestemplate import write_template

    if out.suffix.lower() != ".xlsx":
        raise RegisterError(
            tr("{file}: the template of sites is a workbook; give the name the ending .xlsx.").format(file=out.name)
        )
    with replacing(out) as target:
        write_template(target, german=lang == "de")
    say(tr("Written: {path}").format(path=out))
    return 0


def _given(path: Path) -> "dict[str, list[dict[str, object]]]":
    """The registers as the policy file writes them, once it is known to be valid."""
    from app.edition.installed import current
    from rules.policy import Policy
    from rules.policy.reading import parse

    Policy.load(path, current(), today())
    return parse(path.read_bytes(), path.name)[0]


def load(options: argparse.Namespace) -> int:
    """Check the entries of a file and put them into a policy file."""
    from app.edition.installed import current
    from app.register.entries import idle, read_register
    from app.register.policyfile import merged
    from app.register.tablefile import check_form

    check_form(options.file)
    catalogue = current()
    read = read_register(options.file, catalogue, today(), options.sheet)
    for remark in read.remarks:
        say(f"  {remark}")
    there = options.policy.exists()
    done, policy = merged(options.policy, read.parts, catalogue, today(), whole=options.whole, dry_run=options.dry_run)
    given = {str(e["id"]) for part in read.parts if part.sheet.setting == "transfer_register" for e in part.entries}
    for name, columns in [item for part in done for item in part.kept.items()]:
        say(
            tr(
                "  {name} is in the policy already and was left as it is there; the exported list says otherwise of: "
                "{columns}. Change it in the policy, or by a sheet transfer_register."
            ).format(name=name, columns=", ".join(columns))
        )
    for name, why in idle(policy):
        if name in given:
            say("  " + tr("Entry {name} covers no flow: {why}").format(name=name, why=why))
    if options.format == "json":
        put_json(done)
    else:
        for part in done:
            put(
                tr("{setting}: {added} new, {changed} changed, {same} unchanged, {removed} removed.").format(
                    setting=_named(part.setting),
                    added=part.added,
                    changed=part.changed,
                    same=part.same,
                    removed=part.removed,
                )
            )
    if options.dry_run:
        say(tr("Nothing was written (--dry-run)."))
    elif any(part.added or part.changed or part.removed for part in done):
        say(tr("Written: {path}").format(path=options.policy))
        if there:
            say(tr("The file as it was before: {path}").format(path=f"{options.policy}.bak"))
    return 0


def warn(store: "Store", by: "Yardstick") -> None:
    """Say on stderr how much of what the organisation recorded ends within two weeks of the judgement, or ended."""
    from app.register.due import WITHIN, due, law_ends
    from app.register.transfers import flows_out

    judged = store.judgement() if law_ends(by.catalogue, by.as_of) else None
    flows = [] if judged is None else flows_out(store, judged.id, judged.scan, by)
    found = due(by.policy, by.catalogue, flows, store.acceptances(), by.as_of, WITHIN)
    found = [item for item in found if item.what != "law" or item.flows]  # what nothing rests on is for the list
    over = sum(item.left < 0 for item in found)
    if found:
        say(
            tr(
                "Within {days} days of {day} {soon} entries, assessments, acceptances or adequacy decisions end or law "
                "changes; {over} ended or changed already."
            ).format(days=WITHIN, day=by.as_of, soon=len(found) - over, over=over)
            + " "
            + tr("`situs register due` lists them.")
        )


def coming(options: argparse.Namespace) -> int:
    """Print what ends or changes within some days: entries, assessments, acceptances, law with flows on it."""
    from app.register.due import due, flows_told, left_told, none_told
    from app.register.transfers import flows_out

    if not 0 <= options.within <= 36_500:
        raise UsageError(tr("--within {n}: give a number of days from 0 to 36500.").format(n=options.within))
    day = day_of("--as-of", options.as_of) or today()
    with judged_store(options.store) as (store, judged):
        by = yardstick(store, judged, options.policy)
        flows = flows_out(store, judged.id, judged.scan, by)
        found = due(by.policy, by.catalogue, flows, store.acceptances(), day, options.within)
    if options.format == "json":
        put_json({"as_of": day, "within": options.within, "due": found})
        return 0
    if not found:
        put(none_told(options.within, str(day)))
    for item in found:
        flows_said = flows_told(item)
        put(f"{item.day}  {left_told(item):<20}  {item.text}" + (f"; {flows_said}" if flows_said else ""))
    return 0
