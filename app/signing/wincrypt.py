"""The calls of `crypt32.dll` and `ncrypt.dll` that signing needs. Windows only; imported nowhere else."""

# pyright: basic
# The Windows part of ctypes has no types elsewhere.

import ctypes
from ctypes import wintypes
from typing import Any

from app.signing.errors import SigningError
from app.texts import tr

_CANCELLED = {0x8010006E, 0x800704C7}


class _Context(ctypes.Structure):
    """CERT_CONTEXT."""

    _fields_ = [
        ("encoding", wintypes.DWORD),
        ("body", ctypes.POINTER(ctypes.c_ubyte)),
        ("size", wintypes.DWORD),
        ("info", ctypes.c_void_p),
        ("store", ctypes.c_void_p),
    ]


class _Padding(ctypes.Structure):
    """BCRYPT_PKCS1_PADDING_INFO."""

    _fields_ = [("algorithm", wintypes.LPCWSTR)]


def _libraries() -> tuple[Any, Any]:
    load: Any = ctypes.WinDLL  # type: ignore[attr-defined]
    crypt, ncrypt = load("crypt32", use_last_error=True), load("ncrypt", use_last_error=True)
    crypt.CertOpenSystemStoreW.restype = ctypes.c_void_p
    crypt.CertOpenSystemStoreW.argtypes = [ctypes.c_void_p, wintypes.LPCWSTR]
    crypt.CertEnumCertificatesInStore.restype = ctypes.POINTER(_Context)
    crypt.CertEnumCertificatesInStore.argtypes = [ctypes.c_void_p, ctypes.POINTER(_Context)]
    crypt.CertFreeCertificateContext.argtypes = [ctypes.POINTER(_Context)]
    crypt.CertCloseStore.argtypes = [ctypes.c_void_p, wintypes.DWORD]
    crypt.CertGetCertificateContextProperty.argtypes = [
        ctypes.POINTER(_Context), wintypes.DWORD, ctypes.c_void_p, ctypes.POINTER(wintypes.DWORD)
    ]  # fmt: skip
    crypt.CryptAcquireCertificatePrivateKey.argtypes = [
        ctypes.POINTER(_Context), wintypes.DWORD, ctypes.c_void_p, ctypes.POINTER(ctypes.c_void_p),
        ctypes.POINTER(wintypes.DWORD), ctypes.POINTER(wintypes.BOOL),
    ]  # fmt: skip
    ncrypt.NCryptSignHash.restype = ctypes.c_ulong
    ncrypt.NCryptSignHash.argtypes = [
        ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p, wintypes.DWORD, ctypes.c_char_p, wintypes.DWORD,
        ctypes.POINTER(wintypes.DWORD), wintypes.DWORD,
    ]  # fmt: skip
    ncrypt.NCryptFreeObject.argtypes = [ctypes.c_void_p]
    return crypt, ncrypt


def own_certificates(key_property: int) -> list[bytes]:
    """DER of each certificate of the user's store that names a private key."""
    crypt, _ = _libraries()
    store = crypt.CertOpenSystemStoreW(None, "MY")
    if not store:
        return []
    found: list[bytes] = []
    context = crypt.CertEnumCertificatesInStore(store, None)
    while context:
        size = wintypes.DWORD(0)
        if crypt.CertGetCertificateContextProperty(context, key_property, None, ctypes.byref(size)):
            found.append(ctypes.string_at(context.contents.body, context.contents.size))
        context = crypt.CertEnumCertificatesInStore(store, context)  # gives the one before back
    crypt.CertCloseStore(store, 0)
    return found


def sign_hash(der: bytes, digest: bytes, algorithm: str, rsa: bool, flags: int) -> bytes:
    """The signature of a digest by the key of a certificate of the user's store. Raises SigningError."""
    crypt, ncrypt = _libraries()
    store = crypt.CertOpenSystemStoreW(None, "MY")
    context = crypt.CertEnumCertificatesInStore(store, None) if store else None
    while context and ctypes.string_at(context.contents.body, context.contents.size) != der:
        context = crypt.CertEnumCertificatesInStore(store, context)
    if not context:
        raise SigningError(tr("The certificate is no longer in the Windows certificate store."))
    key, spec, ours = ctypes.c_void_p(), wintypes.DWORD(), wintypes.BOOL()
    try:
        if not crypt.CryptAcquireCertificatePrivateKey(
            context, flags, None, ctypes.byref(key), ctypes.byref(spec), ctypes.byref(ours)
        ):
            raise _trouble(ctypes.get_last_error())  # type: ignore[attr-defined]
        padding = _Padding(algorithm)
        info, pad = (ctypes.addressof(padding), 2) if rsa else (None, 0)
        room = wintypes.DWORD(0)
        status = ncrypt.NCryptSignHash(key, info, digest, len(digest), None, 0, ctypes.byref(room), pad)
        if status:
            raise _trouble(status)
        out = ctypes.create_string_buffer(room.value)
        status = ncrypt.NCryptSignHash(key, info, digest, len(digest), out, room.value, ctypes.byref(room), pad)
        if status:
            raise _trouble(status)
        return out.raw[: room.value]
    finally:
        if ours.value and key.value:
            ncrypt.NCryptFreeObject(key)
        crypt.CertFreeCertificateContext(context)
        crypt.CertCloseStore(store, 0)


def _trouble(code: int) -> SigningError:
    code &= 0xFFFFFFFF
    if code in _CANCELLED:
        return SigningError(tr("Windows was not allowed to use the key; nothing was signed."))
    return SigningError(
        tr("Windows could not sign with this certificate (error 0x{code:08X}); nothing was signed.").format(code=code)
    )
