"""The signed file of an edition: a zip with the fact files, a manifest of their digests, and a signature over that.

The signature (Ed25519, RFC 8032) covers the bytes of `manifest.json`; the manifest names the SHA-256 of every fact
file. Nothing is used before both were checked, and nothing is ever unpacked to a path that the file names.
"""

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from msgspec import Struct

from app.texts import tr
from rules.catalogue import Catalogue, CatalogueError
from rules.catalogue.tables import FILES, OTHER_FILES, digest_of, read_files

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ENDING: Final = ".situs-catalogue"
MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
_KIND: Final = "situs-catalogue-1"
_LARGEST_FILE: Final = 8 * 1024 * 1024
_LARGEST: Final = 32 * 1024 * 1024
_AHEAD: Final = 92
"""Days that an edition may be checked for beyond today: facts of a later day would never count as too old."""
_FIXED: Final = (2020, 1, 1, 0, 0, 0)
"""Time of every member, so that the same facts give the same bytes."""


class EditionError(Exception):
    """An edition cannot be used; the text is one sentence for people. What counted before counts on."""


class Edition(Struct, frozen=True):
    """The facts of one edition, as bytes by file name, and who signed them.

    `key` is the fingerprint of the signing key; empty for the edition that comes with the program.
    """

    files: dict[str, bytes]
    key: str = ""

    def catalogue(self) -> Catalogue:
        """The facts, checked row by row. Raises CatalogueError."""
        return Catalogue(self.files)


def not_of_the_future(name: str, catalogue: Catalogue) -> None:
    """Raises EditionError for facts that claim to be checked for a day that is far ahead."""
    known = max(datetime.now(UTC).date(), Catalogue.load().as_of)
    if (catalogue.as_of - known).days > _AHEAD:
        raise EditionError(
            tr(
                "{file}: its facts claim to be checked for {day}, a day that is still to come. Nothing was changed."
            ).format(file=name, day=catalogue.as_of)
        )


def built_in() -> Edition:
    """The edition that comes with the program."""
    from resources import ROOT

    return Edition(read_files(ROOT / "catalogue"))


def fingerprint(key: "Ed25519PublicKey") -> str:
    """SHA-256 of the raw public key, in lower-case hexadecimal."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()


def pack(folder: Path, key: "Ed25519PrivateKey") -> bytes:
    """The signed file for the fact files in a folder. Raises CatalogueError or EditionError for facts of no use."""
    files = read_files(folder)
    catalogue = Catalogue(files)
    not_of_the_future("meta.toml", catalogue)
    manifest = {
        "kind": _KIND,
        "version": catalogue.version,
        "as_of": catalogue.as_of.isoformat(),
        "digest": digest_of(files),
        "key": fingerprint(key.public_key()),
        "files": {name: hashlib.sha256(body).hexdigest() for name, body in sorted(files.items())},
    }
    told = json.dumps(manifest, indent=1, sort_keys=True).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in ((MANIFEST, told), (SIGNATURE, key.sign(told)), *sorted(files.items())):
            member = zipfile.ZipInfo(name, _FIXED)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, body)
    return out.getvalue()


def read(path: Path, trusted: "Mapping[str, Ed25519PublicKey]") -> Edition:
    """The edition in a file, its signature and digests checked. Raises EditionError."""
    try:
        if path.stat().st_size > _LARGEST:
            raise EditionError(tr("{file} is too large to be an edition of the catalogue.").format(file=path.name))
        return _read(path.name, path.read_bytes(), trusted)
    except OSError as error:
        raise EditionError(
            tr("{file} cannot be read: {reason}. Nothing was changed.").format(file=path, reason=error.strerror)
        ) from error


def _read(name: str, body: bytes, trusted: "Mapping[str, Ed25519PublicKey]") -> Edition:
    from cryptography.exceptions import InvalidSignature

    altered = EditionError(
        tr("{file} is not as it was signed: a file in it was altered, added or left out. Nothing was changed.").format(
            file=name
        )
    )
    members = _members(name, body)
    if MANIFEST not in members or SIGNATURE not in members:
        raise EditionError(
            tr("{file} is no signed edition of the catalogue: it has no manifest or no signature.").format(file=name)
        )
    told = members.pop(MANIFEST)
    manifest = _manifest(name, told)
    key = str(manifest.get("key"))
    if key not in trusted:
        raise EditionError(
            tr(
                "{file} is signed by a key that is not trusted here ({key}). If you got the key from its owner by a"
                " way that you trust, add it first: `situs catalogue trust KEY.pem`, or in the window under Law and"
                " updates, Trusted keys."
            ).format(file=name, key=key[:64])
        )
    try:
        trusted[key].verify(members.pop(SIGNATURE), told)
    except InvalidSignature:
        raise altered from None
    digests: dict[str, Any] = manifest["files"]
    if set(digests) != set(members) or any(hashlib.sha256(b).hexdigest() != digests[n] for n, b in members.items()):
        raise altered
    absent = [n for n in (*FILES, *OTHER_FILES) if n not in members]
    if absent:
        raise EditionError(
            tr("{file} was made for another version of the program: it lacks {names}.").format(
                file=name, names=", ".join(absent)
            )
        )
    found = Edition({n: members[n] for n in (*FILES, *OTHER_FILES)}, key)
    try:
        found.catalogue()
    except CatalogueError as error:
        raise EditionError(f"{name}: {error}") from error
    return found


def _members(name: str, body: bytes) -> dict[str, bytes]:
    """The members of a zip, each and all of a bounded size."""
    found: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            if len(archive.infolist()) > 100:
                raise zipfile.BadZipFile("too many members")
            for member in archive.infolist():
                with archive.open(member) as stream:
                    text = stream.read(_LARGEST_FILE + 1)
                if len(text) > _LARGEST_FILE or member.filename in found:
                    raise zipfile.BadZipFile("a member is too large, or there twice")
                found[member.filename] = text
                if sum(map(len, found.values())) > _LARGEST:
                    raise zipfile.BadZipFile("too large")
    except (zipfile.BadZipFile, zipfile.LargeZipFile, RuntimeError, NotImplementedError, EOFError, ValueError) as error:
        raise EditionError(
            tr("{file} is damaged, or no edition of the catalogue ({reason}).").format(file=name, reason=error)
        ) from error
    except (OSError, zlib.error) as error:
        raise EditionError(tr("{file} is damaged.").format(file=name)) from error
    return found


def _manifest(name: str, told: bytes) -> dict[str, Any]:
    try:
        found: Any = json.loads(told)
    except (ValueError, RecursionError):
        found = None
    manifest = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    if manifest.get("kind") != _KIND or not isinstance(manifest.get("files"), dict):
        raise EditionError(
            tr("{file} is no edition of the catalogue that this version of the program reads.").format(file=name)
        )
    return manifest
