"""Signatures and certificates in plain sentences."""

from datetime import UTC, datetime

from app.signing.identity import Identity
from app.signing.revocation import GOOD, LATER, REVOKED, UNKNOWN, UNNAMED, UNREACHED, Standing
from app.signing.seals import ALTERED, EXTENDED, INTACT, UNREADABLE, Seal
from app.texts import tr
from app.verification.answers import Check, Outcome


def signature_checks(seals: list[Seal], own: Identity | None, now: datetime | None = None) -> list[Check]:
    """What the signatures of a file say. `own` is the key made on this computer, if there is one."""
    if not seals:
        return [
            Check(
                "signature",
                Outcome.WRONG,
                tr("it is not signed, so nobody can tell whether it was changed. `situs sign` signs a report."),
            )
        ]
    checks: list[Check] = []
    for seal in seals:
        checks.append(_signature(seal))
        if seal.identity is not None:
            checks += _certificate(seal, seal.identity, own, now or datetime.now(UTC))
            checks += _time_stamp(seal)
    return checks


def _signature(seal: Seal) -> Check:
    name = tr("somebody") if seal.identity is None else seal.identity.name
    when = "" if seal.signed_at is None else " " + tr("on {moment}").format(moment=_moment(seal.signed_at))
    if seal.state == INTACT:
        text = tr("Signed by {name}{when}; no byte was changed since.").format(name=name, when=when)
        return Check("signature", Outcome.OK, text)
    texts = {
        ALTERED: tr("it was changed after {name} signed it{when}."),
        EXTENDED: tr("something was added to it after {name} signed it{when}."),
        UNREADABLE: tr("its signature is damaged and cannot be read: the file was changed."),
    }
    return Check("signature", Outcome.WRONG, texts[seal.state].format(name=name, when=when))


def _certificate(seal: Seal, who: Identity, own: Identity | None, now: datetime) -> list[Check]:
    """The certificate's time first, then who vouches for the name; told apart from what happened to the file."""
    checks: list[Check] = []
    signed = seal.stamped_at or seal.signed_at
    end = f"{who.valid_until:%Y-%m-%d}"
    if signed is not None and who.expired(signed):
        text = tr("the certificate of {name} had expired on {day}, before the file was signed.")
        checks.append(Check("certificate", Outcome.WRONG, text.format(name=who.name, day=end)))
    elif who.expired(now) and seal.stamped_at is not None:
        text = tr("The certificate of {name} expired on {day}; the time stamp shows that it was signed before that.")
        checks.append(Check("certificate", Outcome.NOTE, text.format(name=who.name, day=end)))
    elif who.expired(now):
        text = tr(
            "the certificate of {name} expired on {day}, and no time stamp shows that the file was signed before that."
            " The file itself was not changed."
            if seal.state == INTACT
            else "the certificate of {name} expired on {day}."
        )
        checks.append(Check("certificate", Outcome.WRONG, text.format(name=who.name, day=end)))
    elif signed is not None and who.early(signed):
        text = tr("the certificate of {name} was not valid yet when the file was signed.")
        checks.append(Check("certificate", Outcome.WRONG, text.format(name=who.name)))
    else:
        text = tr("The certificate of {name} is valid until {day}.")
        checks.append(Check("certificate", Outcome.OK, text.format(name=who.name, day=end)))
    checks.append(_issuer(seal, who, own))
    if not who.home_made:
        checks.append(revocation_check(seal.revocation, who.name))
    return checks


def _issuer(seal: Seal, who: Identity, own: Identity | None) -> Check:
    fingerprint = who.fingerprint[:16]
    if own is not None and own.fingerprint == who.fingerprint:
        text = tr("It was signed with the key made on this computer; nobody else vouches for the name {name}.")
        return Check("certificate", Outcome.NOTE, text.format(name=who.name))
    if seal.vouched and who.home_made:
        text = tr("The certificate of {name} is one that you said to trust (SHA-256 {fingerprint}…).")
        return Check("certificate", Outcome.OK, text.format(name=who.name, fingerprint=fingerprint))
    if who.home_made:
        text = tr(
            "The key was made by the signer: the name {name} is the signer’s own claim. Compare the certificate’s"
            " SHA-256 {fingerprint}… with what the signer tells you, or name its file with --trust."
        )
        return Check("certificate", Outcome.NOTE, text.format(name=who.name, fingerprint=fingerprint))
    if seal.vouched:
        text = tr("{issuer}, whom this computer trusts, vouches for the name {name}.")
        return Check("certificate", Outcome.OK, text.format(issuer=who.issuer, name=who.name))
    text = tr(
        "{issuer} vouches for the name {name}; this computer does not know {issuer}. Name its certificate with --trust."
    )
    return Check("certificate", Outcome.NOTE, text.format(issuer=who.issuer, name=who.name))


def _time_stamp(seal: Seal) -> list[Check]:
    if seal.stamp_broken:
        return [Check("time_stamp", Outcome.WRONG, tr("its time stamp does not fit it."))]
    if seal.stamped_at is None:
        text = tr("There is no time stamp: the time of signing is what the signer’s computer said.")
        return [Check("time_stamp", Outcome.NOTE, text)]
    text = tr("A time stamp of {name} shows that it was signed by {moment}.")
    if not seal.stamp_vouched:
        text = tr("A time stamp of {name}, whom this computer does not know, says that it was signed by {moment}.")
    outcome = Outcome.OK if seal.stamp_vouched else Outcome.NOTE
    checks = [Check("time_stamp", outcome, text.format(name=seal.stamp_by, moment=_moment(seal.stamped_at)))]
    if seal.stamp_revocation is not None:
        checks.append(revocation_check(seal.stamp_revocation, seal.stamp_by))
    if seal.kept_at is not None:
        text = tr("A further time stamp, of {moment}, covers the whole file with what issuers said about revocation.")
        checks.append(Check("time_stamp", Outcome.OK, text.format(moment=_moment(seal.kept_at))))
    return checks


def revocation_check(found: Standing, name: str) -> Check:
    """What is known about revocation, in a sentence that never says more than that."""
    at = _moment(found.at) if found.at is not None else tr("a moment not stated")
    if found.state == GOOD:
        text = (
            tr("The certificate of {name} was not revoked on {moment}: the file keeps its issuer’s answer.")
            if found.kept
            else tr("The certificate of {name} was not revoked on {moment}: its issuer was asked now.")
        )
        return Check("revocation", Outcome.OK, text.format(name=name, moment=at))
    if found.state == REVOKED:
        text = tr("the certificate of {name}, or of one who vouches for it, was revoked on {moment} ({reason}).")
        return Check("revocation", Outcome.WRONG, text.format(name=name, moment=at, reason=found.reason))
    if found.state == LATER:
        text = tr(
            "The certificate of {name}, or of one who vouches for it, was revoked on {moment} ({reason}), after the"
            " moment that the time stamp shows: what was signed before stands."
        )
        return Check("revocation", Outcome.NOTE, text.format(name=name, moment=at, reason=found.reason))
    texts = {
        UNNAMED: tr(
            "Whether the certificate of {name} was revoked cannot be told: that of {about} names nobody to ask."
        ),
        UNKNOWN: tr(
            "Whether the certificate of {name} was revoked was not asked: this computer does not know who vouches"
            " for it."
        ),
        UNREACHED: tr("Whether the certificate of {name} was revoked could not be asked: {reason}."),
    }
    text = texts.get(
        found.state,
        tr("Whether the certificate of {name} was revoked was not asked; --online asks those whom it names."),
    )
    outcome = Outcome.NOTE if found.state == UNNAMED else Outcome.NOT_CHECKED
    reason = (found.reason or tr("no answer")).rstrip(".")
    return Check("revocation", outcome, text.format(name=name, about=found.about, reason=reason))


def _moment(value: datetime) -> str:
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
