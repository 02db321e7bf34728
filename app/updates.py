"""Whether a newer version was published: asked only where an address was chosen, told only, never downloaded.

The address answers with JSON that the publisher, or the organisation's own software distribution, keeps:

    {"version": "1.4.0", "published": "2026-11-20", "page": "https://intranet.example/situs"}

Nothing is sent but the request itself: no version, no name, no number of this computer.
"""

import ipaddress
import re
from typing import Final
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from app import __version__
from app.texts import tr

_LARGEST: Final = 64 * 1024
_SECONDS: Final = 10
_FORM: Final = re.compile(r"(\d{1,6})\.(\d{1,6})\.(\d{1,6})(?:(a|b|rc)(\d{1,6})|\.post(\d{1,6}))?")
_STAGES: Final = {"a": 0, "b": 1, "rc": 2}
_RELEASE: Final = 3


class UpdateError(Exception):
    """It could not be found out; the text is a sentence for people."""


class Published(Struct, frozen=True):
    """What the address said. `version` as 1.4.0; `published` a day or ""; `page` an https address for people or ""."""

    version: str
    published: str = ""
    page: str = ""

    @property
    def newer(self) -> bool:
        """Whether it is newer than this program."""
        return _order(self.version) > _order(__version__)


def look(address: str) -> Published:
    """Ask the address once. Redirects are not followed. Raises UpdateError."""
    check(address)
    from app.scanning import use_system_trust

    use_system_trust()
    import requests

    host = urlsplit(address).hostname or ""
    try:
        with requests.get(
            address,
            headers={"Accept": "application/json", "User-Agent": "Situs"},
            timeout=_SECONDS,
            allow_redirects=False,
            stream=True,
        ) as answer:
            if answer.status_code != 200:
                raise UpdateError(
                    tr("{host} answered with HTTP {status}; whether there is a newer version is not known.").format(
                        host=host, status=answer.status_code
                    )
                )
            body = answer.raw.read(_LARGEST + 1, decode_content=True)
    except requests.exceptions.SSLError:
        raise UpdateError(tr("{host} has no certificate that this computer trusts.").format(host=host)) from None
    except (requests.exceptions.RequestException, OSError) as error:
        raise UpdateError(
            tr("{host} cannot be reached ({reason}); whether there is a newer version is not known.").format(
                host=host, reason=type(error).__name__
            )
        ) from None
    return understood(body, host)


def understood(body: bytes, host: str) -> Published:
    """The answer, checked: it comes from outside. Raises UpdateError."""
    wrong = tr("{host} did not answer as a place for versions of Situs does.").format(host=host)
    if len(body) > _LARGEST:
        raise UpdateError(wrong)
    try:
        found = msgspec.json.decode(body, type=Published)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise UpdateError(wrong) from None
    if not _FORM.fullmatch(found.version) or not re.fullmatch(r"(\d{4}-\d\d-\d\d)?", found.published):
        raise UpdateError(wrong)
    if found.page and not re.fullmatch(r"https://[!-~]{1,500}", found.page):
        raise UpdateError(wrong)
    return found


def in_words(found: Published) -> str:
    """One sentence for people."""
    if not found.newer:
        return tr("Situs {version} is the newest version that is published.").format(version=__version__)
    text = tr("Situs {new} is published; this is {version}.").format(new=found.version, version=__version__)
    return f"{text} {found.page}" if found.page else text


def check(address: str) -> None:
    """Raises UpdateError for an address that is not asked: not HTTPS (but for this computer), or with a login."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        parts, host = urlsplit(""), ""
    if host and (parts.scheme == "https" or (parts.scheme == "http" and _loopback(host))) and not parts.username:
        return
    raise UpdateError(tr("The address that is asked for newer versions must begin with https:// and hold no login."))


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _order(version: str) -> tuple[int, ...]:
    found = _FORM.fullmatch(version)
    if found is None:
        return (0,)
    numbers = tuple(int(part) for part in found.group(1, 2, 3))
    if found[4]:
        return (*numbers, _STAGES[found[4]], int(found[5]))
    return (*numbers, _RELEASE, int(found[6] or 0))
