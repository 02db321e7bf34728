"""From what a person named (a profile, keys, a role, an organisation) to sessions of accounts, all behind the guard."""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final, cast

import botocore.session
from botocore import exceptions as boto
from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
from msgspec import Struct

from scanners.aws.live.declare import Operation, op, pages
from scanners.aws.live.door import Door, new_session
from scanners.aws.live.failures import code_of, missed
from scanners.coverage import MissedError
from scanners.guard import CallLog, Guard
from scanners.live.credentials import LoginError, Network, Secret
from scanners.model import CoverageStatus

__all__ = ["Login", "LoginError", "Logins", "Network", "Secret"]
CALLER: Final = op("sts", "GetCallerIdentity")
ACCOUNTS: Final = pages("organizations", "ListAccounts", "Accounts")
REGIONS: Final = pages("account", "ListRegions", "Regions", page=50)
EC2_REGIONS: Final = op("ec2", "DescribeRegions")
OPERATIONS: Final[tuple[Operation, ...]] = (CALLER, ACCOUNTS, REGIONS, EC2_REGIONS)
"""What finds out who we are and where to look; the rest is declared by the services."""

_UNKNOWN: Final = frozenset({"InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure"})

HOME: Final = {
    "aws": "us-east-1",
    "aws-cn": "cn-north-1",
    "aws-us-gov": "us-gov-west-1",
    "aws-eusc": "eusc-de-east-1",
}
"""Where the services of a partition that have no region answer."""


class Login(Struct, frozen=True):
    """How to get in, and where to look.

    `auth`: `default`, `profile`, `keys` or `role`; a role is assumed with `source`, or with the default login.
    `accounts` and `regions` are names, or patterns with `*`. `organization_role` is the name of a role to assume in
    every account of the organisation. `listed`: the organisation's accounts where they are known already, as its list
    shows them (id, name, state).
    """

    name: str
    auth: str = "default"
    profile: str | None = None
    access_key_id: str | None = None
    secret: Secret | None = None
    session_secret: Secret | None = None
    role_arn: str | None = None
    external_id: str | None = None
    mfa_serial: str | None = None
    source: "Login | None" = None
    organization_role: str | None = None
    accounts: tuple[str, ...] = ("*",)
    regions: tuple[str, ...] = ("*",)
    endpoint: str | None = None
    listed: tuple[tuple[str, str | None, str | None], ...] | None = None


class Account(Struct):
    """One account that is logged in to, or why it is not. `partition` is that of the login's own ARN."""

    id: str
    partition: str
    name: str | None = None
    door: Door | None = None
    missed: MissedError | None = None
    own: bool = True


class Logins:
    """Makes the doors of one connection."""

    def __init__(
        self,
        login: Login,
        guard: Guard,
        log: CallLog,
        network: Network,
        ask_mfa: Callable[[str], str] | None = None,
    ) -> None:
        self._login, self._guard, self._log, self._network, self._ask_mfa = login, guard, log, network, ask_mfa
        self._region = ""
        self._named = False
        self._doors: dict[int, tuple[botocore.session.Session, Door]] = {}
        self._lock = threading.Lock()
        self.identity = ""
        """Who AWS says that the login is (an ARN), once it was asked."""

    def names(self) -> list[tuple[str, str | None, str | None]] | None:
        """(id, name, state) of every account that the connection asks for, the login's own first, without entering
        them; None where that cannot be listed. Raises LoginError where not even the login itself works."""
        login, wanted = self._login, _matcher(self._login.accounts)
        session = self._session(login)
        door = self._door(session)
        self._region = home = self._home(session)
        identity = self._identity(door, home)
        own, partition = str(identity["Account"]), str(identity["Arn"]).split(":")[1]
        told: list[tuple[str, str | None, str | None]] = [(own, None, None)] if wanted(own) else []
        if login.organization_role is None:
            return [*told, *((a, None, None) for a in login.accounts if "*" not in a and a != own)]
        door.account = own
        try:
            listed = list(_accounts(door, HOME.get(partition, home)))
        except Exception:  # then the scan itself says so, in its coverage
            return None
        others = [a for a in listed if str(a["Id"]) != own and wanted(str(a["Id"]))]
        return [*told, *((str(a["Id"]), a.get("Name"), a.get("State") or a.get("Status")) for a in others)]

    def open(self) -> Iterator[Callable[[], Account]]:
        """How to enter every account that the connection asks for, each of which may be done by another thread.

        Raises LoginError where not even the login itself works.
        """
        login = self._login
        session = self._session(login)
        door = self._door(session)
        self._region = home = self._home(session)
        identity = self._identity(door, home)
        own, partition = str(identity["Account"]), str(identity["Arn"]).split(":")[1]
        home = HOME.get(partition, self._region)
        door.account = own
        wanted = _matcher(login.accounts)
        if wanted(own):
            yield lambda: Account(own, partition, door=door)
        if login.organization_role is None:
            for other in login.accounts:
                if "*" not in other and other != own:
                    sentence = f"The login {login.name} reaches account {own} only; {other} needs organization_role."
                    yield partial(_missed, other, partition, MissedError(CoverageStatus.NOT_ASKED, sentence))
            return
        yield from self._organisation(session, door, own, partition, home)

    def _organisation(
        self, session: botocore.session.Session, door: Door, own: str, partition: str, home: str
    ) -> Iterator[Callable[[], Account]]:
        login, wanted = self._login, _matcher(self._login.accounts)
        listed: dict[str, dict[str, Any]] = {}
        try:
            if login.listed is None:
                listed = {str(entry["Id"]): entry for entry in _accounts(door, home)}
            else:
                listed = {i: {"Id": i, "Name": name, "State": state} for i, name, state in login.listed}
        except Exception as error:  # becomes a cell of the coverage
            yield partial(_missed, "*", partition, missed(error, ACCOUNTS, home))
        for other in login.accounts:
            if "*" not in other:
                listed.setdefault(other, {"Id": other})
        for other, entry in listed.items():
            if other == own or not wanted(other):
                continue
            state = entry.get("State") or entry.get("Status")
            if state not in (None, "ACTIVE"):
                sentence = f"Account {other} is {str(state).lower()}; AWS lets nobody read it."
                yield partial(_missed, other, partition, MissedError(CoverageStatus.DISABLED, sentence))
            else:
                yield partial(self._enter, session, other, entry.get("Name"), partition, home)

    def _enter(
        self, session: botocore.session.Session, other: str, name: str | None, partition: str, home: str
    ) -> Account:
        """Acts as the role in one account of the organisation."""
        login = self._login
        arn = f"arn:{partition}:iam::{other}:role/{login.organization_role}"
        inner = self._door(self._assumed(session, arn, login.external_id, None))
        inner.account = other
        try:
            identity = _call(inner, CALLER, home)
        except Exception as error:  # becomes a cell of the coverage
            miss = missed(error, CALLER, home)
            sentence = f"The role {arn} could not be assumed. {miss.detail}"
            known = MissedError(miss.status, sentence, permission="sts:AssumeRole", denied_by=miss.denied_by)
            return _missed(other, partition, known)
        return Account(str(identity["Account"]), partition, name, inner, own=False)

    def _session(self, login: Login) -> botocore.session.Session:
        try:
            session = new_session(login.profile)
            session.get_config_variable("region")  # reads the files, so that what is wrong with them shows here
        except boto.ProfileNotFound:
            raise LoginError(
                f"{login.name}: the profile {login.profile!r} is not in the AWS configuration of this computer; "
                "`aws configure list-profiles` shows the names."
            ) from None
        except (boto.ConfigParseError, boto.ConfigNotFound) as error:
            raise LoginError(f"{login.name}: the AWS configuration cannot be read ({type(error).__name__}).") from None
        if login.auth == "keys":
            key, secret = login.access_key_id, login.secret
            if not key or secret is None:
                raise LoginError(f"{login.name}: access_key_id and secret are both needed.")
            token = None if login.session_secret is None else login.session_secret.reveal()
            session.set_credentials(key, secret.reveal(), token)
        elif login.auth == "role":
            base = self._session(login.source) if login.source is not None else session
            return self._assumed(base, str(login.role_arn), login.external_id, login.mfa_serial)
        return session

    def _assumed(
        self, base: botocore.session.Session, arn: str, external_id: str | None, mfa: str | None
    ) -> botocore.session.Session:
        """A session that acts as a role and renews itself."""
        door = self._door(base)  # the call that assumes the role passes the guard too
        extra: dict[str, Any] = {"RoleSessionName": "situs"}
        if external_id:
            extra["ExternalId"] = external_id
        if mfa:
            extra["SerialNumber"] = mfa
        region = self._region or self._home(base)

        def creator(service: str, **_: Any) -> Any:
            """The door's own client: it signs with what the fetcher would have given, and is safe for all threads."""
            return door.client(service, region)

        def ask(_: str) -> str:
            if self._ask_mfa is None:
                raise LoginError(f"The role {arn} asks for a code of a second factor, and nobody is there to enter it.")
            return self._ask_mfa(mfa or "")

        source = base.get_credentials()
        if source is None:
            raise LoginError(f"{self._login.name}: there are no AWS credentials to assume {arn} with.")
        fetcher = AssumeRoleCredentialFetcher(cast(Any, creator), source, arn, extra_args=extra, mfa_prompter=ask)
        session = new_session()
        cast(Any, session)._credentials = DeferredRefreshableCredentials(
            method="assume-role", refresh_using=fetcher.fetch_credentials
        )
        return session

    def _door(self, session: botocore.session.Session) -> Door:
        """The door of a session: one, however often it is asked for, or each call would be counted several times."""
        network = self._network
        with self._lock:
            kept = self._doors.get(id(session))
            if kept is None:
                door = Door(
                    session,
                    self._guard,
                    self._log,
                    endpoint=self._login.endpoint,
                    attempts=network.attempts,
                    connect_timeout=network.connect_timeout,
                    read_timeout=network.read_timeout,
                )
                kept = self._doors[id(session)] = (session, door)
        return kept[1]

    def _home(self, session: botocore.session.Session) -> str:
        """A region to ask who we are: a named one, that of the profile, else the first of the commercial partition."""
        named = next((r for r in self._login.regions if "*" not in r), None)
        named = named or session.get_config_variable("region")
        self._named = named is not None
        return named or "us-east-1"

    def _identity(self, door: Door, region: str) -> dict[str, Any]:
        """Who we are. Where no region was named, the login may belong to another partition than the commercial one:
        each partition knows its own logins only."""
        name = self._login.name
        try:
            try:
                found = _call(door, CALLER, region)
                self.identity = str(found["Arn"])
                return found
            except boto.ClientError as error:
                if self._named or code_of(error) not in _UNKNOWN:
                    raise
                for home in HOME.values():
                    try:
                        found = _call(door, CALLER, home)
                    except (boto.BotoCoreError, boto.ClientError):
                        continue
                    self._region, self.identity = home, str(found["Arn"])
                    return found
                raise
        except LoginError as error:
            raise LoginError(f"{name}: {error}") from None
        except (boto.NoCredentialsError, boto.PartialCredentialsError):
            raise LoginError(
                f"{name}: there are no AWS credentials. Name a profile, or set the environment variables "
                "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
            ) from None
        except (boto.SSOError, boto.TokenRetrievalError):
            profile = f" --profile {self._login.profile}" if self._login.profile else ""
            raise LoginError(
                f"{name}: the single sign-on of AWS is over or never began. Run `aws sso login{profile}` and try again."
            ) from None
        except Exception as error:  # any failure here ends the connection, in a sentence
            raise LoginError(f"{name}: could not log in to AWS. {missed(error, CALLER, region).detail}") from None


def regions_of(account: Account) -> tuple[list[tuple[str, str]], MissedError | None]:
    """(region, whether it is on, as AWS says it) of an account, and what went wrong if neither way of asking worked.

    Where nobody answers, every region of the partition that botocore knows is named, as if it were on: a region is
    never left out on a guess.
    """
    door = cast(Door, account.door)
    home = HOME.get(account.partition, "us-east-1")
    try:
        found: list[tuple[str, str]] = []
        token: dict[str, str] = {}
        while True:
            answer = door.method(REGIONS, home)(MaxResults=50, **token)
            found += [(str(r["RegionName"]), str(r["RegionOptStatus"])) for r in answer["Regions"]]
            if not answer.get("NextToken"):
                return found, None
            token = {"NextToken": answer["NextToken"]}
    except Exception as first:  # the second way follows
        miss = missed(first, REGIONS, home)
    try:
        answer = door.method(EC2_REGIONS, home)(AllRegions=True)
        return [(str(r["RegionName"]), str(r.get("OptInStatus", "unknown"))) for r in answer["Regions"]], None
    except Exception as error:  # nobody answers
        miss = missed(error, EC2_REGIONS, home) if miss.status is CoverageStatus.UNSUPPORTED else miss
    known = new_session().get_available_regions("ec2", partition_name=account.partition)
    return [(str(region), "unknown") for region in known], miss


def _missed(account: str, partition: str, miss: MissedError) -> Account:
    return Account(account, partition, missed=miss, own=False)


def _accounts(door: Door, region: str) -> Iterator[dict[str, Any]]:
    token: dict[str, str] = {}
    while True:
        answer = door.method(ACCOUNTS, region)(**token)
        yield from answer["Accounts"]
        if not answer.get("NextToken"):
            return
        token = {"NextToken": answer["NextToken"]}


def _call(door: Door, operation: Operation, region: str) -> dict[str, Any]:
    return door.method(operation, region)()


def _matcher(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    from fnmatch import fnmatchcase

    return lambda text: any(fnmatchcase(text, pattern) for pattern in patterns)
