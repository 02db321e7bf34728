"""Signing: PAdES into a PDF, a CMS signature beside any other file. The file appears whole or not at all."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# asn1crypto and parts of pyHanko and pikepdf have no types.

import asyncio
import io
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from app.report.files import replacing
from app.signing.errors import SigningError
from app.signing.keys import SigningKey, check_usable
from app.signing.stamps import stamp_trouble, time_stamper
from app.texts import tr

FIELD: Final = "Situs"
DETACHED: Final = ".p7s"
SEAL: Final = (60, 36, 330, 84)
"""Where the cover of a report leaves room for the visible signature: points from the lower left corner."""
_T = TypeVar("_T")


def sign_file(
    source: Path,
    key: SigningKey,
    out: Path | None = None,
    *,
    reason: str = "",
    time_stamp_server: str = "",
    seal: bool | None = None,
    trust: Path | None = None,
    tell: Callable[[str], None] | None = None,
) -> Path:
    """Signs a file and returns what was written: for a PDF the PDF itself (or `out`), else FILE.p7s beside it.

    `seal` puts the visible signature where the cover of a report leaves room; default: where the PDF is one of ours.
    `trust` is a file of certificates to trust besides those of this computer; `tell` is given a sentence about how
    long the signature can be checked.
    Raises SigningError, or ReportNotWrittenError where the file cannot be written; then the source is as it was.
    """
    check_usable(key.identity)
    try:
        body = source.read_bytes()
    except OSError as error:
        raise SigningError(tr("{path} cannot be read: {reason}.").format(path=source, reason=error.strerror)) from error
    if body[:1024].lstrip().startswith(b"%PDF-"):
        target = out or source
        signed = sign_pdf(
            body, key, reason=reason, time_stamp_server=time_stamp_server, seal=seal, trust=trust, tell=tell
        )
    else:
        target = out or source.with_name(source.name + DETACHED)
        signed = sign_bytes(body, key, time_stamp_server=time_stamp_server)
    with replacing(target) as file:
        file.write_bytes(signed)
    return target


def sign_pdf(
    body: bytes,
    key: SigningKey,
    *,
    reason: str = "",
    time_stamp_server: str = "",
    seal: bool | None = None,
    trust: Path | None = None,
    tell: Callable[[str], None] | None = None,
) -> bytes:
    """The PDF with a PAdES signature (ETSI EN 319 142-1). Raises SigningError.

    Level B-B; with a time stamp server B-LTA where the issuers say whether the certificates were revoked, else B-T.
    """
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign import fields, signers
    from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference

    from app.signing.appearance import stamp_style
    from app.signing.longterm import context_of, stamped_whole
    from app.signing.tagged import SteadyWriter, tag_field, without_claims

    check_usable(key.identity)
    stamper = time_stamper(time_stamp_server) if time_stamp_server else None
    source = io.BytesIO(body)
    try:
        writer = SteadyWriter(source, strict=False)
        if writer.prev.encrypted:
            raise SigningError(tr("The PDF is locked with a password: sign it first, then lock a copy."))
        ours = seal if seal is not None else _is_ours(writer)
        box = SEAL if ours else None
        style = stamp_style(SEAL, key.identity, reason) if ours else None
        names = {name for name, _, _ in fields.enumerate_sig_fields(writer)}
        field = next(n for n in (FIELD, *(f"{FIELD} {i}" for i in range(2, 1000))) if n not in names)
        if names:
            box, style = None, None  # the room on the cover is for the first signature
        fields.append_signature_field(writer, fields.SigFieldSpec(field, on_page=0, box=box))
        about = tr("Signature of {name}").format(name=key.identity.name)
        tag_field(writer, next(ref for n, _, ref in fields.enumerate_sig_fields(writer) if n == field), about)
        signer = key.make_signer()
        context = run(context_of(signer, trust)) if stamper is not None and not key.identity.home_made else None
        meta = signers.PdfSignatureMetadata(
            field_name=field,
            md_algorithm="sha256",
            reason=reason or None,
            name=key.identity.name,
            subfilter=fields.SigSeedSubFilter.PADES,
            embed_validation_info=context is not None,
            validation_context=context,
            dss_settings=DSSContentSettings(
                include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE
            ),
        )
        if context is not None:
            without_claims(writer)
        out = io.BytesIO()
        run(signers.PdfSigner(meta, signer, timestamper=stamper, stamp_style=style).async_sign_pdf(writer, output=out))
        signed = out.getvalue()
        if context is not None:
            signed = run(stamped_whole(signed, stamper, context))
        if tell is not None and stamper is not None:
            tell(
                tr(
                    "The file holds what the issuers say about revocation, under a time stamp: it can be checked after"
                    " the certificates have ended (PAdES B-LTA)."
                )
                if context is not None
                else tr(
                    "The file holds nothing about revocation: the certificate names nobody who could be asked, or its"
                    " issuers were not reached or are not known here (PAdES B-T)."
                )
            )
    except SigningError:
        raise
    except PdfError as error:
        raise SigningError(tr("This PDF cannot be signed: {reason}.").format(reason=str(error)[:200])) from error
    except Exception as error:
        trouble = stamp_trouble(error, time_stamp_server) if time_stamp_server else None
        if trouble is None:
            raise
        raise trouble from error
    return signed


def sign_bytes(body: bytes, key: SigningKey, *, time_stamp_server: str = "") -> bytes:
    """A CMS signature (DER, detached) that `openssl cms -verify -inform DER` checks. Raises SigningError."""
    check_usable(key.identity)
    stamper = time_stamper(time_stamp_server) if time_stamp_server else None
    from pyhanko.sign.signers.pdf_cms import CMSSignedAttributes

    signer = key.make_signer()
    attributes = CMSSignedAttributes(signing_time=datetime.now(UTC))
    try:
        made = run(
            signer.async_sign_general_data(
                body, "sha256", detached=True, timestamper=stamper, signed_attr_settings=attributes
            )
        )
    except Exception as error:
        trouble = stamp_trouble(error, time_stamp_server) if time_stamp_server else None
        if trouble is None:
            raise
        raise trouble from error
    return made.dump()


def _is_ours(writer: Any) -> bool:
    """Whether the PDF is one of our reports, whose cover leaves room for the signature."""
    from pyhanko.pdf_utils.misc import PdfError

    try:
        return str(writer.prev.trailer["/Info"]["/Creator"]) == "Situs"
    except (KeyError, PdfError, AttributeError, TypeError):
        return False


def run(task: Coroutine[Any, Any, _T]) -> _T:
    """Runs pyHanko's coroutine to its end."""
    return asyncio.run(task)
