"""The check of one file, from its signature to the store behind it."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.report.proof import Manifest, read_manifest
from app.signing.errors import SigningError
from app.signing.keys import own_identity
from app.signing.seals import detached_seal, pdf_seals
from app.signing.sign import DETACHED
from app.signing.trust import roots
from app.texts import tr
from app.verification.answers import Check, Outcome, Verification
from app.verification.enclosures import Found, enclosed
from app.verification.holdings import store_checks
from app.verification.signatures import signature_checks

if TYPE_CHECKING:
    from app.store import Store

LARGEST: Final = 2 << 30


def verify(
    path: Path,
    *,
    store: "Store | None" = None,
    trust: Path | None = None,
    data_folder: Path | None = None,
    online: bool = False,
) -> Verification:
    """Checks a PDF (its own signatures) or any other file with FILE.p7s beside it.

    `trust` is a file of certificates to trust besides those of this computer; `data_folder` is where the key made here
    lies. Without a store, what lies in one is `not_checked`. With `online`, issuers whom this computer trusts are asked
    whether certificates were revoked; otherwise nobody is called. Raises SigningError where the file cannot be read.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise SigningError(tr("{path} is larger than 2 GB: no report is.").format(path=path))
        body = path.read_bytes()
    except OSError as error:
        raise SigningError(tr("{path} cannot be read: {reason}.").format(path=path, reason=error.strerror)) from error
    trusted = roots(trust)
    own = own_identity(data_folder) if data_folder is not None else None
    is_pdf = body[:1024].lstrip().startswith(b"%PDF-")
    if is_pdf:
        seals = pdf_seals(body, trusted, online=online)
    else:
        signature = _beside(path)
        seals = [] if signature is None else [detached_seal(body, signature, trusted, online=online)]
    checks = signature_checks(seals, own)
    if is_pdf:
        checks += _content(body, store)
    return Verification(path.name, hashlib.sha256(body).hexdigest(), checks, seals)


def _beside(path: Path) -> bytes | None:
    try:
        with path.with_name(path.name + DETACHED).open("rb") as file:
            return file.read(1 << 20)
    except OSError:
        return None


def _content(body: bytes, store: "Store | None") -> list[Check]:
    try:
        found = enclosed(body)
    except ValueError:
        return [Check("attachments", Outcome.WRONG, tr("the file is damaged: what is inside cannot be read."))]
    if found.manifest is None:
        text = tr("There is no manifest in it: it is no report of this program, or an older one.")
        return [Check("manifest", Outcome.NOT_CHECKED, text)]
    try:
        manifest = read_manifest(found.manifest)
    except ValueError:
        return [Check("manifest", Outcome.WRONG, tr("its manifest cannot be understood."))]
    checks = [_attachments(manifest, found)]
    if store is None:
        text = tr("No store was named, so chain, findings and evidence were not compared; --store names one.")
        return [*checks, Check("chain", Outcome.NOT_CHECKED, text)]
    return checks + store_checks(manifest, found.evidence, store)


def _attachments(manifest: Manifest, found: Found) -> Check:
    for file in manifest.files:
        if found.files.get(file.name) != (file.bytes, file.sha256):
            text = tr("the file {name} inside it is not the one that its manifest names.")
            return Check("attachments", Outcome.WRONG, text.format(name=file.name[:80]))
    text = tr("The files inside it are those that its manifest names.")
    return Check("attachments", Outcome.OK, text)
