"""Logins through a private endpoint: the real host becomes the first segment of the path, as for all other calls."""

from typing import Any
from urllib.parse import urlsplit

from azure.core.pipeline.transport import RequestsTransport

_Transport: Any = RequestsTransport


def transport(endpoint: str) -> Any:
    """The transport for azure-identity: sends its requests to the endpoint of a connection."""
    start = endpoint.rstrip("/") + "/"
    found: Any = _Transport()
    plain = found.send

    def send(request: Any, **more: Any) -> Any:
        url = str(request.url)
        if not url.startswith(start):
            parts = urlsplit(url)
            request.url = f"{start}{parts.netloc}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        return plain(request, **more)

    found.send = send
    return found
