"""Second persons: each has a key of their own, kept under a passphrase, and agrees with a signature.

Ed25519 (RFC 8032); the private key lies in PKCS #8, encrypted under the passphrase by the `cryptography` package.
What is signed is the number and the digest of the entry agreed to, and through it everything before.
"""

import base64
import os
import re
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from app.decisions.entry import Actor, DecisionError, Entry, Logged, by, read_log, record, same_person
from app.decisions.state import State, state_of
from app.store.intern import plain
from app.texts import tr

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from app.store import Store

SHORTEST: Final = 12
_LARGEST: Final = 64 * 1024


class KeyFile(Struct, frozen=True):
    """A person's key on this computer: the name it was made for, and the file."""

    name: str
    path: Path


def key_files(folder: Path) -> list[KeyFile]:
    """Keys in the user's data folder."""
    return [KeyFile(p.stem, p) for p in sorted((folder / "people").glob("*.pem"))]


def make_key(folder: Path, name: str, passphrase: str) -> Path:
    """Make a key for a person; returns its file. Raises DecisionError: a short passphrase, a key that is there."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

    plain = re.sub(r'[<>:"/\\|?*\x00-\x1f]', "", name).strip(" .")[:80]
    if not plain:
        raise DecisionError(tr("The second person needs a name."))
    if len(passphrase) < SHORTEST:
        raise DecisionError(tr("The passphrase needs at least {n} characters.").format(n=SHORTEST))
    path = folder / "people" / f"{plain}.pem"
    if path.exists():
        raise DecisionError(tr("There is a key of {name} already.").format(name=plain))
    body = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase.encode())
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(body)
    except OSError as error:
        raise DecisionError(tr("{file} cannot be kept: {reason}.").format(file=path, reason=error.strerror)) from error
    return path


def _opened(path: Path, passphrase: str) -> "Ed25519PrivateKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        with path.open("rb") as file:
            key = load_pem_private_key(file.read(_LARGEST), passphrase.encode())
    except OSError as error:
        raise DecisionError(tr("{file} cannot be read: {reason}.").format(file=path, reason=error.strerror)) from error
    except (ValueError, TypeError):
        raise DecisionError(tr("The passphrase does not open the key {file}.").format(file=path.name)) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise DecisionError(tr("{file} is no key of a second person.").format(file=path.name))
    return key


def _public(key: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def fingerprint(public: bytes) -> str:
    """What people compare: SHA-256 of the public key, its first 16 bytes in groups."""
    text = sha256(public).hexdigest()[:32]
    return ":".join(text[i : i + 4] for i in range(0, 32, 4))


def _signed_by(name: str, public: bytes) -> str:
    return f"{name} ({fingerprint(public)})"


def agreed_by(confirmed: Entry) -> str:
    """How the store names the second person of an entry that confirms; empty where its key is none."""
    try:
        return plain(_signed_by(confirmed.who, base64.b64decode(confirmed.key, validate=True)))
    except ValueError:
        return ""


def statement(one: Logged) -> bytes:
    """The bytes that a second person signs."""
    return f"situs decision\n{one.number}\n{one.digest}\n".encode()


def confirm(store: "Store", person: Actor, key_file: Path, passphrase: str, batch: "list[Logged]") -> list[Logged]:
    """Agree to acceptances, as somebody else than who recorded them. Raises DecisionError, KnownStoreError."""
    key = _opened(key_file, passphrase)
    public = _public(key)
    name = base64.b64encode(public).decode()
    with store.together():
        known = state_of(read_log(store))
        owner = known.people.get(name)
        if owner is not None and not same_person(owner.who, person.name):
            raise DecisionError(tr("This key belongs to {name}.").format(name=owner.who))
        for one in batch:
            if one.entry.kind not in ("accept", "not_applicable", "undo") or not one.entry.acceptance:
                raise DecisionError(tr("Only an acceptance needs a second person."))
            if same_person(one.entry.who, person.name):
                raise DecisionError(
                    tr("{name} recorded this decision; somebody else has to agree.").format(name=person.name)
                )
            if one.number in known.confirmed:
                raise DecisionError(tr("A second person has agreed to this decision already."))
        if owner is None:
            record(store, [by(person, "person", key=name, text=fingerprint(public))])
        entries = [
            by(
                person,
                "confirm",
                rule=one.entry.rule,
                asset=one.entry.asset,
                flow=one.entry.flow,
                confirms=one.number,
                key=name,
                signature=base64.b64encode(key.sign(statement(one))).decode(),
            )
            for one in batch
        ]
        for one in batch:
            store.confirm(one.entry.acceptance, _signed_by(person.name, public))
        return record(store, entries)


def wrong_signatures(state: State) -> list[int]:
    """Numbers of entries whose signature does not fit what they agree to, or whose key nobody owns."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    entries = {e.number: e for e in state.entries}
    wrong: list[int] = []
    for one in state.entries:
        if one.entry.kind != "confirm":
            continue
        agreed, owner = entries.get(one.entry.confirms), state.people.get(one.entry.key)
        try:
            if agreed is None or owner is None or not same_person(owner.who, one.entry.who):
                raise InvalidSignature
            if same_person(agreed.entry.who, one.entry.who):
                raise InvalidSignature
            public = Ed25519PublicKey.from_public_bytes(base64.b64decode(one.entry.key, validate=True))
            public.verify(base64.b64decode(one.entry.signature, validate=True), statement(agreed))
        except (InvalidSignature, ValueError):
            wrong.append(one.number)
    return wrong
