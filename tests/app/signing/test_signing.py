"""Signing and checking: intact, altered, extended, expired, vouched for or not, with and without a time stamp."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from signing_world import DAY, PASSPHRASE, Authority, certificate

import app.signing.sign
from app.signing import trust
from app.signing.errors import SigningError
from app.signing.keys import SigningKey, load_own_key, load_pkcs12, make_own_key, own_identity, own_key_path
from app.signing.seals import pdf_seals
from app.signing.sign import sign_bytes, sign_file, sign_pdf
from app.signing.windows import key_of, windows_key
from app.verification import Outcome, verify
from app.verification.signatures import signature_checks

needs_poppler = pytest.mark.skipif(shutil.which("pdfsig") is None, reason="pdfsig of poppler-utils is not installed")


def wrong(path: Path, **more: object) -> list[str]:
    found = verify(path, **more)  # type: ignore[arg-type]
    return [check.text for check in found.checks if check.outcome is Outcome.WRONG]


def pdfsig(path: Path) -> str:
    return subprocess.run(["pdfsig", str(path)], capture_output=True, text=True, check=False).stdout


def expired_key(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> SigningKey:
    """A key whose certificate ended yesterday; the program itself would not sign with it."""
    now = datetime.now(UTC)
    key = authority.key_of("Late Signer", begin=now - 400 * DAY, end=now - DAY)
    monkeypatch.setattr(app.signing.sign, "check_usable", lambda identity: None)
    return key


# Keys


def test_own_key_says_that_nobody_vouches_for_it(own: SigningKey, data_folder: Path) -> None:
    assert own.identity.home_made
    body = own_key_path(data_folder).with_name("own-key.cer").read_bytes()
    made = x509.load_pem_x509_certificate(body)
    assert "identity not verified" in made.subject.rfc4514_string()
    assert own_identity(data_folder) == own.identity


def test_own_key_is_locked_by_its_passphrase(own: SigningKey, data_folder: Path) -> None:
    with pytest.raises(SigningError, match="passphrase does not open"):
        load_own_key(data_folder, "wrong")
    with pytest.raises(SigningError, match="passphrase does not open"):
        load_own_key(data_folder, "")
    assert PASSPHRASE.encode() not in own_key_path(data_folder).read_bytes()


def test_own_key_is_never_lost(own: SigningKey, data_folder: Path) -> None:
    before = own_key_path(data_folder).read_bytes()
    with pytest.raises(SigningError, match="There is a key already"):
        make_own_key(data_folder, "Somebody Else", PASSPHRASE)
    assert own_key_path(data_folder).read_bytes() == before
    make_own_key(data_folder, "Somebody Else", PASSPHRASE, replace=True)
    aside = list(own_key_path(data_folder).parent.glob("own-key-until-*.p12"))
    assert [p.read_bytes() for p in aside] == [before]
    assert load_own_key(data_folder, PASSPHRASE).identity.name == "Somebody Else"


@pytest.mark.parametrize(
    ("name", "passphrase"), [("", PASSPHRASE), ("x" * 65, PASSPHRASE), ("a\u202eb", PASSPHRASE), ("Jana", "short")]
)
def test_own_key_refuses(data_folder: Path, name: str, passphrase: str) -> None:
    with pytest.raises(SigningError):
        make_own_key(data_folder, name, passphrase)
    assert not own_key_path(data_folder).exists()


def test_files_that_are_no_key(tmp_path: Path) -> None:
    path = tmp_path / "key.p12"
    with pytest.raises(SigningError, match="cannot be read"):
        load_pkcs12(path, "x")
    path.write_bytes(b"not a key at all")
    with pytest.raises(SigningError, match="not a PKCS#12 file"):
        load_pkcs12(path, "x")
    path.write_bytes(bytes((1 << 20) + 1))
    with pytest.raises(SigningError, match="too large"):
        load_pkcs12(path, "x")


def test_expired_certificate_signs_nothing(authority: Authority, page: Path) -> None:
    now = datetime.now(UTC)
    before = page.read_bytes()
    for times in ({"begin": now - 9 * DAY, "end": now - DAY}, {"begin": now + DAY, "end": now + 9 * DAY}):
        with pytest.raises(SigningError, match="nothing is signed with it"):
            sign_file(page, authority.key_of("Signer", **times))
    assert page.read_bytes() == before


# Intact


@needs_poppler
@pytest.mark.parametrize("rsa_key", [False, True])
def test_signed_pdf_holds_and_pdfsig_agrees(authority: Authority, page: Path, rsa_key: bool) -> None:
    sign_file(page, authority.key_of("Jana Müller", rsa_key=rsa_key), reason="Audit")
    assert wrong(page, trust=authority.file) == []
    told = pdfsig(page)
    assert "Signature is Valid" in told
    assert "Total document signed" in told
    assert "ETSI.CAdES.detached" in told
    texts = [c.text for c in verify(page, trust=authority.file).checks]
    assert any("Example Root, whom this computer trusts, vouches" in text for text in texts)
    texts = [c.text for c in verify(page).checks]
    assert any("does not know Example Root" in text for text in texts)


def test_who_signed_is_told_apart(own: SigningKey, page: Path, data_folder: Path) -> None:
    sign_file(page, own)
    here = [c.text for c in verify(page, data_folder=data_folder).checks]
    elsewhere = [c.text for c in verify(page).checks]
    given = [c.text for c in verify(page, trust=own_key_path(data_folder).with_name("own-key.cer")).checks]
    assert any("key made on this computer" in text for text in here)
    assert any("own claim" in text for text in elsewhere)
    assert any("you said to trust" in text for text in given)


def test_second_signature_leaves_the_first_intact(own: SigningKey, authority: Authority, page: Path) -> None:
    twice = sign_pdf(sign_pdf(page.read_bytes(), own), authority.key_of("Second"))
    assert [(s.field, s.state) for s in pdf_seals(twice, [])] == [("Situs", "intact"), ("Situs 2", "intact")]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_other_files_are_signed_beside_them(authority: Authority, tmp_path: Path) -> None:
    path = tmp_path / "Bericht ü.json"
    path.write_bytes(b'{"a": 1}\r\n')
    signature = sign_file(path, authority.key_of("Jana"))
    assert signature.name == "Bericht ü.json.p7s"
    assert wrong(path) == []
    command = ["openssl", "cms", "-verify", "-inform", "DER", "-in", str(signature), "-content", str(path), "-binary"]
    more = ["-CAfile", str(authority.file), "-purpose", "any", "-out", str(tmp_path / "out")]
    assert subprocess.run([*command, *more], capture_output=True, check=False).returncode == 0
    path.write_bytes(b'{"a": 2}\r\n')
    assert "changed after Jana" in wrong(path)[0]
    assert subprocess.run([*command, *more], capture_output=True, check=False).returncode != 0


def test_unsigned_file_is_not_relied_on(page: Path) -> None:
    assert "not signed" in wrong(page)[0]


# Altered


@pytest.fixture(scope="session")
def signed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("signed")
    make_own_key(folder, "Jana", PASSPHRASE)
    from app.report.pdf.pen import open_pen

    path = folder / "page.pdf"
    pen = open_pen(path, (300, 200))
    pen.drawString(20, 100, "Seventeen buckets")
    pen.showPage()
    pen.save()
    return sign_pdf(path.read_bytes(), load_own_key(folder, PASSPHRASE))


def holds(body: bytes) -> bool:
    seals = pdf_seals(body, [])
    return bool(seals) and all(seal.state == "intact" for seal in seals)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_one_changed_byte_anywhere_is_seen(signed: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(signed) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda n: n != signed[at]))
    assert holds(signed)
    assert not holds(signed[:at] + bytes([other]) + signed[at + 1 :])


def test_every_byte_of_the_signature_itself_counts(signed: bytes) -> None:
    begin = signed.index(b"/Contents <") + len(b"/Contents ")
    end = signed.index(b">", begin) + 1
    unseen = [
        at
        for at in [*range(begin, begin + 5600, 101), *range(end - 6, end)]
        if holds(signed[:at] + (b"A" if signed[at : at + 1] != b"A" else b"B") + signed[at + 1 :])
    ]
    assert unseen == []


def test_case_of_the_signature_counts(signed: bytes) -> None:
    begin = signed.index(b"/Contents <") + len(b"/Contents <")
    at = next(i for i in range(begin, len(signed)) if signed[i : i + 1].isalpha())
    assert not holds(signed[:at] + signed[at : at + 1].swapcase() + signed[at + 1 :])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_cut_or_lengthened_files_are_seen(signed: bytes, data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, len(signed) - 1))
    assert not holds(signed[:cut])
    assert not holds(signed + data.draw(st.binary(min_size=1, max_size=20)))


@needs_poppler
def test_altered_pdf_is_told_and_pdfsig_agrees(own: SigningKey, page: Path) -> None:
    sign_file(page, own)
    body = bytearray(page.read_bytes())
    body[body.index(b"stream") + 20] ^= 1
    page.write_bytes(body)
    assert "changed after Jana Müller signed it" in wrong(page)[0]
    assert "Signature is Valid" not in pdfsig(page)


def test_added_pages_are_told(own: SigningKey, page: Path) -> None:
    sign_file(page, own)
    page.write_bytes(page.read_bytes() + b"\n% more\n")
    assert "added to it after" in wrong(page)[0]


# Expired


@needs_poppler
def test_expired_is_told_apart_from_altered(authority: Authority, page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_file(page, expired_key(authority, monkeypatch))
    texts = wrong(page, trust=authority.file)
    assert len(texts) == 1
    assert "expired" in texts[0]
    assert "changed" not in texts[0]
    told = pdfsig(page)
    assert "Signature is Valid" in told
    assert "Expired" in told or "expired" in told


def test_expired_since_but_stamped_before_holds(
    authority: Authority,
    page: Path,
    monkeypatch: pytest.MonkeyPatch,
    stamp_server: Callable[[datetime | None], str],
) -> None:
    key = expired_key(authority, monkeypatch)
    before = datetime.now(UTC) - 5 * DAY
    sign_file(page, key, time_stamp_server=stamp_server(before))
    found = verify(page, trust=authority.file)
    assert found.good
    assert any("expired" in c.text and "time stamp shows" in c.text for c in found.checks)
    assert found.signatures[0].vouched  # at the moment of the stamp


def test_valid_when_signed_and_expired_later(own: SigningKey, page: Path) -> None:
    later = datetime.now(UTC) + 4000 * DAY
    seals = pdf_seals(sign_pdf(page.read_bytes(), own), [])
    texts = [c.text for c in signature_checks(seals, None, later) if c.outcome is Outcome.WRONG]
    assert len(texts) == 1
    assert "no time stamp shows" in texts[0]
    assert "was not changed" in texts[0]


# Time stamps


def test_time_stamp_is_told(
    own: SigningKey, authority: Authority, page: Path, stamp_server: Callable[[datetime | None], str]
) -> None:
    sign_file(page, own, time_stamp_server=stamp_server(None))
    texts = [c.text for c in verify(page, trust=authority.file).checks]
    assert any(text.startswith("A time stamp of Example Clock shows") for text in texts)
    texts = [c.text for c in verify(page).checks]
    assert any("whom this computer does not know" in text for text in texts)


def test_stamp_server_that_fails_leaves_the_file(own: SigningKey, page: Path) -> None:
    before = page.read_bytes()
    with pytest.raises(SigningError, match=r"gave no usable answer.*Nothing was signed"):
        sign_file(page, own, time_stamp_server="http://127.0.0.1:9/")
    for bad in ("ftp://x/", "file:///etc/passwd", "http://", "http://user:secret@host/"):
        with pytest.raises(SigningError, match="not the address"):
            sign_file(page, own, time_stamp_server=bad)
    assert page.read_bytes() == before


# Keys that stay where they are


@pytest.mark.parametrize("is_rsa", [False, True])
def test_signature_made_by_a_foreign_key_store(page: Path, is_rsa: bool) -> None:
    key = rsa.generate_private_key(65537, 2048) if is_rsa else ec.generate_private_key(ec.SECP256R1())
    der = certificate("Card Holder", key).public_bytes(serialization.Encoding.DER)

    def sign_hash(digest: bytes, algorithm: str, rsa_key: bool) -> bytes:
        """As NCryptSignHash answers: PKCS#1 v1.5 for RSA, r and s side by side for elliptic curves."""
        assert (algorithm, rsa_key) == ("SHA256", is_rsa)
        if isinstance(key, rsa.RSAPrivateKey):
            return key.sign(digest, padding.PKCS1v15(), Prehashed(hashes.SHA256()))
        r, s = decode_dss_signature(key.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256()))))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    assert holds(sign_pdf(page.read_bytes(), key_of(der, sign_hash)))


def test_a_key_that_no_windows_store_has() -> None:
    there = "has no certificate 0{40} with a private key" if sys.platform == "win32" else "on Windows only"
    with pytest.raises(SigningError, match=there):
        windows_key("00" * 20)


def test_trust_file_without_certificates(tmp_path: Path) -> None:
    path = tmp_path / "roots.pem"
    path.write_bytes(b"nothing")
    with pytest.raises(SigningError, match="holds no certificate"):
        trust.roots(path)


def test_pdf_that_is_locked_or_none_is_refused(own: SigningKey, page: Path, tmp_path: Path) -> None:
    import pikepdf

    locked = tmp_path / "locked.pdf"
    with pikepdf.open(page) as pdf:
        pdf.save(locked, encryption=pikepdf.Encryption(owner="a", user="b"))
    with pytest.raises(SigningError, match="locked with a password"):
        sign_file(locked, own)
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\nnothing more")
    with pytest.raises(SigningError, match="cannot be signed"):
        sign_file(broken, own)
    assert sign_bytes(b"", own)
