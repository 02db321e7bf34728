"""Which subscriptions there are, what the login may see of each, and which region is paired with which."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final, cast

from scanners.azure.live.clouds import HOST
from scanners.azure.live.declare import PAGES
from scanners.azure.live.door import AzureDoor
from scanners.azure.live.failures import missed
from scanners.azure.live.login import Login
from scanners.azure.regions import region_id
from scanners.coverage import MissedError
from scanners.live.credentials import LoginError
from scanners.live.door import NoAnswerError, Pause
from scanners.live.rest import RestOperation
from scanners.members import records, text, texts, word
from scanners.model import CoverageStatus

_VERSION: Final = (("api-version", "2022-12-01"),)
SUBSCRIPTIONS: Final = RestOperation(
    "Microsoft.Resources/subscriptions",
    HOST,
    "/subscriptions",
    "Microsoft.Resources/subscriptions/read",
    _VERSION,
    elements="value",
    paging=PAGES,
)
SUBSCRIPTION: Final = RestOperation(
    "Microsoft.Resources/subscriptions/one",
    HOST,
    "/subscriptions/{subscription}",
    "Microsoft.Resources/subscriptions/read",
    _VERSION,
)
LOCATIONS: Final = RestOperation(
    "Microsoft.Resources/subscriptions/locations",
    HOST,
    "/subscriptions/{subscription}/locations",
    "Microsoft.Resources/subscriptions/locations/read",
    _VERSION,
    elements="value",
    optional=True,
)
RIGHTS: Final = RestOperation(
    "Microsoft.Authorization/permissions",
    HOST,
    "/subscriptions/{subscription}/providers/Microsoft.Authorization/permissions",
    "Microsoft.Authorization/permissions/read",
    (("api-version", "2022-04-01"),),
    elements="value",
    paging=PAGES,
    optional=True,
)
RESOURCES: Final = RestOperation(
    "Microsoft.Resources/subscriptions/resources",
    HOST,
    "/subscriptions/{subscription}/resources",
    "Microsoft.Resources/subscriptions/resources/read",
    (("api-version", "2025-04-01"), ("$top", "1")),
    elements="value",
    optional=True,
)
OPERATIONS: Final = (SUBSCRIPTIONS, SUBSCRIPTION, LOCATIONS, RIGHTS, RESOURCES)
_OFF: Final = frozenset({"disabled", "deleted"})
_MOST_PAGES: Final = 1000
_ID: Final = re.compile(r"^[0-9a-z][0-9a-z-]{0,63}$")


@dataclass(slots=True)
class Found:
    """A subscription that the connection asks for, or why it is not read."""

    id: str
    document: Mapping[str, Any]
    miss: MissedError | None = None


def subscriptions(login: Login, door: AzureDoor, pause: Pause) -> Iterator[Found]:
    """Every subscription that the connection asks for. Raises LoginError where nobody got in."""
    listed: list[Mapping[str, Any]] = []
    try:
        for page in _pages(login, door, SUBSCRIPTIONS, {}, pause):
            listed += records(page, "value") or []
    except LoginError as error:
        raise LoginError(str(error)) from None
    except NoAnswerError as error:
        miss = missed(error, SUBSCRIPTIONS, login.place.manager)
        if miss.status is CoverageStatus.DENIED and all("*" not in name for name in login.accounts):
            yield from (_unlisted(login, name.lower(), door, pause) for name in login.accounts)
            return
        raise LoginError(f"{login.name}: could not list the subscriptions. {miss.detail}") from None
    seen: set[str] = set()
    for document in listed:
        identity = (text(document, "subscriptionId") or (text(document, "id") or "").rsplit("/", 1)[-1]).lower()
        if not _ID.match(identity) or identity in seen:
            continue  # no subscription of Azure is called so, or it is listed twice
        seen.update((identity, (text(document, "displayName") or "").lower()))
        if not _wanted(login, document, identity):
            continue
        state = word(document, "state")
        if state in _OFF:
            sentence = f"The subscription {identity} is {state}; Azure lets nobody read it."
            yield Found(identity, document, MissedError(CoverageStatus.DISABLED, sentence))
        else:
            yield Found(identity, document)
    for name in login.accounts:
        if "*" not in name and name.lower() not in seen:
            yield _unlisted(login, name.lower(), door, pause)


def _wanted(login: Login, document: Mapping[str, Any], identity: str) -> bool:
    name = (text(document, "displayName") or "").lower()
    patterns = [pattern.lower() for pattern in login.accounts]
    return any(fnmatchcase(identity, pattern) or (name and fnmatchcase(name, pattern)) for pattern in patterns)


def _unlisted(login: Login, name: str, door: AzureDoor, pause: Pause) -> Found:
    """A subscription that the connection names and the list does not show: asked by itself, to tell why."""
    sentence = f"The subscription {name} is not among those that this login may list."
    denied = MissedError(CoverageStatus.DENIED, sentence, permission=SUBSCRIPTION.permission, denied_by="rbac")
    if not _ID.match(name):
        return Found(name, {}, denied)
    try:
        for document in _pages(login, door, SUBSCRIPTION, {"subscription": name}, pause):
            if text(document, "subscriptionId") or text(document, "id"):
                return Found(name, document)
    except NoAnswerError as error:
        miss = missed(error, SUBSCRIPTION, name)
        return Found(name, {}, denied if error.status == 404 else miss)
    return Found(name, {}, denied)


def pairs(login: Login, door: AzureDoor, subscription: str, pause: Pause) -> dict[str, str]:
    """Region → the region that Azure pairs it with; empty where it could not be read."""
    found: dict[str, str] = {}
    try:
        for page in _pages(login, door, LOCATIONS, {"subscription": subscription}, pause):
            for entry in records(page, "value") or []:
                name, paired = text(entry, "name"), records(entry, "metadata.pairedRegion") or []
                other = text(paired[0], "name") if paired else None
                if name is not None and other is not None:
                    found[region_id(name)] = region_id(other)
    except (NoAnswerError, LoginError):
        return found
    return found


class Rights:
    """What the login may do in a subscription as a whole, as Azure itself says; `known` is false where it did not say.

    Resource Graph leaves out silently what a login may not read, so that its silence proves something only where the
    login may read the type in the whole subscription.
    """

    def __init__(self, blocks: list[Mapping[str, Any]] | None, refused: bool = False) -> None:
        self.refused = refused
        self.known = blocks is not None
        self._blocks = [
            (_patterns(texts(block, "actions") or []), _patterns(texts(block, "notActions") or []))
            for block in blocks or []
        ]

    def may(self, permission: str) -> bool:
        """Whether some role grants it."""
        name = permission.lower()
        return any(
            any(fnmatchcase(name, yes) for yes in actions) and not any(fnmatchcase(name, no) for no in other)
            for actions, other in self._blocks
        )


def _patterns(actions: list[str]) -> list[str]:
    return [action.lower().replace("[", "") for action in actions]


def rights(login: Login, door: AzureDoor, subscription: str, pause: Pause) -> Rights:
    """The rights of the login in a subscription."""
    blocks: list[Mapping[str, Any]] = []
    try:
        for page in _pages(login, door, RIGHTS, {"subscription": subscription}, pause):
            blocks += records(page, "value") or []
    except NoAnswerError as error:
        return Rights(None, refused=error.status == 403 and error.code == "AuthorizationFailed")
    except LoginError:
        return Rights(None)
    stated = [block for block in blocks if texts(block, "actions") is not None]
    return Rights(stated or None)


def _pages(
    login: Login, door: AzureDoor, operation: RestOperation, values: Mapping[str, str], pause: Pause
) -> Iterator[Mapping[str, Any]]:
    given = {**login.place.slots, **values}
    url = operation.url(given)
    for _ in range(_MOST_PAGES):
        account = values.get("subscription", "*")
        body = door.send(operation, url, account=account, region="global", pause=pause).body
        if not isinstance(body, Mapping):
            raise NoAnswerError(200, failure="garbled")
        page = cast("Mapping[str, Any]", body)
        yield page
        link = text(page, "nextLink") if operation.paging is not None else None
        if link is None:
            return
        url = door.link(link)
        if not operation.follows(url, given):
            raise NoAnswerError(200, failure="redirect")
