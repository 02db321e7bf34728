"""What the signatures of a file say: whether the file is as it was signed, by whom, and whether the certificate held.

Whether a certificate was revoked is told from the answers that the file keeps; nobody is called unless wanted.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# asn1crypto and parts of pyHanko and pikepdf have no types.

import io
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import Struct

from app.signing.additions import only_stamps_follow
from app.signing.identity import Identity, identity_of_der
from app.signing.revocation import UNASKED, Answers, Standing, kept_answers, standing
from app.signing.sign import run

INTACT: Final = "intact"
ALTERED: Final = "altered"
EXTENDED: Final = "extended"
UNREADABLE: Final = "unreadable"


class Seal(Struct, frozen=True):
    """One signature. Times in UTC.

    `state`: intact (every byte of the file is as it was signed), altered, extended (something was added behind the
    signature), unreadable. `signed_at` is what the signer's computer claimed; `stamped_at` what a time stamp server
    confirmed (None: no stamp that holds), with `stamp_by`. `stamp_broken`: there is a stamp, and it does not hold.
    `vouched`: the chain of issuers leads to one that this computer trusts. `trouble` is why not, for the record.
    """

    field: str
    state: str
    identity: Identity | None = None
    signed_at: datetime | None = None
    stamped_at: datetime | None = None
    stamp_by: str = ""
    stamp_broken: bool = False
    stamp_vouched: bool = False
    vouched: bool = False
    trouble: str = ""
    revocation: Standing = Standing(UNASKED)
    """What is known about revocation of the signer's certificate."""
    stamp_revocation: Standing | None = None
    """The same of the server's that stamped the signature; None where no stamp holds."""
    kept_at: datetime | None = None
    """When a further time stamp was put over the whole file with all that (B-LTA); None: there is none that holds."""


def pdf_seals(body: bytes, trusted: list[Any], *, online: bool = False) -> list[Seal]:
    """The signatures of a PDF in the order they were made; an empty list where there is none.

    With `online`, those are asked about revocation whom certificates name that lead to one of the `trusted`.

    A file that cannot be taken apart gives one seal that is `unreadable` if it looks signed.
    """
    from pyhanko.pdf_utils.reader import PdfFileReader

    _quiet()
    try:
        reader = PdfFileReader(io.BytesIO(body), strict=False)
        embedded: list[Any] = list(reader.embedded_regular_signatures)
    except Exception as error:  # a damaged or hostile file: whatever its parts raise means the same
        return [Seal("", UNREADABLE, trouble=type(error).__name__)] if b"/ByteRange" in body else []
    if not embedded and b"/ByteRange" in body:
        return [Seal("", UNREADABLE, trouble="no signature field")]
    kept = kept_answers(reader)
    at = _kept_at(reader, trusted)
    return [msgspec.structs.replace(_pdf_seal(body, one, trusted, kept, online=online), kept_at=at) for one in embedded]


def _kept_at(reader: Any, trusted: list[Any]) -> datetime | None:
    """When the last time stamp over the whole file was made, if it holds."""
    from pyhanko.sign.validation.generic_cms import async_validate_cms_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel, SignatureStatus

    try:
        stamps: list[Any] = list(reader.embedded_timestamp_signatures)
        if not stamps:
            return None
        last = stamps[-1]
        last.compute_integrity_info(skip_diff=True)
        if last.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
            return None
        status = run(
            async_validate_cms_signature(
                last.signed_data,
                status_cls=SignatureStatus,
                raw_digest=last.tst_signature_digest,
                validation_context=_context(trusted),
                key_usage_settings=_usage(),
            )
        )
        info = last.signed_data["encap_content_info"]["content"].parsed
        return info["gen_time"].native if status.intact and status.valid else None
    except Exception:  # a damaged stamp keeps nothing
        return None


def detached_seal(body: bytes, signature: bytes, trusted: list[Any], *, online: bool = False) -> Seal:
    """What a CMS signature beside a file says of the file."""
    from asn1crypto import cms
    from pyhanko.sign.validation import async_validate_detached_cms

    _quiet()
    try:
        content = cms.ContentInfo.load(signature, strict=True)
        signed: Any = content["content"]

        def validated(moment: datetime | None) -> Any:
            return run(
                async_validate_detached_cms(
                    io.BytesIO(body),
                    signed,
                    signer_validation_context=_context(trusted, moment),
                    ts_validation_context=_context(trusted, moment),
                    key_usage_settings=_usage(),
                )
            )

        status = _at_its_time(validated)
        certificate = status.signing_cert.dump()
    except Exception as error:  # as above
        return Seal("", UNREADABLE, trouble=type(error).__name__)
    exact = content.dump(force=True) == signature
    state = INTACT if status.intact and status.valid and exact else ALTERED
    return _seal("", state, status, certificate, Answers(), online=online)


def _pdf_seal(body: bytes, embedded: Any, trusted: list[Any], kept: Answers, *, online: bool) -> Seal:
    from pyhanko.sign.validation import async_validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    name = str(embedded.field_name)
    try:
        stamps_only = only_stamps_follow(embedded.reader, embedded)

        def validated(moment: datetime | None) -> Any:
            return run(
                async_validate_pdf_signature(
                    embedded,
                    skip_diff=stamps_only,
                    signer_validation_context=_context(trusted, moment),
                    ts_validation_context=_context(trusted, moment),
                    key_usage_settings=_usage(),
                )
            )

        status = _at_its_time(validated)
        certificate = embedded.signer_cert.dump()
        exact = _exact(body, embedded)
    except Exception as error:  # as above
        return Seal(name, UNREADABLE, trouble=type(error).__name__)
    if not (status.intact and status.valid and exact):
        state = ALTERED
    elif status.coverage is SignatureCoverageLevel.ENTIRE_FILE:
        state = INTACT
    elif stamps_only:
        state = INTACT  # as below, recognised without comparing all of both
    elif status.docmdp_ok and _only_signatures_follow(embedded):
        state = INTACT  # a further signature was added, which covers this one
    else:
        state = EXTENDED
    return _seal(name, state, status, certificate, kept, online=online)


def _at_its_time(validated: Callable[[datetime | None], Any]) -> Any:
    """The status now; where a time stamp that holds says when, the status at that moment."""
    status = validated(None)
    stamp = status.timestamp_validity
    if not status.trusted and stamp is not None and stamp.intact and stamp.valid:
        return validated(stamp.timestamp)
    return status


def _only_signatures_follow(embedded: Any) -> bool:
    """Whether everything behind this signature is a later signature that covers the whole file."""
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    last: Any = list(embedded.reader.embedded_signatures)[-1]
    if last.field_name == embedded.field_name:
        return False
    last.compute_integrity_info()
    return last.coverage is SignatureCoverageLevel.ENTIRE_FILE


def _exact(body: bytes, embedded: Any) -> bool:
    """Whether the gap that no digest covers holds the signature in the one way it is written, and nothing else.

    Hexadecimal can be written in two cases and is padded: without this a byte there could change unnoticed.
    """
    begin, length, end, _ = (int(n) for n in embedded.byte_range)
    gap = body[begin + length : end]
    raw = bytes(embedded.pkcs7_content)
    from asn1crypto import cms

    content = cms.ContentInfo.load(raw)
    again = content.dump(force=True)
    if raw[: len(again)] != again or raw[len(again) :].strip(b"\0"):
        return False
    if not _plain_frame(content["content"]):
        return False
    text = gap[1:-1]
    wanted = again.hex().encode().ljust(len(text), b"0")
    return gap[:1] == b"<" and gap[-1:] == b">" and text in (wanted, wanted.upper())


def _plain_frame(signed: Any) -> bool:
    """Whether the parts of the signature's frame that are not signed themselves are as the standard fixes them."""
    info = signed["signer_infos"][0]
    algorithms = [a["algorithm"].native for a in signed["digest_algorithms"]]
    return (
        len(signed["signer_infos"]) == 1
        and signed["version"].native in ("v1", "v3")
        and info["version"].native == "v1"
        and algorithms == [info["digest_algorithm"]["algorithm"].native]
    )


def _seal(name: str, state: str, status: Any, certificate: bytes, kept: Answers, *, online: bool) -> Seal:
    stamp: Any = status.timestamp_validity
    holds = stamp is not None and bool(stamp.intact and stamp.valid)
    trouble = status.trust_problem_indic
    moment = stamp.timestamp if stamp is not None and holds else None
    whole = state == INTACT  # nobody is called about a file that was altered
    known = _standing(status, kept, moment, online=online and whole)
    clock = _standing(stamp, kept, moment, online=online and whole) if holds else None
    return Seal(
        name,
        state,
        identity_of_der(certificate),
        status.signer_reported_dt,
        stamp.timestamp if stamp is not None and holds else None,
        identity_of_der(stamp.signing_cert.dump()).name if stamp is not None else "",
        stamp is not None and not holds,
        stamp is not None and holds and bool(stamp.trusted),
        bool(status.trusted),
        "" if trouble is None else str(trouble.name),
        known,
        clock,
    )


def _standing(status: Any, kept: Answers, moment: datetime | None, *, online: bool) -> Standing:
    path = status.validation_path if status.trusted else None
    return run(standing(path, kept, moment, online=online))


def _context(trusted: list[Any], moment: datetime | None = None) -> Any:
    from pyhanko_certvalidator import ValidationContext

    return ValidationContext(
        trust_roots=trusted, allow_fetching=False, revocation_mode="soft-fail", moment=moment, retroactive_revinfo=True
    )


def _quiet() -> None:
    """What the library has to say about certificates is told in our own words."""
    for name in ("pyhanko", "pyhanko_certvalidator"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _usage() -> Any:
    from pyhanko.sign.validation.settings import KeyUsageConstraints

    # Many certificates for people carry one of the two only.
    return KeyUsageConstraints(key_usage={"non_repudiation", "digital_signature"}, match_all_key_usages=False)
