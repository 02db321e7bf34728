"""Whether a certificate was revoked: from what lies in the file, or from those whom its issuer names, if asked to.

An issuer tells by OCSP (RFC 6960) or by a list, CRL (RFC 5280); both are signed, so it does not matter who kept them.
Addresses are called only of certificates whose chain leads to an authority that this computer trusts: a stranger's file
does not decide whom this computer calls. What nobody answered is never taken for a good answer.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# asn1crypto and parts of pyHanko have no types.

from datetime import UTC, datetime
from typing import Any, Final

from msgspec import Struct

from app.signing.identity import identity_of_der

GOOD: Final = "good"
REVOKED: Final = "revoked"
LATER: Final = "later"
UNASKED: Final = "unasked"
UNREACHED: Final = "unreached"
UNNAMED: Final = "unnamed"
UNKNOWN: Final = "unknown"
TIMEOUT: Final = 10


class Standing(Struct, frozen=True):
    """What is known about revocation of a certificate and of those between it and the authority. Times in UTC.

    `state`: good (not revoked as of `at`, so its issuer says), revoked (at `at`), later (revoked at `at`, after the
    moment that a time stamp shows), unasked (nobody was asked, and the file holds no answer), unreached (asked, no
    usable answer: `reason`), unnamed (the certificate `about` names nobody to ask), unknown (its chain leads to nobody
    whom this computer trusts, so nobody is asked). `reason` of a revocation is the issuer's word. `kept`: the answer
    was in the file.
    """

    state: str
    at: datetime | None = None
    about: str = ""
    reason: str = ""
    kept: bool = False


class Answers(Struct):
    """Answers of issuers: OCSP responses and revocation lists as DER."""

    responses: list[bytes] = []
    lists: list[bytes] = []


async def standing(path: Any, kept: Answers, moment: datetime | None, *, online: bool) -> Standing:
    """What is known of the certificate at the end of a chain. `moment`: when a time stamp shows that it was used.

    With `online`, those are asked whom its certificates name; otherwise only the answers that are `kept` count.
    """
    if path is None:
        return Standing(UNKNOWN)
    chain = list(path.iter_certs(include_root=False))
    if not chain:
        return Standing(UNNAMED, about=_name(path.last))
    silent = next((c for c in chain if not names_somebody(c)), None)
    if silent is not None:
        return Standing(UNNAMED, about=_name(silent))
    asked = Answers()
    trouble = await _ask(path, chain, asked) if online else ""
    answers = Answers(kept.responses + asked.responses, kept.lists + asked.lists)
    leaf = chain[-1]
    said = _said_at(leaf, answers)
    now = datetime.now(UTC)
    inside = not online or bool(trouble)

    async def judged(at: datetime) -> Standing | None:
        # What issuers say now outweighs what the file keeps, also where both were said within one second.
        if online and not trouble:
            newest = await _judge(path, chain, asked, at)
            if newest is None or newest.state == REVOKED:
                return newest
        return await _judge(path, chain, answers, at)

    found = await judged(moment or now)
    if found is None and moment is not None:
        later = await judged(now)
        if later is not None and later.state == REVOKED:
            return Standing(LATER, later.at, later.about, later.reason, kept=inside)
        return Standing(GOOD, said, _name(leaf), kept=inside)
    if found is None:
        return Standing(GOOD, said, _name(leaf), kept=inside)
    if found.state == REVOKED:
        return Standing(REVOKED, found.at, found.about, found.reason, kept=inside)
    return Standing(UNREACHED, None, _name(leaf), trouble or found.reason) if online else Standing(UNASKED)


async def _judge(path: Any, chain: list[Any], answers: Answers, moment: datetime) -> Standing | None:
    """None: every certificate was good at that moment, and each issuer said so."""
    from pyhanko_certvalidator import CertificateValidator, ValidationContext
    from pyhanko_certvalidator.errors import PathError, RevokedError, ValidationError

    context = ValidationContext(
        trust_roots=[path.trust_anchor],
        allow_fetching=False,
        revocation_mode="require",
        crls=answers.lists,
        ocsps=answers.responses,
        moment=moment,
        retroactive_revinfo=True,
    )
    validator = CertificateValidator(chain[-1], intermediate_certs=chain[:-1], validation_context=context)
    try:
        await validator.async_validate_usage(key_usage=set())
    except RevokedError as error:
        return Standing(REVOKED, error.revocation_dt, "", str(error.reason.human_friendly))
    except (PathError, ValidationError, ValueError) as error:
        return Standing(UNREACHED, reason=" ".join(str(error).split())[:160])
    return None


async def _ask(path: Any, chain: list[Any], answers: Answers) -> str:
    """Asks whom each certificate names, OCSP first; returns what went wrong, if anything did."""
    from pyhanko_certvalidator.fetchers.requests_fetchers import RequestsFetcherBackend

    from app.scanning import use_system_trust

    use_system_trust()
    fetchers = RequestsFetcherBackend(per_request_timeout=TIMEOUT).get_fetchers()
    trouble = ""
    for certificate in chain:
        got = False
        if certificate.ocsp_urls:
            try:
                response = await fetchers.ocsp_fetcher.fetch(certificate, path.find_issuing_authority(certificate))
                answers.responses.append(response.dump())
                got = True
            except Exception as error:  # whatever a server answers, or that none does
                trouble = _short(error)
        if not got and certificate.crl_distribution_points:
            try:
                found = await fetchers.crl_fetcher.fetch(certificate)
                answers.lists += [one.dump() for one in found]
                got = bool(found)
            except Exception as error:  # as above
                trouble = _short(error)
        if got:
            continue
        return trouble or "no answer"
    return ""


def _short(error: Exception) -> str:
    cause = error.__cause__ or error
    return " ".join(str(cause).split())[:160] or type(cause).__name__


def names_somebody(certificate: Any) -> bool:
    """Whether its issuer says where to ask, or that nobody needs to ask (a responder's own certificate)."""
    return bool(
        certificate.ocsp_urls or certificate.crl_distribution_points or certificate.ocsp_no_check_value is not None
    )


def _name(certificate: Any) -> str:
    return identity_of_der(certificate.dump()).name


def _said_at(leaf: Any, answers: Answers) -> datetime | None:
    """When the newest answer about a certificate was given."""
    from asn1crypto import crl, ocsp

    told: list[datetime] = []
    for body in answers.responses:
        response = ocsp.OCSPResponse.load(body)
        if response["response_status"].native == "successful":
            told += [
                one["this_update"].native
                for one in response.response_data["responses"]
                if one["cert_id"]["serial_number"].native == leaf.serial_number
            ]
    for body in answers.lists:
        listed = crl.CertificateList.load(body)
        if listed.issuer == leaf.issuer:
            told.append(listed["tbs_cert_list"]["this_update"].native)
    return max(told, default=None)


def kept_answers(reader: Any) -> Answers:
    """The answers that a PDF keeps in its security store (DSS); none where it has none that can be read."""
    from pyhanko.sign.validation.dss import DocumentSecurityStore
    from pyhanko.sign.validation.errors import NoDSSFoundError

    try:
        store = DocumentSecurityStore.read_dss(reader)
        return Answers(
            [bytes(one.get_object().data) for one in store.ocsps], [bytes(one.get_object().data) for one in store.crls]
        )
    except NoDSSFoundError:
        return Answers()
    except Exception:  # a damaged or hostile store says nothing
        return Answers()
