"""`situs report`: a report of the latest judgement, of any kind and form."""

import argparse
import getpass
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app import audit as job
from app.cli.errors import UsageError
from app.cli.terminal import ProgressLine, say
from app.settings import store_location
from app.texts import tr

if TYPE_CHECKING:
    from app.report.choice import Choice
    from app.report.produce import Sealing
    from app.signing.keys import SigningKey

PASSWORD: Final = "SITUS_REPORT_PASSWORD"  # noqa: S105 - the name of a variable


def report(options: argparse.Namespace) -> int:
    """Write a report of the latest judgement."""
    from app.cli.frameworks import write as write_framework
    from app.store import Store

    if options.list_kinds:
        return _list_kinds()
    paths = _paths(options)
    choice = _choice(options)
    sealing = _sealing(options)
    line = ProgressLine()
    with Store.open(store_location(options.store), create=False) as store:
        judged = store.judgement()
        if judged is None:
            raise UsageError(tr("the store holds no judgement yet; `situs judge` or `situs audit` makes one."))
        written: list[Path] = []
        if options.framework is not None and options.kind is None:  # the view itself, as data
            for form, path in list(paths):
                if form in ("json", "csv"):
                    write_framework(store, judged, options.framework, path)
                    paths.remove((form, path))
                    written.append(path)
        if options.with_passes:
            by = job.yardstick_of(store, judged.id)
            judged = job.judge_scan(store, judged.scan, by, with_passes=True, progress=line)
        from app.report.pack import write_pack
        from app.report.produce import produce

        for form, path in paths:
            if form == "pack":
                written.append(write_pack(store, judged.id, path, choice, sealing=sealing))
            else:
                written.append(produce(store, judged.id, path, choice, form=form, sealing=sealing))
    line.clear()
    for path in written:
        say(tr("Written: {path}").format(path=path))
    if sealing.key is not None:
        say(tr("Signed by {name}.").format(name=sealing.key.identity.name))
    return 0


def _list_kinds() -> int:
    from app.cli.terminal import put
    from app.report.kinds import KINDS

    for kind in KINDS.values():
        put(f"{kind.id:<10} {tr(kind.title)}: {tr(kind.about)}")
    return 0


def _paths(options: argparse.Namespace) -> list[tuple[str, Path]]:
    """Form and path of each file. With several forms, --out is the name without its ending."""
    from app.report.forms import FORMS, UnknownFormError, form_of

    endings = {**FORMS, "pack": ".zip"}
    out: Path = options.out
    if options.format is None:
        if out.suffix.lower() == ".zip":
            return [("pack", out)]
        try:
            return [(form_of(out), out)]
        except UnknownFormError:
            return [("pdf", out.with_name(out.name + ".pdf"))]
    forms: list[str] = list(dict.fromkeys(options.format))
    if len(forms) == 1:
        ending = endings[forms[0]]
        fits = out.suffix.lower() in (ending, ".json" if ending.endswith(".json") or forms[0] == "sarif" else ending)
        return [(forms[0], out if fits else out.with_name(out.name + ending))]
    stem = out.name
    for ending in endings.values():
        stem = stem.removesuffix(ending)
    return [(form, out.with_name(stem + endings[form])) for form in forms]


def _choice(options: argparse.Namespace) -> "Choice":
    from app.report.choice import Choice, scope_of
    from app.settings import data_folder, load_preferences

    kind = options.kind or ("framework" if options.framework else "full")
    choice = Choice(
        kind,
        options.lang or "",
        scope_of(options.scope),
        options.redact,
        options.framework or "",
        options.earlier,
        options.with_passes,
        options.inventory,
        options.logo if options.logo is not None else load_preferences(data_folder()).logo,
    )
    choice.check()
    return choice


def _sealing(options: argparse.Namespace) -> "Sealing":
    """How the file is signed or locked; keys and passwords are asked for before any work is done."""
    from app.report.produce import Sealing

    key = _signing_key(options)
    if not options.lock:
        return Sealing(key, options.reason or "", options.time_stamp or "")
    if key is not None:
        raise UsageError(tr("a report is either signed or locked: sign it, and give it away inside a locked file."))
    password = os.environ.get(PASSWORD)
    if password is None:
        if not sys.stdin.isatty():
            raise UsageError(tr("a password is needed: set the environment variable {name}.").format(name=PASSWORD))
        password = getpass.getpass(tr("Password to open the report: "))
    if len(password) < 8:
        raise UsageError(tr("the password has to have at least 8 characters."))
    return Sealing(password=password)


def _signing_key(options: argparse.Namespace) -> "SigningKey | None":
    if not options.sign:
        if options.key or options.time_stamp or options.reason:
            raise UsageError(tr("--key, --reason and --time-stamp go with --sign."))
        return None
    from app.cli.signatures import key_of
    from app.signing.keys import check_usable

    key = key_of(options)
    check_usable(key.identity)
    return key
