"""The commands of the vault. A secret comes from a prompt or from standard input, never from the command line."""

import argparse
import getpass
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from app.cli.errors import UsageError
from app.cli.latest import day_of, put_json
from app.cli.main import FAILED, OK
from app.cli.terminal import put, say
from app.texts import tr, trn
from app.vault import BY_PASSPHRASE, Entry, Vault, VaultError, of_user
from app.vault.keys import LEAST_CHARACTERS, SystemKeyring, given_passphrase
from app.vault.vault import MOST_CHARACTERS, WARN_DAYS

_MOST_BYTES: Final = MOST_CHARACTERS * 4


def put_secret(options: argparse.Namespace) -> int:
    """Store a secret, or replace one."""
    vault = _vault()
    expires = day_of("--expires", options.expires)
    if expires is not None and expires <= datetime.now(UTC).date():
        raise UsageError(tr("--expires {day}: that day has passed.").format(day=expires.isoformat()))
    now = vault.status()
    first = now.protection == ""
    if first and not now.trouble and not now.keyring and options.protect != BY_PASSPHRASE:
        SystemKeyring()  # says why nothing can be stored, before anyone types a secret
    if first and options.protect == BY_PASSPHRASE and given_passphrase() is None and sys.stdin.isatty():
        passphrase = _new_passphrase()
        vault = Vault(vault.file.parent, ask=lambda: passphrase)
    secret = _secret(tr("Secret {name} (not shown): ").format(name=options.name))
    entry = vault.keep(options.name, secret, expires=expires, note=options.note or "", protect=options.protect)
    say(tr("Stored. Name it as vault:{name} in connections.toml.").format(name=entry.name))
    return OK


def names(options: argparse.Namespace) -> int:
    """What is in the vault: names and dates, never secrets."""
    found = _vault().entries()
    if options.format == "json":
        put_json([{"name": e.name, "changed": e.changed, "expires": e.expires, "note": e.note} for e in found])
        return OK
    for entry in found:
        put(_line(entry))
    if not found:
        say(tr("The vault is empty. Prefer single sign-on, a command-line login or a role: then nothing is stored."))
    return OK


def remove(options: argparse.Namespace) -> int:
    """Remove a secret."""
    _vault().discard(options.name)
    say(tr("Removed: {name}. Revoke it at the provider as well, if nobody else uses it.").format(name=options.name))
    return OK


def rotate(options: argparse.Namespace) -> int:
    """Everything under a new master key, and another protection where one is named."""
    vault = _vault()
    wanted: str = options.protect or vault.status().protection
    vault.unlock()
    fresh = None
    if wanted == BY_PASSPHRASE and (vault.status().protection == BY_PASSPHRASE or given_passphrase() is None):
        fresh = _new_passphrase()
    count = vault.rotate(options.protect, fresh)
    say(
        trn(
            "One secret is encrypted anew under a new key, protected by the {by}.",
            "{n} secrets are encrypted anew under a new key, protected by the {by}.",
            count,
        ).format(n=count, by=wanted)
    )
    say(tr("The secrets themselves are the same: `situs vault set NAME` replaces one after you renewed it."))
    return OK


def status(options: argparse.Namespace) -> int:
    """How the vault is protected, whether it opens, and what ends soon. Fails where it does not open."""
    found = _vault().status()
    today = datetime.now(UTC).date()
    ending = [e for e in found.entries if e.ends_within(WARN_DAYS, today)]
    if options.format == "json":
        put_json(
            {
                "file": str(found.file),
                "protection": found.protection or None,
                "keyring": found.keyring or None,
                "entries": len(found.entries),
                "expiring": [e.name for e in ending],
                "trouble": found.trouble or None,
            }
        )
        return FAILED if found.trouble else OK
    put(tr("File: {file}").format(file=found.file))
    if found.keyring:
        put(tr("Keyring of this computer: {name}").format(name=found.keyring))
    else:
        put(tr("Keyring of this computer: none that encrypts for you"))
    if not found.protection:
        put(found.trouble or tr("There is no vault yet."))
        return FAILED if found.trouble else OK
    count = len(found.entries)
    put(
        trn("One secret, protected by the {by}.", "{n} secrets, protected by the {by}.", count).format(
            n=count, by=found.protection
        )
    )
    for entry in ending:
        put("  " + _line(entry, today))
    if found.trouble:
        say(found.trouble)
        return FAILED
    return OK


def export(options: argparse.Namespace) -> int:
    """Always refused: the vault gives a secret to the login that needs it, and to nothing else."""
    del options
    raise VaultError(
        tr(
            "Secrets are not exported. On another computer, set them again: `situs vault set NAME`. Better: a login "
            "that needs no stored secret (single sign-on, a command-line login, a role)."
        )
    )


def _line(entry: Entry, today: date | None = None) -> str:
    text = f"{entry.name:<32} {tr('changed')} {entry.changed:%Y-%m-%d}"
    if entry.expires is not None:
        over = entry.expires <= (today or datetime.now(UTC).date())
        text += f"  {tr('EXPIRED') if over else tr('expires')} {entry.expires.isoformat()}"
    return text + (f"  {entry.note}" if entry.note else "")


def _vault() -> Vault:
    from app import vault

    if sys.stdin.isatty():
        vault.ask_with(lambda: getpass.getpass(tr("Passphrase of the vault (not shown): ")) or None)
    return of_user()


def _secret(prompt: str) -> str:
    if sys.stdin.isatty():
        return getpass.getpass(prompt)
    source = getattr(sys.stdin, "buffer", None)
    if source is None:
        text = sys.stdin.read(MOST_CHARACTERS + 1)
    else:
        raw: bytes = source.read(_MOST_BYTES + 1)
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise UsageError(tr("the secret on standard input is not UTF-8.")) from None
    return text.removesuffix("\n").removesuffix("\r")


def _new_passphrase() -> str:
    if not sys.stdin.isatty():
        given = given_passphrase_new()
        if given is None:
            raise UsageError(
                tr(
                    "a new passphrase is asked for at the keyboard; where nobody is there, name its file in "
                    "SITUS_VAULT_NEW_PASSPHRASE_FILE."
                )
            )
        return given
    first = getpass.getpass(tr("New passphrase of the vault (12 characters or more): "))
    if len(first) < LEAST_CHARACTERS:
        raise UsageError(
            tr("a passphrase has at least {n} characters; several words are best.").format(n=LEAST_CHARACTERS)
        )
    if getpass.getpass(tr("Once more: ")) != first:
        raise UsageError(tr("the two passphrases differ; nothing was changed."))
    return first


def given_passphrase_new() -> str | None:
    """The new passphrase from the file that SITUS_VAULT_NEW_PASSPHRASE_FILE names, or None."""
    import os

    file = os.environ.get("SITUS_VAULT_NEW_PASSPHRASE_FILE")
    return given_passphrase({"SITUS_VAULT_PASSPHRASE_FILE": str(Path(file))}) if file else None
