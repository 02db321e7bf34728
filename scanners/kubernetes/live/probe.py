"""The connection test: every cluster is asked which lists this login may read; nothing is kept."""

import threading
from collections.abc import Callable
from typing import Any, Final

from scanners.coverage import MissedError
from scanners.guard import CallLog
from scanners.kubernetes.live.discovery import Served
from scanners.kubernetes.live.kubeconfig import Context, Unusable
from scanners.kubernetes.live.login import Login
from scanners.kubernetes.live.plugin import Agreement
from scanners.kubernetes.live.resources import IDENTITY, LISTINGS, MAY, Listing
from scanners.kubernetes.live.scan import asked, open_cluster
from scanners.live.collect import Permission, Probe
from scanners.live.credentials import NOBODY, LoginError, Network, Person
from scanners.live.door import RestDoor
from scanners.members import flag
from scanners.model import CoverageStatus
from scanners.runner import Task, Work, run_tasks

_WORST: Final = ("denied", "failed", "allowed", "unused")


class _States:
    """What became of each permission, over all clusters: the worst counts."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._states: dict[str, str] = {}
        self._codes: dict[str, set[str]] = {}

    def add(self, permission: str, state: str, code: str = "") -> None:
        with self._lock:
            known = self._states.get(permission, "unused")
            self._states[permission] = min(state, known, key=_WORST.index)
            if code:
                self._codes.setdefault(permission, set()).add(code)

    def rows(self) -> tuple[Permission, ...]:
        return tuple(Permission(n, s, tuple(sorted(self._codes.get(n, ())))) for n, s in sorted(self._states.items()))


def probe(
    login: Login,
    *,
    network: Network | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    person: Person = NOBODY,
) -> Probe:
    """Which permissions are granted, in all clusters of the connection; a context that leads to no cluster has a row of
    its own that says why. Raises LoginError where none was reached."""
    log, states, agreement = CallLog(), _States(), Agreement(login.exec, person)
    patience = network or Network(attempts=2)
    reached: dict[str, str] = {}
    failed: list[tuple[str, str, CoverageStatus]] = []

    def task(context: Context) -> Task:
        def run(work: Work) -> None:
            try:
                uid, told, served, door = open_cluster(login, context, agreement, log, patience, work)
            except LoginError as error:
                failed.append((context.name, str(error), error.status))
                return
            except MissedError as miss:
                failed.append((context.name, miss.detail, miss.status))
                return
            reached[uid] = context.name
            states.add(IDENTITY.permission, "allowed" if told is None else _state(told))
            for listing in LISTINGS:
                _try(listing, served, door, context.name, work, states)

        return Task(context.name, context.name, context.name, run)

    tasks: list[Task] = []
    for found in login.config().chosen(login.contexts):
        if isinstance(found, Unusable):
            failed.append((found.name, found.why, CoverageStatus.ERROR))
        else:
            tasks.append(task(found))
    run_tasks(tasks, lambda _: None, progress=progress, cancelled=cancelled)
    if not reached:
        sentences = [sentence for _, sentence, _ in failed] or ["no context of the kubeconfig is asked for."]
        status = failed[0][2] if failed else CoverageStatus.EXPIRED
        raise LoginError(f"{login.name}: " + " ".join(sentences[:4]), status)
    broken = tuple(Permission(f"context {name}", "failed", (sentence,)) for name, sentence, _ in failed)
    return Probe(tuple(sorted(reached)), ", ".join(sorted(reached.values())), (*broken, *states.rows()))


def _try(listing: Listing, served: Served, door: RestDoor, where: str, work: Work, states: _States) -> None:
    """Asks whether a list may be read, or, where that question is not answered, for its first object."""
    versions = served.versions(listing)
    permission = listing.operation.permission
    if not versions:
        states.add(permission, "unused")
        return
    attributes = {"verb": "list", "group": listing.group, "resource": listing.plural}
    body: dict[str, Any] = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": attributes},
    }
    try:
        allowed = flag(asked(door, MAY, where, work, body=body), "status.allowed")
    except MissedError:
        allowed = None
    if allowed is not None:
        states.add(permission, "allowed" if allowed else "denied")
        return
    miss: MissedError | None = None
    for version in versions:
        try:
            asked(door, listing.operation, where, work, query={"limit": 1}, values={"version": version})
            states.add(permission, "allowed")
            return
        except MissedError as error:
            miss = error
    if miss is not None:
        states.add(permission, _state(miss), str(miss.status))


def _state(miss: MissedError) -> str:
    return "denied" if miss.status is CoverageStatus.DENIED else "failed"
