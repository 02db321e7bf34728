"""Signatures that can be checked when the certificates are long gone: PAdES B-LT and B-LTA (ETSI EN 319 142-1).

What issuers say about revocation at the moment of signing goes into the file with the signature; a time stamp over the
whole file then shows that it was said before the certificates ended. Both need a time stamp server: only who named one
has agreed to calls over the network when signing.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# asn1crypto and parts of pyHanko have no types.

import io
from pathlib import Path
from typing import Any

from app.signing.errors import SigningError
from app.signing.identity import identity_of_der
from app.signing.revocation import names_somebody
from app.signing.trust import roots
from app.texts import tr


async def context_of(signer: Any, trust: Path | None) -> Any:
    """What the signer's chain is checked with and issuers' answers are gathered in; None where that cannot be done.

    Besides the authorities of this computer the one counts that came with the key. Raises SigningError for a
    certificate that was revoked.
    """
    from pyhanko_certvalidator import CertificateValidator, ValidationContext
    from pyhanko_certvalidator.errors import PathError, RevokedError, ValidationError
    from pyhanko_certvalidator.fetchers.requests_fetchers import RequestsFetcherBackend

    certificate = signer.signing_cert
    others = list(signer.cert_registry or ())
    trusted = [*roots(trust), *(c for c in others if c.self_signed in ("yes", "maybe") and c.ca)]
    context = ValidationContext(
        trust_roots=trusted,
        other_certs=others,
        allow_fetching=True,
        revocation_mode="hard-fail",
        retroactive_revinfo=True,  # answers are younger than the moment at which the check began
        fetcher_backend=RequestsFetcherBackend(per_request_timeout=10),
    )
    validator = CertificateValidator(certificate, intermediate_certs=others, validation_context=context)
    try:
        path = await validator.async_validate_usage(key_usage=set())
    except RevokedError as error:
        raise SigningError(
            tr("The certificate of {name} was revoked on {day}: nothing is signed with it.").format(
                name=identity_of_der(certificate.dump()).name, day=f"{error.revocation_dt:%Y-%m-%d}"
            )
        ) from error
    except (PathError, ValidationError, ValueError):
        return None
    return context if all(map(names_somebody, path.iter_certs(include_root=False))) else None


async def stamped_whole(body: bytes, stamper: Any, context: Any) -> bytes:
    """The signed PDF with a time stamp over all of it, and with what the stamp's issuers say about revocation."""
    from pyhanko.sign.signers import PdfTimeStamper
    from pyhanko.sign.signers.pdf_signer import TimestampDSSContentSettings

    from app.signing.tagged import SteadyWriter

    out = io.BytesIO()
    writer = SteadyWriter(io.BytesIO(body), strict=False)
    await PdfTimeStamper(stamper).async_timestamp_pdf(
        writer,
        "sha256",
        validation_context=context,
        output=out,
        dss_settings=TimestampDSSContentSettings(include_vri=False, update_before_ts=True),
    )
    return out.getvalue()
