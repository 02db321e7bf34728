"""The proxy that this computer is set up with, also where a script (PAC) chooses it.

Libraries for HTTP know the environment and, on Windows and macOS, a proxy that is named in the system's settings. A
script they do not run: on Windows the system's own WinHTTP is asked what it says for each cloud, and the answer is put
into the environment, where all of them find it. On macOS the script stays unasked, and who cannot connect is told so.
"""

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any, Final, cast
from urllib.request import getproxies

from app.texts import tr

CLOUDS: Final = {
    "https://sts.amazonaws.com/": ".amazonaws.com",
    "https://management.azure.com/": ".azure.com",
    "https://login.microsoftonline.com/": ".microsoftonline.com",
    "https://cloudresourcemanager.googleapis.com/": ".googleapis.com",
}
"""An address of each cloud to ask the script about, and the ending of names that its answer is taken for."""

_DEFAULT_PROXY: Final = 1
_BY_URL: Final = 2
_DETECT: Final = 1
_DHCP_AND_DNS: Final = 3


def use_system_proxy(environment: MutableMapping[str, str] | None = None) -> None:
    """Put the proxy of a script into the environment, where neither that nor the system names one. Windows only."""
    if sys.platform != "win32":
        return
    where = os.environ if environment is None else environment
    if any(name.lower() in ("https_proxy", "all_proxy") for name in where) or getproxies().get("https"):
        return
    with _Script() as script:
        if script.known:
            where.update(settings(script.ask))


def hint(proxies: Mapping[str, str] | None = None, script: str | None = None) -> str | None:
    """A sentence for whoever could not connect because a script that nobody asks chooses the proxy; else None."""
    known = cast("Mapping[str, Any]", getproxies() if proxies is None else proxies)
    if known.get("https") or known.get("all"):
        return None
    address = _of_macos() if script is None else script
    if not address:
        return None
    return tr(
        "This computer chooses its proxy by a script ({address}), which Situs does not run. Where clouds are reached "
        "by a proxy only, ask your IT for its name and set the environment variable HTTPS_PROXY, as "
        "http://proxy.example:8080."
    ).format(address=address)


def _of_macos() -> str:
    """Address of the script that macOS is set up with; "" elsewhere, and where there is none."""
    if sys.platform != "darwin":
        return ""
    try:
        words = ["/usr/sbin/scutil", "--proxy"]
        done = subprocess.run(words, capture_output=True, text=True, timeout=10, check=False)  # noqa: S603 - fixed words
    except (OSError, subprocess.SubprocessError):
        return ""
    found = dict(line.strip().split(" : ", 1) for line in done.stdout.splitlines() if " : " in line)
    return found.get("ProxyAutoConfigURLString", "") if found.get("ProxyAutoConfigEnable") == "1" else ""


def settings(ask: Callable[[str], str | None]) -> dict[str, str]:
    """Variables of the environment for what a script says. `ask`: a proxy (`host:port`) for an address, or None."""
    answers: Mapping[str, str | None] = {ending: ask(url) for url, ending in CLOUDS.items()}
    proxies = [p for p in answers.values() if p]
    if not proxies:
        return {}
    chosen = max(proxies, key=proxies.count)
    direct = [ending for ending, proxy in answers.items() if proxy is None]
    return {"HTTPS_PROXY": f"http://{chosen}", "NO_PROXY": ",".join(["localhost", "127.0.0.1", "::1", *direct])}


def first_of(answer: str | None) -> str | None:
    """The first proxy of a list as WinHTTP writes it (`a:8080;b:8080`, `https=a:8080`, `PROXY a:8080`)."""
    for part in (answer or "").replace(";", " ").split():
        name = part.partition("=")[2] if part.lower().startswith("https=") else part
        if "=" not in name and name.upper() not in ("PROXY", "HTTPS", "DIRECT"):
            host = name.removeprefix("http://").rstrip("/")
            return host if ":" in host else f"{host}:80"
    return None


class _Script:
    """WinHTTP, asked for as long as it is needed."""

    def __init__(self) -> None:
        windll: Any = getattr(ctypes, "windll", None)
        self._http: Any = windll.winhttp
        self._free: Any = windll.kernel32.GlobalFree
        self._free.argtypes = [ctypes.c_void_p]
        self._session: Any = None
        self._address: str | None = None
        self.known = False

    def __enter__(self) -> "_Script":
        found = _User()
        if self._http.WinHttpGetIEProxyConfigForCurrentUser(ctypes.byref(found)):
            self._address = self._text(found.script) or _written()
            self._text(found.proxy)
            self._text(found.bypass)
            self.known = bool(self._address or found.detect)
        if self.known:
            self._http.WinHttpOpen.restype = ctypes.c_void_p
            self._session = self._http.WinHttpOpen("situs", _DEFAULT_PROXY, None, None, 0)
        return self

    def __exit__(self, *_: object) -> None:
        if self._session:
            self._http.WinHttpCloseHandle(ctypes.c_void_p(self._session))

    def ask(self, url: str) -> str | None:
        """The proxy for an address, or None where it is reached directly or nothing is known."""
        options = _Options()
        options.flags = _BY_URL if self._address else _DETECT
        options.detect = 0 if self._address else _DHCP_AND_DNS
        options.script = self._address
        options.log_in = True
        told = _Told()
        if not self._session or not self._http.WinHttpGetProxyForUrl(
            ctypes.c_void_p(self._session), ctypes.c_wchar_p(url), ctypes.byref(options), ctypes.byref(told)
        ):
            return None
        answer = self._text(told.proxy)
        self._text(told.bypass)
        return first_of(answer)

    def _text(self, pointer: int | None) -> str | None:
        if not pointer:
            return None
        text = ctypes.wstring_at(pointer)
        self._free(pointer)
        return text


def _written() -> str | None:
    """The address of a script as policies write it into the registry."""
    winreg: Any = __import__("winreg")
    for root in (winreg.HKEY_CURRENT_USER, winreg.HKEY_LOCAL_MACHINE):
        try:
            with winreg.OpenKey(root, r"Software\Microsoft\Windows\CurrentVersion\Internet Settings") as key:
                value = winreg.QueryValueEx(key, "AutoConfigURL")[0]
        except OSError:
            continue
        if isinstance(value, str) and value:
            return value
    return None


class _User(ctypes.Structure):
    """WINHTTP_CURRENT_USER_IE_PROXY_CONFIG."""

    _fields_ = (
        ("detect", ctypes.c_int),
        ("script", ctypes.c_void_p),
        ("proxy", ctypes.c_void_p),
        ("bypass", ctypes.c_void_p),
    )


class _Options(ctypes.Structure):
    """WINHTTP_AUTOPROXY_OPTIONS."""

    _fields_ = (
        ("flags", ctypes.c_ulong),
        ("detect", ctypes.c_ulong),
        ("script", ctypes.c_wchar_p),
        ("reserved", ctypes.c_void_p),
        ("reserved_too", ctypes.c_ulong),
        ("log_in", ctypes.c_int),
    )


class _Told(ctypes.Structure):
    """WINHTTP_PROXY_INFO."""

    _fields_ = (("access", ctypes.c_ulong), ("proxy", ctypes.c_void_p), ("bypass", ctypes.c_void_p))
