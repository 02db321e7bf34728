"""`situs sign`, `situs verify` and `situs signing-key`."""

import argparse
import getpass
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from app.cli.errors import UsageError
from app.cli.terminal import put, say
from app.settings import data_folder, store_location
from app.texts import tr

if TYPE_CHECKING:
    from app.signing.keys import SigningKey
    from app.store import Store

VARIABLE: Final = "SITUS_SIGN_PASSPHRASE"
_MARKS: Final = {"ok": "  ok   ", "note": "  note ", "wrong": "  WRONG", "not_checked": "  ?    "}


def sign(options: argparse.Namespace) -> int:
    """Sign files: PDFs inside, other files with FILE.p7s beside them."""
    from app.signing.sign import sign_file

    if options.out is not None and len(options.files) > 1:
        raise UsageError(tr("--out goes with one file only."))
    key = key_of(options)
    for path in options.files:
        told: list[str] = []
        written = sign_file(
            path, key, options.out, reason=options.reason or "", time_stamp_server=options.time_stamp or "",
            trust=options.trust, tell=told.append,
        )  # fmt: skip
        say(tr("Signed by {name}: {path}").format(name=key.identity.name, path=written))
        for sentence in told:
            say(sentence)
    if key.identity.home_made:
        say(tr("The key was made on this computer: it shows that the file was not changed, not who you are."))
    return 0


def verify(options: argparse.Namespace) -> int:
    """Check files; exit status 1 where one of them is not to be relied on."""
    import msgspec

    from app.verification import verify as check

    good = True
    answers: list[Any] = []
    store = _store(options.store)
    try:
        for path in options.files:
            found = check(path, store=store, trust=options.trust, data_folder=data_folder(), online=options.online)
            good &= found.good
            answers.append({**msgspec.structs.asdict(found), "good": found.good, "answer": found.answer})
            if options.format == "text":
                put(f"{path}")
                put(f"  {found.answer}")
                for one in found.checks:
                    put(f"{_MARKS[one.outcome.value]}  {one.text[:1].upper()}{one.text[1:]}")
                put(f"         SHA-256 {found.sha256}")
    finally:
        if store is not None:
            store.close()
    if options.format == "json":
        from app.cli.latest import put_json

        put_json(answers)
    return 0 if good else 1


def make_key(options: argparse.Namespace) -> int:
    """Make a key on this computer."""
    from app.signing.keys import CERTIFICATE, SHORTEST, make_own_key, own_key_path

    passphrase = os.environ.get(VARIABLE)
    if passphrase is None:
        passphrase = _ask(tr("Passphrase for the new key (at least {n} characters): ").format(n=SHORTEST))
        if passphrase != _ask(tr("The same again: ")):
            raise UsageError(tr("the two passphrases differ; nothing was made."))
    who = make_own_key(data_folder(), options.name, passphrase, replace=options.replace)
    path = own_key_path(data_folder())
    say(tr("Made: {path}, for {name}, valid until {day}.").format(path=path, name=who.name, day=who.valid_until.date()))
    say(tr("Give {path} to those who check your reports.").format(path=path.with_name(CERTIFICATE)))
    say(tr("SHA-256 of the certificate: {digest}").format(digest=who.fingerprint))
    return 0


def show_keys(options: argparse.Namespace) -> int:
    """Print the keys that can sign here."""
    from app.signing.keys import own_identity, own_key_path
    from app.signing.windows import certificates

    own = own_identity(data_folder())
    if own is None:
        put(tr("No key was made on this computer yet: `situs signing-key make --name NAME` makes one."))
    else:
        put(f"own      {own.name}  {own.valid_until:%Y-%m-%d}  {own.fingerprint}")
        put(f"         {own_key_path(data_folder())}")
    for found in certificates():
        who = found.identity
        put(f"windows:{found.thumbprint}  {who.name}  ({who.issuer})  {who.valid_until:%Y-%m-%d}")
    return 0


def key_of(options: argparse.Namespace) -> "SigningKey":
    """The key that the options name: `own` (default), a PKCS#12 file, or `windows:THUMBPRINT`."""
    from app.signing.keys import load_own_key, load_pkcs12, own_key_path

    chosen: str = options.key or "own"
    if chosen.startswith("windows:"):
        from app.signing.windows import windows_key

        return windows_key(chosen.removeprefix("windows:"))
    if chosen == "own":
        if not own_key_path(data_folder()).is_file():
            return load_own_key(data_folder(), "")  # says that there is none
        return load_own_key(data_folder(), _passphrase(own_key_path(data_folder())))
    path = Path(chosen)
    if not path.is_file():
        raise UsageError(
            tr("--key {path}: there is no such file. It is `own`, a .p12 file, or windows:THUMBPRINT.").format(
                path=path
            )
        )
    return load_pkcs12(path, _passphrase(path))


def _passphrase(path: Path) -> str:
    given = os.environ.get(VARIABLE)
    return given if given is not None else _ask(tr("Passphrase of {path}: ").format(path=path))


def _ask(text: str) -> str:
    if not sys.stdin.isatty():
        raise UsageError(tr("a passphrase is needed: set the environment variable {name}.").format(name=VARIABLE))
    return getpass.getpass(text)


def _store(given: str | None) -> "Store | None":
    """The store that was named, or the user's own where there is one."""
    from app.store import Store

    where = store_location(given)
    if given is None and isinstance(where, Path) and not where.exists():
        return None
    return Store.open(where, create=False, read_only=True)
