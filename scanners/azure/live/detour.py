"""Logins through a private endpoint: the real host becomes the first segment of the path, as for all other calls."""

from typing import Any
from urllib.parse import urlsplit

from azure.core.pipeline.transport import RequestsTransport


class Detour(RequestsTransport):
    """Sends the requests of azure-identity to the endpoint of a connection."""

    def __init__(self, endpoint: str) -> None:
        super().__init__()
        self._endpoint = endpoint.rstrip("/")

    def send(self, request: Any, **more: Any) -> Any:
        """The answer to a request."""
        found = urlsplit(request.url)
        if not request.url.startswith(self._endpoint + "/"):
            query = f"?{found.query}" if found.query else ""
            request.url = f"{self._endpoint}/{found.netloc}{found.path}{query}"
        return super().send(request, **more)


def transport(endpoint: str) -> Detour:
    """The transport for azure-identity."""
    return Detour(endpoint)
