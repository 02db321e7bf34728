"""Which projects there are, what is above them, and which services are switched on in each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Final

from scanners.coverage import MissedError
from scanners.gcp.live.declare import get, listing
from scanners.gcp.live.inventory import RESOURCE
from scanners.gcp.live.login import Login
from scanners.gcp.live.reach import GcpReach, Known, Project
from scanners.gcp.places import place
from scanners.live.credentials import LoginError
from scanners.members import text, texts
from scanners.model import CoverageStatus, Item

HOST: Final = "cloudresourcemanager.googleapis.com"
PROJECTS: Final = listing(
    "resourcemanager.projects.search", HOST, "/v3/projects:search", "projects", "resourcemanager.projects.get"
)
PROJECT: Final = get("resourcemanager.projects.get", HOST, "/v3/projects/{project}")
FOLDERS: Final = listing(
    "resourcemanager.folders.search", HOST, "/v3/folders:search", "folders", "resourcemanager.folders.get"
)
ORGANIZATIONS: Final = listing(
    "resourcemanager.organizations.search",
    HOST,
    "/v3/organizations:search",
    "organizations",
    "resourcemanager.organizations.get",
)
SERVICES: Final = listing(
    "serviceusage.services.list",
    "serviceusage.googleapis.com",
    "/v1/projects/{project}/services",
    "services",
    size=("pageSize", 200),
    query=(("filter", "state:ENABLED"),),
    optional=True,
)
OPERATIONS: Final = (PROJECTS, PROJECT, FOLDERS, ORGANIZATIONS, SERVICES)
_MOST_LEVELS: Final = 12


@dataclass
class Found:
    """What was found: projects that are asked for, those that cannot be read, and the scopes of the inventory."""

    projects: list[Project] = field(default_factory=list[Project])
    missed: dict[str, MissedError] = field(default_factory=dict[str, MissedError])
    scopes: list[tuple[str, tuple[str, ...]]] = field(default_factory=list[tuple[str, tuple[str, ...]]])
    """(scope, its projects)."""
    organizations: list[str] = field(default_factory=list[str])
    gaps: list[MissedError] = field(default_factory=list[MissedError])


def wanted(login: Login) -> Callable[[str], bool]:
    """Whether a project, by its id, is asked for."""
    return lambda project: any(fnmatchcase(project, pattern) for pattern in login.accounts)


def regions(login: Login) -> Callable[[str], bool]:
    """Whether a place is asked for; multi-regions and `global` always are, a zone with its region."""

    def asks(location: str) -> bool:
        found = place(location)
        if found.kind.value in ("global", "multi_region"):
            return True
        names = {location.lower(), (found.region or "").lower()}
        return any(fnmatchcase(name, pattern) for name in names if name for pattern in login.regions)

    return asks


class Discovery:
    """Asks who is there. `items` yields the assets of projects, folders and organisations; `found` is the result."""

    def __init__(self, login: Login, known: Known) -> None:
        self._login, self._known = login, known
        self._parents: dict[str, str] = {}
        self._folders_read = False
        self.found = Found()

    def items(self, reach: GcpReach) -> Iterator[Item]:
        """Everything above and including the projects. Raises LoginError where nobody got in."""
        login = self._login
        yield from self._holders(reach)
        bodies, miss = self._projects(reach)
        exact = [a for a in login.accounts if "*" not in a]
        known = {str(text(b, "projectId")) for b in bodies} | {_number(b) for b in bodies}
        for name in exact:
            if name not in known:
                bodies += self._alone(reach, name, miss)
        if miss is not None and not bodies:
            bodies = self._by_inventory(reach)
        if miss is not None:
            self.found.gaps.append(miss)
        ask = wanted(login)
        for body in bodies:
            yield from self._project(reach, body, ask)
        if not self.found.projects and not self.found.missed:
            if miss is not None:
                raise LoginError(f"{login.name}: {miss.detail}")
            raise LoginError(
                f"{login.name}: this login sees no project that the connection names. Check accounts, organization and "
                "folders, and that the login has a role on the projects."
            )
        self._scopes()

    def _holders(self, reach: GcpReach) -> Iterator[Item]:
        """Organisations and folders that the login sees."""
        own = self._login.scopes
        try:
            for body in reach.each(ORGANIZATIONS):
                name = text(body, "name")
                if name and (not own or name in own or own[0].startswith("folders/")):
                    self.found.organizations.append(name)
                    yield from reach.see(f"{HOST}/Organization", body, ORGANIZATIONS, ancestors=[name])
        except MissedError as error:
            _entered(self._login, error)
        for scope in own:
            if scope.startswith("organizations/") and scope not in self.found.organizations:
                self.found.organizations.append(scope)
        folders: list[dict[str, Any]] = []
        try:
            folders = list(reach.each(FOLDERS))
            self._folders_read = True
        except MissedError:
            pass
        for body in folders:
            name, parent = text(body, "name"), text(body, "parent")
            if name and parent:
                self._parents[name] = parent
        for body in folders:
            chain = self._above(text(body, "name"))
            if self._inside(chain):
                yield from reach.see(f"{HOST}/Folder", body, FOLDERS, ancestors=list(chain or ()))

    def _projects(self, reach: GcpReach) -> tuple[list[dict[str, Any]], MissedError | None]:
        found: list[dict[str, Any]] = []
        try:
            found.extend(reach.each(PROJECTS))
        except MissedError as error:
            _entered(self._login, error)
            return found, error
        return found, None

    def _alone(self, reach: GcpReach, name: str, miss: MissedError | None) -> list[dict[str, Any]]:
        """A project that is named but was not listed."""
        try:
            return [reach.call(PROJECT, project=name)]
        except MissedError as error:
            if miss is not None and error.status is not CoverageStatus.DENIED:
                return [
                    {"projectId": name}
                ]  # the interface that names projects is switched off; the others need not be
            self.found.missed[name] = error
            return []

    def _by_inventory(self, reach: GcpReach) -> list[dict[str, Any]]:
        """Projects of the organisation or folders, where only the inventory may be asked."""
        found: list[dict[str, Any]] = []
        for scope in self._login.scopes:
            try:
                for entry in reach.each(RESOURCE, scope=scope, query={"assetTypes": f"{HOST}/Project"}):
                    body = entry.get("resource", {}).get("data") if isinstance(entry.get("resource"), dict) else None
                    if isinstance(body, dict):
                        found.append({**body, "ancestors": texts(entry, "ancestors")})
            except MissedError:
                continue
        return found

    def _project(self, reach: GcpReach, body: dict[str, Any], ask: Callable[[str], bool]) -> Iterator[Item]:
        identifier, number = text(body, "projectId"), _number(body)
        if identifier is None:
            self.found.gaps.append(MissedError(CoverageStatus.ERROR, "A project was listed without its id."))
            return
        if not ask(identifier) and number not in self._login.accounts:
            return
        stated = texts(body, "ancestors")
        parent = text(body, "parent")
        above = tuple(stated[1:]) if stated else self._above(parent)
        own = f"projects/{number or identifier}"
        if not self._inside((own, *above) if above is not None else None):
            return
        state = text(body, "state") or text(body, "lifecycleState")
        project = Project(identifier, number, None if above is None else (own, *above))
        if state not in (None, "ACTIVE"):
            sentence = f"Project {identifier} is {state.lower().replace('_', ' ')}; Google lets nobody read it."
            self.found.missed[identifier] = MissedError(CoverageStatus.DISABLED, sentence)
            return
        self._known.add(project)
        if all(p.id != identifier for p in self.found.projects):
            self.found.projects.append(project)
        plain = {k: v for k, v in body.items() if k != "ancestors"}
        ancestors = {} if project.ancestors is None else {"ancestors": list(project.ancestors)}
        name = f"//{HOST}/projects/{number or identifier}"
        yield from reach.see(f"{HOST}/Project", plain, PROJECTS, name, **ancestors)

    def chains(self) -> Iterator[tuple[str, tuple[str, ...] | None]]:
        """Each folder that was seen, with itself and everything above it."""
        for folder in self._parents:
            yield folder, self._above(folder)

    def _above(self, name: str | None) -> tuple[str, ...] | None:
        """A folder or organisation and everything above it; None where a level is not known."""
        chain: list[str] = []
        while name and len(chain) < _MOST_LEVELS:
            chain.append(name)
            if name.startswith("organizations/"):
                return tuple(chain)
            name = self._parents.get(name)
        return None if chain else ()

    def _inside(self, chain: tuple[str, ...] | None) -> bool:
        """Whether a holder lies in the scope of the connection.

        Where a level of the chain is not known, an organisation is taken to hold what its own login sees; a folder only
        where nobody could have told which folders there are.
        """
        own = self._login.scopes
        if not own or (chain is not None and set(own) & set(chain)):
            return True
        return chain is None and (own[0].startswith("organizations/") or not self._folders_read)

    def _scopes(self) -> None:
        """What the inventory is asked about: the connection's own scopes, else whole organisations, else projects."""
        login, found = self._login, self.found
        rest = {p.id: p for p in found.projects}
        tops = login.scopes if login.accounts == ("*",) or login.scopes else ()
        if not login.scopes and login.accounts == ("*",):
            tops = tuple(found.organizations)
        if login.accounts != ("*",):
            tops = ()  # an organisation is not read for the sake of some of its projects
        for top in tops:
            inside = tuple(p.id for p in rest.values() if p.ancestors is None or top in p.ancestors)
            if inside or login.scopes:
                found.scopes.append((top, inside))
            for identifier in inside:
                rest.pop(identifier)
        found.scopes += [(f"projects/{identifier}", (identifier,)) for identifier in rest]


def enabled(reach: GcpReach) -> Iterator[Item]:
    """Which services are switched on in a project; noted in it, where Google says so."""
    names: set[str] = set()
    for body in reach.each(SERVICES):
        name = text(body, "config.name") or (text(body, "name") or "").rpartition("/")[2]
        if text(body, "state") in (None, "ENABLED") and name:
            names.add(name)
    reach.site.project.enabled = frozenset(names)
    yield from ()


def _number(body: dict[str, Any]) -> str | None:
    stated = body.get("projectNumber")
    if isinstance(stated, str | int) and str(stated).isdigit():
        return str(stated)
    own = (text(body, "name") or "").removeprefix("projects/")
    return own if own.isdigit() else None


def _entered(login: Login, miss: MissedError) -> None:
    """Raises LoginError where the login as such is not accepted, or nothing answers at all."""
    if miss.status is CoverageStatus.EXPIRED or miss.unresolved:
        sentence = miss.detail.rpartition(f"{login.name}: ")[2]  # the login's own words name it already
        raise LoginError(f"{login.name}: could not log in to Google Cloud. {sentence}")
