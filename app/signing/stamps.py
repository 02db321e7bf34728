"""Time stamps of a server (RFC 3161): they show that a signature was there at that moment. Only a digest is sent."""

from typing import Any
from urllib.parse import urlsplit

from app.signing.errors import SigningError
from app.texts import tr


def time_stamper(address: str) -> Any:
    """What pyHanko asks for a time stamp, through the system's certificates and proxy. Raises SigningError."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
        raise SigningError(
            tr("{address} is not the address of a time stamp server: it begins with http:// or https://.").format(
                address=address[:100]
            )
        )
    from app.scanning import use_system_trust

    use_system_trust()
    from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper

    return RequestsHTTPTimeStamper(address, https=parts.scheme == "https", timeout=20)


def stamp_trouble(error: Exception, address: str) -> SigningError | None:
    """The sentence for a failure of the time stamp server; None where the error is another one."""
    import requests
    from pyhanko.sign.timestamps.common_utils import TimestampRequestError

    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, TimestampRequestError | requests.RequestException):
            return SigningError(
                tr(
                    "The time stamp server {address} gave no usable answer ({reason}). Nothing was signed; try again,"
                    " or sign without a time stamp."
                ).format(address=address, reason=" ".join(str(cause).split())[:160] or type(cause).__name__)
            )
        cause = cause.__cause__ or cause.__context__
    return None
