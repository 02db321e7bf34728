"""From what a person named (a browser, a certificate, a token) to the header that Azure wants, renewed in time.

azure-identity makes the tokens and is loaded only where one of its ways is used. A token is for Resource Manager alone.
"""

import logging
import re
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from scanners.azure.live.clouds import CLOUDS, Cloud
from scanners.guard import Call, CallLog
from scanners.live.credentials import LoginError, Network, Person, Secret

_EARLY: Final = 300
"""Seconds before its end that a token is renewed."""


class Login(Struct, frozen=True):
    """How to get in, and where to look: `auth` is one of `connect.WAYS`; `accounts` are subscriptions by id or name, or
    patterns with `*`; `regions` likewise."""

    name: str
    auth: str = "default"
    cloud: str = "public"
    tenant: str | None = None
    client_id: str | None = None
    secret: Secret | None = None
    certificate: str | None = None
    accounts: tuple[str, ...] = ("*",)
    regions: tuple[str, ...] = ("*",)
    endpoint: str | None = None

    @property
    def place(self) -> Cloud:
        """The cloud's addresses."""
        return CLOUDS[self.cloud]


def check(login: Login) -> None:
    """Raises LoginError for what cannot be, before anything is called."""
    if login.cloud not in CLOUDS:
        raise LoginError(f"{login.name}: there is no cloud {login.cloud!r}; cloud is one of {', '.join(CLOUDS)}.")
    if login.certificate is not None and not Path(login.certificate).is_file():
        raise LoginError(f"{login.name}: the certificate file {login.certificate} is not there.")


class Tokens:
    """Gives the header of a login, for several threads; asks for a new token before the old one ends."""

    def __init__(self, login: Login, person: Person, network: Network, log: CallLog) -> None:
        self._login, self._person, self._network, self._log = login, person, network, log
        self._lock = threading.Lock()
        self._credential: Any = None
        self._token = ""
        self._until = 0.0
        self._nobody: LoginError | None = None

    def __call__(self, *, renew: bool = False) -> Mapping[str, str]:
        """The header. Raises LoginError where there is no login any more."""
        login = self._login
        if login.auth == "token":
            if renew or login.secret is None:
                raise LoginError(
                    f"{login.name}: Azure did not accept the token; it expired, or is for another cloud or tenant. "
                    "`az account get-access-token` prints a new one."
                )
            return {"authorization": f"Bearer {login.secret.reveal()}"}
        with self._lock:
            if renew or time.time() > self._until - _EARLY:
                self._renew()
            return {"authorization": f"Bearer {self._token}"}

    def _tell(self, text: str) -> None:
        """Tells the person; azure-identity would wrap the error that nobody is there in one of its own."""
        try:
            self._person.tell(text)
        except LoginError as error:
            self._nobody = error
            raise

    def _renew(self) -> None:
        began, status = time.monotonic(), "failed"
        try:
            if self._credential is None:
                self._credential = _credential(self._login, self._tell, self._network)
            found = self._credential.get_token(self._login.place.scope)
            self._token, self._until = str(found.token), float(found.expires_on)
            status = "ok"
        except LoginError:
            raise
        except Exception as error:  # whatever azure-identity raises ends in one sentence
            if self._nobody is not None:
                raise self._nobody from None
            raise LoginError(_sentence(self._login, error)) from None
        finally:
            self._log.add(Call("login.token", "*", "global", status, 1, time.monotonic() - began))


_NETWORK: Final = re.compile(
    r"Failed to resolve|Max retries|Connection (?:aborted|refused|reset)|timed out|CERTIFICATE_VERIFY", re.IGNORECASE
)
_HINTS: Final = {
    "default": "Run `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.",
    "browser": "Was the window closed before the sign-in was over?",
    "device": "The code is valid for 15 minutes; try again.",
    "cli": "Run `az login` on this computer, and try `az account show`.",
    "managed_identity": "This works on machines in Azure that have an identity; name a user-assigned one by client_id.",
    "client_secret": "Check tenant and client_id, and whether the secret has expired.",
    "certificate": "Check tenant and client_id, and whether the certificate was uploaded to the application.",
}


def _sentence(login: Login, error: Exception) -> str:
    """What went wrong. Of azure-identity's own words only Microsoft's code is kept: the rest may name keys."""
    text = str(error)
    code = next((word.strip(":.,'\"") for word in text.split() if word.startswith("AADSTS")), "")
    if not code and _NETWORK.search(text):
        return (
            f"{login.name}: {login.place.authority} could not be reached to log in to Azure; check network, proxy and "
            "certificates."
        )
    reason = f" ({code})" if code else f" ({type(error).__name__})"
    return f"{login.name}: could not log in to Azure with auth = {login.auth!r}{reason}. {_HINTS.get(login.auth, '')}"


def _credential(login: Login, tell: Callable[[str], None], network: Network) -> Any:
    import azure.identity as identity

    logging.getLogger("azure.identity").setLevel(logging.CRITICAL)  # it logs what is raised, in its own words
    more: dict[str, Any] = {
        "authority": f"https://{login.place.authority}",
        "connection_timeout": network.connect_timeout,
        "read_timeout": network.read_timeout,
        "retry_total": max(0, network.attempts - 1),
    }
    if login.endpoint is not None:
        from scanners.azure.live.detour import transport

        more.update(transport=transport(login.endpoint), disable_instance_discovery=True)
    tenant: dict[str, Any] = {} if login.tenant is None else {"tenant_id": login.tenant}
    client: dict[str, Any] = {} if login.client_id is None else {"client_id": login.client_id}
    secret = None if login.secret is None else login.secret.reveal()
    make: dict[str, Callable[[], Any]] = {
        "default": lambda: identity.DefaultAzureCredential(
            **more, **({} if login.tenant is None else {"interactive_browser_tenant_id": login.tenant})
        ),
        "browser": lambda: identity.InteractiveBrowserCredential(**more, **tenant, **client),
        "device": lambda: identity.DeviceCodeCredential(
            **more, **tenant, **client, prompt_callback=lambda uri, code, _: tell(_told(uri, code))
        ),
        "cli": lambda: identity.AzureCliCredential(**tenant),
        "managed_identity": lambda: identity.ManagedIdentityCredential(**client),
        "client_secret": lambda: identity.ClientSecretCredential(
            str(login.tenant), str(login.client_id), str(secret), **more
        ),
        "certificate": lambda: identity.CertificateCredential(
            str(login.tenant), str(login.client_id), str(login.certificate), password=secret, **more
        ),
    }
    return make[login.auth]()


def _told(uri: str, code: str) -> str:
    return f"To sign in, open {uri} in a browser and enter the code {code}."
