"""`situs catalogue`: which edition of law and facts counts, and renewing it offline by a signed file."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.cli.errors import UsageError
from app.cli.latest import change_line, flow_names, put_json
from app.cli.terminal import put, say
from app.settings import data_folder, store_location
from app.texts import grouped, tr, trn

if TYPE_CHECKING:
    from app.edition.changes import FactChange, Preview
    from app.edition.file import Edition

PASSPHRASE: Final = "SITUS_KEY_PASSPHRASE"  # noqa: S105 - the name of a variable
_MOST: Final = 100


def show(options: argparse.Namespace) -> int:
    """Print which edition counts, how old it is, and whose keys are trusted."""
    from app.cli.latest import today
    from app.edition.installed import standing
    from app.edition.keys import trusted_keys

    now, keys = standing(), trusted_keys(data_folder())
    age = max(0, (today() - now.as_of).days)
    if options.format == "json":
        put_json({"edition": now, "age_days": age, "keys": keys})
        return 0
    signer = next((key.name for key in keys if key.fingerprint == now.key), now.key)
    origin = tr("signed by {name}").format(name=signer) if now.key else tr("came with the program")
    put(tr("Edition {version}, checked for {day} ({origin})").format(version=now.version, day=now.as_of, origin=origin))
    put(tr("Digest {digest}").format(digest=now.digest))
    put(trn("{n} day old", "{n} days old", age).format(n=age))
    if now.set_aside:
        put(
            tr("The installed edition {version} is older than that of the program and does not count.").format(
                version=now.set_aside
            )
        )
    for key in keys:
        put(
            tr("Trusted since {day}: {name} ({fingerprint})").format(
                day=key.since, name=key.name, fingerprint=key.fingerprint
            )
        )
    return 0


def preview(options: argparse.Namespace) -> int:
    """Print what an edition would change: facts, and findings of the latest judgement. Nothing is stored."""
    from app.edition.changes import preview as made
    from app.store import KnownStoreError, Store

    after = _read(options.file)
    try:
        with Store.open(store_location(options.store), create=False, read_only=True) as store:
            found = made(store, after)
            judged = store.judgement()
            named = found.findings.changes[:_MOST] if found.findings is not None and options.format != "json" else []
            names = flow_names(store, judged, named) if judged is not None else {}
    except (KnownStoreError, FileNotFoundError):
        if options.store is not None:
            raise
        found, names = made(None, after), {}  # nothing was ever scanned here: the facts are all there is to compare
    if options.format == "json":
        put_json(found)
        return 0
    _tell(found, names)
    return 0


def _read(path: Path) -> "Edition":
    from app.edition.file import read
    from app.edition.keys import trusted

    return read(path, trusted(data_folder()))


def _tell(found: "Preview", names: dict[str, str]) -> None:
    put(tr("Edition {version}, checked for {day}").format(version=found.version, day=found.as_of))
    n = len(found.facts)
    put(trn("{n} fact changes:", "{n} facts change:", n).format(n=grouped(n)) if n else tr("No fact changes."))
    for fact in found.facts[:_MOST]:
        put(f"  {tr(fact.change):<8} {fact.file}: {fact.key}{_cells(fact)}")
    if n > _MOST:
        put(tr("  … and {n} more; --format json lists all.").format(n=grouped(n - _MOST)))
    if found.findings is None:
        put(tr("Nothing was judged yet, so no finding changes."))
        return
    counts = found.findings.counts
    put(
        tr("Findings as of {day}: {new} new, {gone} gone, {changed} changed.").format(
            day=found.findings.as_of, new=counts["new"], gone=counts["gone"], changed=counts["changed"]
        )
    )
    for change in found.findings.changes[:_MOST]:
        put(change_line(change, names))
    if len(found.findings.changes) > _MOST:
        put(tr("  … and {n} more; --format json lists all.").format(n=grouped(len(found.findings.changes) - _MOST)))


def _cells(fact: "FactChange") -> str:
    told = "; ".join(f"{name}: {before or '∅'} → {after or '∅'}" for name, (before, after) in fact.cells.items())
    return f" ({told[:200]})" if told else ""


def install(options: argparse.Namespace) -> int:
    """Make the edition in a signed file count."""
    from app.edition.installed import install as make_count

    now = make_count(options.file, older=options.older)
    if now.set_aside:
        say(
            tr("The installed edition {version} is older than that of the program and does not count.").format(
                version=now.set_aside
            )
        )
        return 0
    say(
        tr("Edition {version} of {day} counts from now on. Judge again to see what it changes.").format(
            version=now.version, day=now.as_of
        )
    )
    return 0


def remove(_: argparse.Namespace) -> int:
    """Go back to the edition of the program."""
    from app.edition.installed import remove as forget

    was = forget()
    say(tr("The edition of the program counts again.") if was else tr("No other edition was installed."))
    return 0


def trust(options: argparse.Namespace) -> int:
    """Trust the signatures of a key from now on."""
    from app.edition.keys import trust as believe

    key = believe(data_folder(), options.key, options.name or "")
    say(tr("Editions signed by {name} are trusted from now on.").format(name=key.name))
    say(tr("Compare this with what the owner of the key tells you: {fingerprint}").format(fingerprint=key.fingerprint))
    return 0


def distrust(options: argparse.Namespace) -> int:
    """Trust a key no longer."""
    from app.edition.keys import distrust as doubt

    say(
        tr("Editions signed by {name} are not trusted any more.").format(
            name=doubt(data_folder(), options.fingerprint).name
        )
    )
    return 0


def new_key(options: argparse.Namespace) -> int:
    """Make a key pair for signing editions."""
    from app.edition.keys import make

    private, public = options.out.with_suffix(".pem"), options.out.with_suffix(".pub.pem")
    for path in (private, public):
        if path.exists():
            raise UsageError(tr("{file} is there already; a key is never overwritten.").format(file=path))
    secret, open_part, mark = make(_passphrase())
    private.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(secret)
    public.write_bytes(open_part)
    say(tr("Private key: {file}. Keep it and its passphrase apart, and give it to nobody.").format(file=private))
    say(tr("Public key: {file}, fingerprint {fingerprint}").format(file=public, fingerprint=mark))
    return 0


def pack(options: argparse.Namespace) -> int:
    """Write a signed edition from a folder of fact files."""
    from app.edition.file import ENDING
    from app.edition.file import pack as signed
    from app.edition.keys import private_key
    from app.report.files import replacing

    out: Path = options.out
    if out.suffix != ENDING:
        raise UsageError(tr("--out {file}: the name ends in {ending}.").format(file=out.name, ending=ENDING))
    body = signed(options.source, private_key(options.key, os.environ.get(PASSPHRASE) or None))
    with replacing(out) as target:
        target.write_bytes(body)
    say(tr("Written: {file}").format(file=out))
    return 0


def facts(options: argparse.Namespace) -> int:
    """Write the fact files of the edition that counts, to be changed and packed."""
    from app.edition.installed import edition

    folder: Path = options.out
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(tr("{folder} is not empty.").format(folder=folder))
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in edition().files.items():
        (folder / name).write_bytes(body)
    say(tr("Written: {file}").format(file=folder))
    return 0


def _passphrase() -> str:
    found = os.environ.get(PASSPHRASE)
    if found is None:
        import getpass
        import sys

        if not sys.stdin.isatty():
            raise UsageError(
                tr("There is nobody to ask for the passphrase; put it into {name}.").format(name=PASSPHRASE)
            )
        found = getpass.getpass(tr("Passphrase for the new key: "))
    return found
