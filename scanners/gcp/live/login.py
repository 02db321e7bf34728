"""From what a person named (a key file, an account to act as, a token) to headers of requests, through google-auth.

google-auth is imported when the first token is needed. Its requests go through `scanners.gcp.live.transport`, which
sends them to hosts that give tokens and to no other, through the proxy and with the certificates of this computer.
"""

import json
import threading
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, cast

from msgspec import Struct

from scanners.gcp.live.transport import DEFAULT_UNIVERSE, TokenTransport
from scanners.guard import CallLog
from scanners.live.credentials import LoginError, Network, Secret

SCOPES: Final = ("https://www.googleapis.com/auth/cloud-platform",)
"""Most interfaces take no narrower one; that nothing can be changed comes from IAM and from what is declared here."""
_LARGEST: Final = 1 << 20
_FORM: Final = "the key or configuration is not of the form that Google gives out"
_OF_AWS: Final = "urn:ietf:params:aws:token-type:aws4_request"
_WORDS: Final = {
    "invalid_grant": "Google does not accept the key: it was deleted, has expired, or this computer's clock is wrong",
    "invalid_client": "Google does not know this account any more",
    "unauthorized_client": "the account may not ask for tokens with this key",
    "PERMISSION_DENIED": "the login may not act as this account; it needs roles/iam.serviceAccountTokenCreator on it",
    "NOT_FOUND": "the account to act as does not exist",
}


class Login(Struct, frozen=True):
    """How to get in, and where to look.

    `auth`: `default`, `service_account`, `impersonate`, `workload_identity` or `token`. `organization` is its number,
    `folders` are numbers of folders; `accounts` are ids of projects, and may have `*`.
    """

    name: str
    auth: str = "default"
    key: str | None = None
    secret: Secret | None = None
    target: str | None = None
    config: str | None = None
    source: "Login | None" = None
    universe_domain: str | None = None
    organization: str | None = None
    folders: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ("*",)
    regions: tuple[str, ...] = ("*",)
    endpoint: str | None = None

    def __post_init__(self) -> None:
        """Raises LoginError for scopes that Google could not know."""
        for kind, values in (("organizations", [self.organization or ""]), ("folders", self.folders)):
            for value in values:
                if value and not value.removeprefix(f"{kind}/").isdigit():
                    raise LoginError(
                        f"{self.name}: {value!r} is no number of one of the {kind}; as in {kind}/123456789."
                    )
        universe = self.universe_domain
        if universe is not None and not all(part.replace("-", "a").isalnum() for part in universe.split(".")):
            raise LoginError(f"{self.name}: universe_domain is a domain such as s3nsapis.fr, not {universe!r}.")

    @property
    def scopes(self) -> tuple[str, ...]:
        """The organisation or the folders that the connection is confined to, as Google writes them."""
        if self.folders:
            return tuple(f"folders/{f.removeprefix('folders/')}" for f in self.folders)
        return (
            () if self.organization is None else (f"organizations/{self.organization.removeprefix('organizations/')}",)
        )


class Tokens:
    """Gives the headers of a login; safe for several threads. Nothing is asked before the first call."""

    def __init__(self, login: Login, log: CallLog, network: Network) -> None:
        self._login = login
        self._lock = threading.Lock()
        self._credentials: Any = None
        self._transport = TokenTransport(log, network, login.endpoint, login.universe_domain or DEFAULT_UNIVERSE)

    def __call__(self, *, renew: bool = False) -> Mapping[str, str]:
        """The headers. Raises LoginError where there is no login, or none any more."""
        login = self._login
        if login.auth == "token":
            if renew:
                raise LoginError(f"{login.name}: Google did not accept the access token; it lives for an hour at most.")
            return {"authorization": f"Bearer {_token(login)}"}
        with self._lock:
            if self._credentials is None:
                self._credentials = self._asked(lambda: _credentials(login, self._transport))
            found = self._credentials
            if renew or not found.valid:
                self._asked(lambda: found.refresh(self._transport))
            headers = {"authorization": f"Bearer {found.token}"}
            project = getattr(found, "quota_project_id", None) or self._payer(found)
            if project:
                headers["x-goog-user-project"] = str(project)
            return headers

    def _payer(self, credentials: Any) -> str | None:
        """The project whose quota a person's login uses, where it brings none: one that the connection names.

        Without one Google answers for its own command line's project, where nothing is switched on.
        """
        from google.oauth2.credentials import Credentials

        named = (account for account in self._login.accounts if "*" not in account)
        return next(named, None) if isinstance(credentials, Credentials) else None

    @property
    def universe(self) -> str:
        """The domain of the interfaces: the connection's, else the one that the credentials belong to."""
        stated = getattr(self._credentials, "universe_domain", None)
        return self._login.universe_domain or (stated if isinstance(stated, str) and stated else DEFAULT_UNIVERSE)

    def _asked(self, ask: Callable[[], Any]) -> Any:
        from google.auth import exceptions

        name = self._login.name
        try:
            return ask()
        except LoginError:
            raise
        except exceptions.DefaultCredentialsError:
            if self._login.auth != "default" and self._login.source is None and self._login.target is None:
                raise LoginError(f"{name}: {_FORM}.") from None
            raise LoginError(
                f"{name}: this computer has no Google credentials. `gcloud auth application-default login` makes some, "
                'or name a key file with auth = "service_account".'
            ) from None
        except exceptions.TransportError as error:
            raise LoginError(f"{name}: no token could be had; {_reason(error)}.") from None
        except exceptions.GoogleAuthError as error:
            raise LoginError(f"{name}: no token could be had; {_refusal(error)}.") from None
        except (ValueError, KeyError, TypeError, AttributeError, OSError):
            raise LoginError(f"{name}: {_FORM}.") from None


def _token(login: Login) -> str:
    text = "" if login.secret is None else login.secret.reveal().strip()
    if not text or not text.isprintable() or " " in text:
        raise LoginError(f"{login.name}: the access token is empty, or holds spaces or line breaks.")
    return text


def _credentials(login: Login, transport: TokenTransport) -> Any:
    if login.auth == "default":
        import google.auth

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # about quota projects; `missed` says it where it matters
            found, _ = cast("tuple[Any, Any]", google.auth.default(scopes=SCOPES, request=transport))  # pyright: ignore[reportUnknownMemberType]
        return found
    if login.auth == "service_account":
        return _service_account(login, _document(login, login.key, "key"))
    if login.auth == "workload_identity":
        return _federated(login, _document(login, login.config, "config"), transport)
    if login.auth == "impersonate":
        from google.auth import impersonated_credentials

        if login.source is not None and login.source.auth == "token":
            from google.oauth2.credentials import Credentials

            source: Any = Credentials(_token(login.source))  # pyright: ignore[reportUnknownVariableType]
        else:
            source = _credentials(login.source or Login(login.name), transport)
        return impersonated_credentials.Credentials(source, login.target, list(SCOPES), lifetime=3600)
    raise LoginError(f"{login.name}: there is no way to log in called {login.auth!r}.")


def _document(login: Login, file: str | None, key: str) -> dict[str, Any]:
    """A key or configuration as Google gives it out, from a file or from a secret."""
    if file is not None:
        try:
            with Path(file).open("rb") as opened:
                raw = opened.read(_LARGEST + 1)
        except OSError as error:
            raise LoginError(f"{login.name}: {file} cannot be read ({error.strerror}).") from None
    else:
        raw = b"" if login.secret is None else login.secret.reveal().encode()
    try:
        found: Any = json.loads(raw) if len(raw) <= _LARGEST else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        where = file or "the secret"
        raise LoginError(f"{login.name}: {where} is no JSON document, as a {key} of Google is.")
    return cast("dict[str, Any]", found)


def _service_account(login: Login, info: dict[str, Any]) -> Any:
    from google.oauth2 import service_account

    if info.get("type") != "service_account":
        sort = str(info.get("type"))[:40]
        raise LoginError(
            f"{login.name}: this is no key of a service account (its type is {sort!r}); use auth = "
            f'"{"workload_identity" if sort == "external_account" else "default"}" for it.'
        )
    made = cast(Any, service_account.Credentials)
    found = made.from_service_account_info(info, scopes=SCOPES)
    if login.universe_domain and login.universe_domain != found.universe_domain:
        found = found.with_universe_domain(login.universe_domain)
    return found


def _federated(login: Login, info: dict[str, Any], transport: TokenTransport) -> Any:
    if info.get("type") not in ("external_account", "external_account_authorized_user"):
        raise LoginError(f"{login.name}: this is no configuration of workload identity federation.")
    source = info.get("credential_source")
    if isinstance(source, dict):
        place = cast("dict[str, Any]", source)
        if "executable" in place:
            raise LoginError(f"{login.name}: the configuration would run a program; Situs runs none.")
        transport.admit(place.get("url"), place.get("region_url"), place.get("imdsv2_session_token_url"))
    if info.get("type") == "external_account_authorized_user":
        from google.auth import external_account_authorized_user as person

        return cast(Any, person.Credentials).from_info(info, scopes=SCOPES)
    if info.get("subject_token_type") == _OF_AWS:
        from google.auth import aws

        return cast(Any, aws.Credentials).from_info(info, scopes=SCOPES)
    from google.auth import identity_pool

    return cast(Any, identity_pool.Credentials).from_info(info, scopes=SCOPES)


def _refusal(error: Exception) -> str:
    """Google's refusal in words; its own text may repeat what was sent."""
    text = " ".join(str(part) for part in error.args)
    return next(
        (words for code, words in _WORDS.items() if code in text), f"Google refused it ({type(error).__name__})"
    )


def _reason(error: Exception) -> str:
    cause = error.args[0] if error.args else ""
    return cause if isinstance(cause, str) and len(cause) < 200 else "the host that gives tokens does not answer"
