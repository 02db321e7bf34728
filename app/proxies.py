"""How this computer reaches the network, where a connection fails because of it.

Proxies are found as Python finds them (`urllib.request.getproxies`): the variables HTTPS_PROXY and NO_PROXY, else the
settings of Windows or macOS. A script that chooses the proxy (PAC, also found by WPAD) is not run: Python does not know
how, and a program that judges must not run what a network hands it. Whoever has one is told so, with what to do.
"""

import sys
from collections.abc import Mapping
from typing import Any, Final, cast
from urllib.request import getproxies

from app.texts import tr

_SETTINGS: Final = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings"


def script() -> str:
    """Address of the script that chooses this computer's proxy; "" where there is none or the system does not tell."""
    try:
        if sys.platform == "win32":
            import winreg

            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, _SETTINGS) as key:
                return str(winreg.QueryValueEx(key, "AutoConfigURL")[0]).strip()
        if sys.platform == "darwin":
            return _of_macos()
    except (OSError, ValueError):
        return ""
    return ""


def _of_macos() -> str:
    import subprocess

    words = ["/usr/sbin/scutil", "--proxy"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=10, check=False)  # noqa: S603 - fixed words
    found = dict(line.strip().split(" : ", 1) for line in done.stdout.splitlines() if " : " in line)
    return found.get("ProxyAutoConfigURLString", "") if found.get("ProxyAutoConfigEnable") == "1" else ""


def hint(proxies: Mapping[str, str] | None = None, address: str | None = None) -> str | None:
    """A sentence for whoever could not connect because a script chooses the proxy; None where that is not so."""
    known = cast("Mapping[str, Any]", getproxies() if proxies is None else proxies)
    if known.get("https") or known.get("all"):
        return None
    address = script() if address is None else address
    if not address:
        return None
    return tr(
        "This computer chooses its proxy by a script ({address}), which Situs does not run. Where clouds are reached "
        "by a proxy only, ask your IT for its name and set the environment variable HTTPS_PROXY, as "
        "http://proxy.example:8080."
    ).format(address=address)
