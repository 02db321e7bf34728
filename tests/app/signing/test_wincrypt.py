"""Signing through Windows' own libraries, by a stand-in at the border of the DLLs that answers as their documents say:
sizes first, handles given back by whom they came from, a provider's signature last byte first."""

# ruff: noqa: N802
# The names are those of the DLLs.

import ctypes
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from signing_world import certificate

from app.signing.errors import SigningError
from app.signing.seals import pdf_seals
from app.signing.sign import sign_pdf
from app.signing.wincrypt import (
    COMPARE_KEY,
    KEY_PROV_INFO,
    NCRYPT_KEY,
    PREFER_NCRYPT,
    Context,
    ProviderInfo,
    _Padding,
    sign_hash,
)
from app.signing.windows import key_of

AT_KEYEXCHANGE = 1
KEY, HASH = 0x7F00_0000_0001, 0x7F00_0000_0002
"""Handles wider than 32 bits, as on 64-bit Windows."""
CALG = {0x800C: hashes.SHA256(), 0x800D: hashes.SHA384(), 0x800E: hashes.SHA512()}


class Windows:
    """`crypt32`, `ncrypt` and `advapi32` with one certificate among others. `spec`: who holds its key."""

    def __init__(self, der: bytes, key: Any, spec: int, *, refuses: int = 0) -> None:
        self.crypt = self.ncrypt = self.advapi = self
        self.key, self.spec, self.refuses = key, spec, refuses
        self._bodies = [(ctypes.c_ubyte * len(d)).from_buffer_copy(d) for d in (b"another", der)]
        self.contexts = [Context(1, ctypes.cast(b, ctypes.POINTER(ctypes.c_ubyte)), len(b)) for b in self._bodies]
        self.open: list[str] = []
        self.value = b""
        self.algorithm: Any = None
        self.error = 0
        self.provider = "A Maker's Smart Card Provider"

    def last_error(self) -> int:
        return self.error

    def CertOpenSystemStoreW(self, provider: None, name: str) -> int:
        assert (provider, name) == (None, "MY")
        self.open.append("store")
        return 5

    def CertCloseStore(self, store: int, flags: int) -> int:
        assert (store, flags) == (5, 0)
        self.open.remove("store")
        return 1

    def CertEnumCertificatesInStore(self, store: int, before: Any) -> Any:
        place = 0 if before is None else self.place(before) + 1
        if before is not None:
            self.open.remove("context")  # the one before is given back
        if place == len(self.contexts):
            return None
        self.open.append("context")
        return ctypes.pointer(self.contexts[place])

    def place(self, context: Any) -> int:
        addresses = [ctypes.addressof(c) for c in self.contexts]
        return addresses.index(ctypes.addressof(context.contents))

    def CertFreeCertificateContext(self, context: Any) -> int:
        self.open.remove("context")
        return 1

    def CertGetCertificateContextProperty(self, context: Any, what: int, out: Any, size: Any) -> int:
        assert (what, self.place(context)) == (KEY_PROV_INFO, 1)
        if out is not None:
            assert size._obj.value == ctypes.sizeof(ProviderInfo)
            info = ProviderInfo("{container}", self.provider, 1, 0x20, 0, None, AT_KEYEXCHANGE)
            self._info = info  # the texts have to stay
            ctypes.memmove(out, ctypes.addressof(info), ctypes.sizeof(info))
        size._obj.value = ctypes.sizeof(ProviderInfo)
        return 1

    def CryptAcquireContextW(self, provider: Any, container: str, name: str, kind: int, flags: int) -> int:
        assert (container, kind, flags) == ("{container}", 24, 0x20)
        assert name == "Microsoft Enhanced RSA and AES Cryptographic Provider"
        self.algorithm = None
        provider._obj.value = KEY
        self.open.append("provider")
        return 1

    def CryptAcquireCertificatePrivateKey(
        self, context: Any, flags: int, more: None, key: Any, spec: Any, ours: Any
    ) -> int:
        assert flags == PREFER_NCRYPT | COMPARE_KEY
        assert self.place(context) == 1
        if self.refuses:
            self.error = self.refuses
            return 0
        key._obj.value, spec._obj.value, ours._obj.value = KEY, self.spec, 1
        self.open.append("ncrypt" if self.spec == NCRYPT_KEY else "provider")
        return 1

    def NCryptSignHash(
        self, key: Any, info: Any, digest: bytes, size: int, out: Any, room: int, need: Any, flags: int
    ) -> int:
        assert key.value == KEY
        assert size == len(digest)
        if isinstance(self.key, rsa.RSAPrivateKey):
            assert flags == 2
            assert _Padding.from_address(info).algorithm == "SHA256"
            made = self.key.sign(digest, padding.PKCS1v15(), Prehashed(hashes.SHA256()))
        else:
            assert (info, flags) == (None, 0)
            r, s = decode_dss_signature(self.key.sign(digest, ec.ECDSA(Prehashed(hashes.SHA256()))))
            made = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        return self._give(made, out, room, need)

    def _give(self, made: bytes, out: Any, room: int, need: Any) -> int:
        need._obj.value = len(made)
        if out is None:
            return 0
        if room < len(made):
            return 0x80090028
        ctypes.memmove(out, made, len(made))
        return 0

    def NCryptFreeObject(self, key: Any) -> int:
        self.open.remove("ncrypt")
        return 0

    def CryptCreateHash(self, provider: Any, algorithm: int, key: None, flags: int, held: Any) -> int:
        assert (provider.value, key, flags) == (KEY, None, 0)
        if algorithm not in CALG or self.algorithm == "old":
            self.error = -2146893816  # NTE_BAD_ALGID, signed as ctypes gives it
            return 0
        self.algorithm = CALG[algorithm]
        held._obj.value = HASH
        self.open.append("hash")
        return 1

    def CryptSetHashParam(self, held: Any, what: int, value: bytes, flags: int) -> int:
        assert (held.value, what, flags) == (HASH, 2, 0)
        assert len(value) == self.algorithm.digest_size
        self.value = value
        return 1

    def CryptSignHashW(self, held: Any, spec: int, description: None, flags: int, out: Any, need: Any) -> int:
        assert (held.value, spec, description, flags) == (HASH, AT_KEYEXCHANGE, None, 0)
        made = self.key.sign(self.value, padding.PKCS1v15(), Prehashed(self.algorithm))[::-1]
        return int(self._give(made, out, len(made) if out is None else len(out), need) == 0)

    def CryptDestroyHash(self, held: Any) -> int:
        self.open.remove("hash")
        return 1

    def CryptReleaseContext(self, provider: Any, flags: int) -> int:
        assert (provider.value, flags) == (KEY, 0)
        self.open.remove("provider")
        return 1


def made(kind: str) -> tuple[bytes, Any]:
    key = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
    found: x509.Certificate = certificate("Card Holder", key)
    return found.public_bytes(serialization.Encoding.DER), key


@pytest.mark.parametrize(("kind", "spec"), [("rsa", NCRYPT_KEY), ("ec", NCRYPT_KEY), ("rsa", AT_KEYEXCHANGE)])
def test_each_sort_of_provider_signs_a_pdf_and_gets_its_handles_back(page: Path, kind: str, spec: int) -> None:
    der, key = made(kind)
    dlls = Windows(der, key, spec)
    signed = sign_pdf(page.read_bytes(), key_of(der, lambda d, name, is_rsa: sign_hash(der, d, name, is_rsa, dlls)))
    seals = pdf_seals(signed, [])
    assert [seal.state for seal in seals] == ["intact"]
    assert dlls.open == []


def test_an_old_provider_says_what_it_cannot_do() -> None:
    der, key = made("rsa")
    dlls = Windows(der, key, AT_KEYEXCHANGE)
    dlls.algorithm = "old"
    with pytest.raises(SigningError, match="knows no SHA256"):
        sign_hash(der, bytes(32), "SHA256", True, dlls)
    with pytest.raises(SigningError, match="RSA only"):
        sign_hash(der, bytes(32), "SHA256", False, dlls)
    assert dlls.open == []


def test_a_key_of_an_old_provider_of_microsoft_is_used_by_its_successor(page: Path) -> None:
    der, key = made("rsa")
    dlls = Windows(der, key, AT_KEYEXCHANGE)
    dlls.algorithm, dlls.provider = "old", "Microsoft Enhanced Cryptographic Provider v1.0"
    signed = sign_pdf(page.read_bytes(), key_of(der, lambda d, name, is_rsa: sign_hash(der, d, name, is_rsa, dlls)))
    assert [seal.state for seal in pdf_seals(signed, [])] == ["intact"]
    assert dlls.open == []


@pytest.mark.parametrize(("code", "told"), [(0x8010006E, "not allowed"), (-2146893802, "0x80090016")])
def test_a_refusal_of_windows_is_a_sentence(code: int, told: str) -> None:
    der, key = made("rsa")
    dlls = Windows(der, key, NCRYPT_KEY, refuses=code)
    with pytest.raises(SigningError, match=told):
        sign_hash(der, bytes(32), "SHA256", True, dlls)
    assert dlls.open == []


def test_a_certificate_that_is_gone() -> None:
    der, key = made("rsa")
    dlls = Windows(der, key, NCRYPT_KEY)
    with pytest.raises(SigningError, match="no longer in"):
        sign_hash(b"none of them", bytes(32), "SHA256", True, dlls)
    assert dlls.open == []
