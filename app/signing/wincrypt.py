"""The calls of `crypt32.dll`, `ncrypt.dll` and `advapi32.dll` that signing needs. Windows only; imported nowhere else.

A certificate's key lies with a key storage provider of today (NCryptSignHash) or with a cryptographic service provider
of old, as many smart cards bring (CryptSignHash, whose answer is little-endian). Windows is asked for the first and
falls back to the second: CryptAcquireCertificatePrivateKey says by `dwKeySpec` which it gave.
"""

# pyright: basic
# The Windows part of ctypes has no types elsewhere.

import ctypes
from ctypes import wintypes
from typing import Any, Final

from app.signing.errors import SigningError
from app.texts import tr

COMPARE_KEY: Final = 0x4
"""CRYPT_ACQUIRE_COMPARE_KEY_FLAG: the key has to be that of the certificate."""
PREFER_NCRYPT: Final = 0x20000
"""CRYPT_ACQUIRE_PREFER_NCRYPT_KEY_FLAG. Without the silent flag, so that Windows may ask for a PIN."""
NCRYPT_KEY: Final = 0xFFFFFFFF
"""CERT_NCRYPT_KEY_SPEC: the handle is one of ncrypt; any other value is AT_KEYEXCHANGE or AT_SIGNATURE."""
KEY_PROV_INFO: Final = 2
"""CERT_KEY_PROV_INFO_PROP_ID: in which container of which provider the key lies."""
_AES_PROVIDER: Final = "Microsoft Enhanced RSA and AES Cryptographic Provider"
_RSA_AES: Final = 24
_OF_THE_MACHINE: Final = 0x20
_KEYS: Final = (1, 2)
"""AT_KEYEXCHANGE, AT_SIGNATURE; what is neither (Wine says both at once) is taken for the first."""
_PAD_PKCS1: Final = 2
_HASH_VALUE: Final = 2
_CALG: Final = {"SHA1": 0x8004, "SHA256": 0x800C, "SHA384": 0x800D, "SHA512": 0x800E}
_BAD_ALGORITHM: Final = 0x80090008
_CANCELLED: Final = {0x8010006E, 0x800704C7}


class Context(ctypes.Structure):
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


class ProviderInfo(ctypes.Structure):
    """CRYPT_KEY_PROV_INFO."""

    _fields_ = [
        ("container", wintypes.LPWSTR),
        ("provider", wintypes.LPWSTR),
        ("type", wintypes.DWORD),
        ("flags", wintypes.DWORD),
        ("number", wintypes.DWORD),
        ("more", ctypes.c_void_p),
        ("spec", wintypes.DWORD),
    ]


class Libraries:
    """The libraries with the types of what is called. `last_error`: of this thread, after a call that said no."""

    def __init__(self) -> None:
        load: Any = ctypes.WinDLL  # type: ignore[attr-defined]
        self.crypt: Any = load("crypt32", use_last_error=True)
        self.ncrypt: Any = load("ncrypt", use_last_error=True)
        self.advapi: Any = load("advapi32", use_last_error=True)
        number = ctypes.POINTER(wintypes.DWORD)
        handle = ctypes.c_void_p  # ULONG_PTR
        crypt, ncrypt, advapi = self.crypt, self.ncrypt, self.advapi
        crypt.CertOpenSystemStoreW.restype = handle
        crypt.CertOpenSystemStoreW.argtypes = [handle, wintypes.LPCWSTR]
        crypt.CertEnumCertificatesInStore.restype = ctypes.POINTER(Context)
        crypt.CertEnumCertificatesInStore.argtypes = [handle, ctypes.POINTER(Context)]
        crypt.CertFreeCertificateContext.argtypes = [ctypes.POINTER(Context)]
        crypt.CertCloseStore.argtypes = [handle, wintypes.DWORD]
        crypt.CertGetCertificateContextProperty.argtypes = [ctypes.POINTER(Context), wintypes.DWORD, handle, number]
        crypt.CryptAcquireCertificatePrivateKey.argtypes = [
            ctypes.POINTER(Context), wintypes.DWORD, handle, ctypes.POINTER(handle), number,
            ctypes.POINTER(wintypes.BOOL),
        ]  # fmt: skip
        ncrypt.NCryptSignHash.restype = ctypes.c_ulong
        ncrypt.NCryptSignHash.argtypes = [
            handle, handle, ctypes.c_char_p, wintypes.DWORD, ctypes.c_char_p, wintypes.DWORD, number, wintypes.DWORD
        ]  # fmt: skip
        ncrypt.NCryptFreeObject.argtypes = [handle]
        advapi.CryptAcquireContextW.argtypes = [
            ctypes.POINTER(handle), wintypes.LPCWSTR, wintypes.LPCWSTR, wintypes.DWORD, wintypes.DWORD
        ]  # fmt: skip
        advapi.CryptCreateHash.argtypes = [handle, wintypes.UINT, handle, wintypes.DWORD, ctypes.POINTER(handle)]
        advapi.CryptSetHashParam.argtypes = [handle, wintypes.DWORD, ctypes.c_char_p, wintypes.DWORD]
        advapi.CryptSignHashW.argtypes = [
            handle, wintypes.DWORD, wintypes.LPCWSTR, wintypes.DWORD, ctypes.c_char_p, number
        ]  # fmt: skip
        advapi.CryptDestroyHash.argtypes = [handle]
        advapi.CryptReleaseContext.argtypes = [handle, wintypes.DWORD]

    def last_error(self) -> int:
        """What GetLastError said after the last call."""
        return ctypes.get_last_error()  # type: ignore[attr-defined]


def own_certificates(key_property: int) -> list[bytes]:
    """DER of each certificate of the user's store that names a private key."""
    crypt = Libraries().crypt
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


def sign_hash(der: bytes, digest: bytes, algorithm: str, rsa: bool, libraries: Any = None) -> bytes:
    """The signature of a digest by the key of a certificate of the user's store. Raises SigningError.

    `libraries`: an object such as `Libraries`; None: those of Windows.
    """
    dlls = libraries or Libraries()
    crypt = dlls.crypt
    store = crypt.CertOpenSystemStoreW(None, "MY")
    if not store:
        raise _trouble(dlls.last_error())
    context = crypt.CertEnumCertificatesInStore(store, None)
    while context and ctypes.string_at(context.contents.body, context.contents.size) != der:
        context = crypt.CertEnumCertificatesInStore(store, context)
    if not context:
        crypt.CertCloseStore(store, 0)
        raise SigningError(tr("The certificate is no longer in the Windows certificate store."))
    key, spec, ours = ctypes.c_void_p(), wintypes.DWORD(), wintypes.BOOL()
    try:
        if not crypt.CryptAcquireCertificatePrivateKey(
            context, PREFER_NCRYPT | COMPARE_KEY, None, ctypes.byref(key), ctypes.byref(spec), ctypes.byref(ours)
        ):
            raise _trouble(dlls.last_error())
        if spec.value == NCRYPT_KEY:
            return _by_ncrypt(dlls.ncrypt, key, digest, algorithm, rsa)
        return _by_provider(dlls, context, key, spec.value, digest, algorithm, rsa)
    finally:
        if ours.value and key.value:  # whose handle it is says how it is given back
            if spec.value == NCRYPT_KEY:
                dlls.ncrypt.NCryptFreeObject(key)
            else:
                dlls.advapi.CryptReleaseContext(key, 0)
        crypt.CertFreeCertificateContext(context)
        crypt.CertCloseStore(store, 0)


def _by_ncrypt(ncrypt: Any, key: Any, digest: bytes, algorithm: str, rsa: bool) -> bytes:
    """A signature as NCryptSignHash gives it: RSA big-endian, elliptic curves as r and s side by side."""
    padding = _Padding(algorithm)
    info, pad = (ctypes.addressof(padding), _PAD_PKCS1) if rsa else (None, 0)
    room = wintypes.DWORD(0)
    status = ncrypt.NCryptSignHash(key, info, digest, len(digest), None, 0, ctypes.byref(room), pad)
    if status:
        raise _trouble(status)
    out = ctypes.create_string_buffer(room.value)
    status = ncrypt.NCryptSignHash(key, info, digest, len(digest), out, room.value, ctypes.byref(room), pad)
    if status:
        raise _trouble(status)
    return out.raw[: room.value]


def _by_provider(dlls: Any, context: Any, provider: Any, spec: int, digest: bytes, algorithm: str, rsa: bool) -> bytes:
    """A signature by a provider of old (RSA only), turned round: it gives the last byte first."""
    if not rsa or algorithm not in _CALG:
        raise SigningError(tr("The provider that holds this key signs with RSA only; nothing was signed."))
    advapi = dlls.advapi
    spec = spec if spec in _KEYS else _KEYS[0]
    held, newer = ctypes.c_void_p(), None
    if not advapi.CryptCreateHash(provider, _CALG[algorithm], None, 0, ctypes.byref(held)):
        code = dlls.last_error()
        if code & 0xFFFFFFFF != _BAD_ALGORITHM:
            raise _trouble(code)
        newer = _newer(dlls, context)
        if newer is None or not advapi.CryptCreateHash(newer, _CALG[algorithm], None, 0, ctypes.byref(held)):
            if newer is not None:
                advapi.CryptReleaseContext(newer, 0)
            raise SigningError(
                tr(
                    "The provider that holds this key knows no {algorithm}: nothing was signed. Import the certificate"
                    " again with a current provider, or ask whoever issued it."
                ).format(algorithm=algorithm)
            )
    try:
        if not advapi.CryptSetHashParam(held, _HASH_VALUE, digest, 0):
            raise _trouble(dlls.last_error())
        room = wintypes.DWORD(0)
        if not advapi.CryptSignHashW(held, spec, None, 0, None, ctypes.byref(room)):
            raise _trouble(dlls.last_error())
        out = ctypes.create_string_buffer(room.value)
        if not advapi.CryptSignHashW(held, spec, None, 0, out, ctypes.byref(room)):
            raise _trouble(dlls.last_error())
        return out.raw[: room.value][::-1]
    finally:
        advapi.CryptDestroyHash(held)
        if newer is not None:
            advapi.CryptReleaseContext(newer, 0)


def _newer(dlls: Any, context: Any) -> Any:
    """The same key by Microsoft's provider that knows SHA-2; None where the key lies with somebody else's.

    Microsoft's providers share their containers: one of 1996 (PROV_RSA_FULL) that holds a key is no reason to sign
    with SHA-1.
    """
    size = wintypes.DWORD(0)
    if not dlls.crypt.CertGetCertificateContextProperty(context, KEY_PROV_INFO, None, ctypes.byref(size)):
        return None
    room = ctypes.create_string_buffer(size.value)
    if not dlls.crypt.CertGetCertificateContextProperty(context, KEY_PROV_INFO, room, ctypes.byref(size)):
        return None
    info = ProviderInfo.from_buffer(room)
    if not (info.provider or "").startswith("Microsoft ") or "Smart Card" in info.provider:
        return None
    found = ctypes.c_void_p()
    flags = info.flags & _OF_THE_MACHINE
    done = dlls.advapi.CryptAcquireContextW(ctypes.byref(found), info.container, _AES_PROVIDER, _RSA_AES, flags)
    return found if done else None


def _trouble(code: int) -> SigningError:
    code &= 0xFFFFFFFF
    if code in _CANCELLED:
        return SigningError(tr("Windows was not allowed to use the key; nothing was signed."))
    return SigningError(
        tr("Windows could not sign with this certificate (error 0x{code:08X}); nothing was signed.").format(code=code)
    )
