"""Scans one connection to Kubernetes: contexts, what each cluster offers, every list, and the coverage of it all."""

import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any, Final

from scanners.coverage import Book, MissedError, Part
from scanners.documents import Origin
from scanners.guard import CallLog
from scanners.kubernetes.gather import Gathering
from scanners.kubernetes.live.discovery import Served, discover
from scanners.kubernetes.live.kubeconfig import Context, Unusable
from scanners.kubernetes.live.login import Login, address_names, door_of, substitute_uid
from scanners.kubernetes.live.plugin import Agreement
from scanners.kubernetes.live.reach import AbsentError, ClusterReach, ClusterSite, failure
from scanners.kubernetes.live.resources import DISCOVERY, ENGINES, IDENTITY, LISTINGS, NAMESPACES, PAGE, Listing
from scanners.kubernetes.workloads import matters
from scanners.live.collect import CollectorRun, Scanned
from scanners.live.credentials import NOBODY, LoginError, Network, Person
from scanners.live.door import NoAnswerError, RestDoor
from scanners.live.limits import Limits
from scanners.live.rest import RestOperation
from scanners.members import member, records, text
from scanners.model import Asset, Coverage, CoverageStatus, Evidence, Item, Location, canonical, digest
from scanners.runner import NORMAL, Manners, Sink, StoppedError, Task, Work, run_tasks

PROVIDER: Final = "kubernetes"
_NATIVES: Final = frozenset(listing.native for listing in LISTINGS)
_NO_VALUES: Final[Mapping[str, str]] = {}
_NO_PLACES: Final[Mapping[str, Location]] = {}


class Cluster:
    """One cluster that is being read."""

    def __init__(self, site: ClusterSite, gathering: Gathering) -> None:
        self.site, self.gathering = site, gathering
        self._lock = threading.Lock()
        self._whole: set[str] = set()
        self._open = len(LISTINGS)
        self._end: list[Item] | None = None

    def done(self, listing: Listing) -> None:
        """A list was read to its end."""
        with self._lock:
            self._whole.add(listing.native)
        if listing.native == "Node":
            self.gathering.nodes_read()

    def over(self) -> bool:
        """One list is over, whatever became of it; returns whether it was the last."""
        with self._lock:
            self._open -= 1
            return self._open == 0

    def read(self, native: str) -> bool:
        """Whether every object of a type was read, or the cluster proved that it has no such type."""
        if native in _NATIVES:
            return native in self._whole
        return self.site.served.offers(native.partition("/")[0]) is False

    def end(self) -> list[Item]:
        """What only the whole cluster shows; the same whenever it is asked."""
        with self._lock:
            if self._end is None:
                offers = [self.site.served.offers(group) for group in ENGINES]
                engines = True if True in offers else None if None in offers else False
                self._end = self.gathering.end(self.read, engines)
            return self._end


class _Scan:
    """One run over one connection."""

    def __init__(
        self,
        login: Login,
        log: CallLog,
        manners: Manners,
        network: Network,
        person: Person,
        places: Mapping[str, Location],
    ) -> None:
        self.login, self.log, self.manners, self.network = login, log, manners, network
        self.places = places
        self.agreement = Agreement(login.exec, person)
        self.book = Book(login.name, PROVIDER)
        self.lock = threading.Lock()
        self.clusters: dict[str, Cluster] = {}
        self.missed: dict[str, MissedError] = {}
        self.asked = 0

    def opening(self, context: Context) -> Task:
        """The task that finds out what a context leads to, and then plans its lists."""

        def run(work: Work) -> None:
            try:
                cluster = self._open(context, work)
            except LoginError as error:
                work.check()
                self._miss(context.name, MissedError(error.status, str(error)))
                return
            except MissedError as miss:
                self._miss(context.name, miss)
                return
            except StoppedError:
                raise
            except Exception as error:  # one answer that does not fit must not end the scan of the other clusters
                sentence = f"{context.name}: an answer could not be used ({error!r:.120})."
                self._miss(context.name, MissedError(CoverageStatus.ERROR, sentence))
                return
            if cluster is None:
                return
            for listing in LISTINGS:
                work.spawn(self._listing(cluster, listing))

        return Task(context.name, ("open", context.name), ("open", context.name), run)

    def end(self, cluster: Cluster) -> list[Item]:
        """The last items of a cluster, and what no list of it shows."""
        items = cluster.end()
        if not cluster.gathering.shows_control_plane:
            sentence = (
                "How the control plane encrypts secrets and keeps its audit log is shown by the API only where the "
                "cluster runs it itself; of a managed cluster the cloud's own connection shows it."
            )
            part = Part(cluster.site.account, "*", "controlplane", "compute.cluster")
            self.book.missed([part], MissedError(CoverageStatus.UNSUPPORTED, sentence), "controlplane")
        return items

    def _miss(self, name: str, miss: MissedError) -> None:
        with self.lock:
            self.missed[name] = miss

    def _open(self, context: Context, work: Work) -> Cluster | None:
        """The cluster of a context; None where it is left out, or is one that another context leads to as well."""
        uid, told, served, door = open_cluster(self.login, context, self.agreement, self.log, self.network, work)
        if not any(fnmatchcase(name, pattern) for name in (uid, context.name) for pattern in self.login.accounts):
            return None
        site = ClusterSite(
            self.login.name, uid, door, self.book, Limits(self.manners.operation_width), served, context.name
        )
        names = (context.cluster, *address_names(context))
        proof = None if told is not None else _proof(uid, context)
        gathering = Gathering(uid, context.name, self._place(uid, context), names, self._late(uid), proof)
        cluster = Cluster(site, gathering)
        with self.lock:
            if uid in self.clusters:
                return None
            self.clusters[uid] = cluster
        part = Part(uid, "*", "cluster", "compute.cluster")
        self.book.plan([part])
        self.book.answered([part])
        if told is not None:
            self.book.missed([part], told, IDENTITY.key)
        self.book.ended([part])
        return cluster

    def _place(self, uid: str, context: Context) -> Location | None:
        """The place that a declaration gives to this cluster."""
        for name in (uid, context.name, context.cluster):
            for spelling in (name, name.lower()):
                if f"kubernetes:{spelling}" in self.places:
                    return self.places[f"kubernetes:{spelling}"]
        return None

    def _late(self, uid: str) -> Callable[[Asset, Any], None]:
        def saw(asset: Asset, tag: Any) -> None:
            whole = asset.kind in ("account", "compute.cluster") and tag is None
            service = "cluster" if whole else tag or "core"
            self.book.saw(Part(uid, "*", str(service), asset.kind))

        return saw

    def _listing(self, cluster: Cluster, listing: Listing) -> Task:
        site = cluster.site
        run = CollectorRun(
            site,
            listing,
            site.context,
            shown="*",
            reach=ClusterReach,
            lane=("cluster", site.account),
            always=[operation.key for operation in DISCOVERY],
        )
        told = [Part(site.account, "*", listing.service, kind) for kind in listing.tells if not listing.kinds]

        def read(reach: ClusterReach) -> Iterator[Item]:
            try:
                for document in reach.objects(listing):
                    if listing.native == "Pod" and not _matters(document):
                        continue
                    seen = datetime.now(UTC)
                    origin = Origin(site.connection, site.context, listing.operation.key, site.account, None, seen)
                    yield from cluster.gathering.take(document, listing.type, origin, listing.service)
            except MissedError as miss:
                self.book.missed(told, miss, listing.operation.key)
                raise
            cluster.done(listing)

        task = run.task(read)

        def work_on(work: Work) -> None:
            task.run(work)
            if cluster.over():
                for item in self.end(cluster):
                    work.emit(item)
                work.flush()

        return Task(task.name, task.lane, task.group, work_on)


def scan(
    login: Login,
    sink: Sink,
    log: CallLog,
    *,
    manners: Manners = NORMAL,
    network: Network | None = None,
    progress: Callable[[str, int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    person: Person = NOBODY,
    places: Mapping[str, Location] = _NO_PLACES,
) -> Scanned:
    """Reads everything that is declared from the clusters of one connection into the sink, coverage last.

    A cluster that several contexts lead to is read once, with the first of them. Raises LoginError where no context at
    all led to a cluster. `places`: declared places by `kubernetes:NAME`, where a name is a uid, a context or a cluster.
    """
    run = _Scan(login, log, manners, network or Network(), person, places)
    contexts: list[Context] = []
    for found in login.config().chosen(login.contexts):
        if isinstance(found, Unusable):
            run.missed[found.name] = MissedError(CoverageStatus.ERROR, found.why)
        else:
            contexts.append(found)

    finished = run_tasks(
        [run.opening(context) for context in contexts],
        sink,
        manners=manners,
        progress=progress,
        cancelled=cancelled,
    )
    if not finished:
        for cluster in run.clusters.values():
            sink(run.end(cluster))  # what was read before a person stopped is kept
    if finished and not run.clusters:
        reasons = list(run.missed.values())
        if reasons:
            raise LoginError(f"{login.name}: " + " ".join(r.detail for r in reasons[:4]), reasons[0].status)
        raise LoginError(f"{login.name}: no context of the kubeconfig is asked for by contexts and accounts.")
    cells = [_cell(login, name, miss) for name, miss in sorted(run.missed.items())]
    cells += run.book.cells()
    sink(cells)
    return Scanned(finished, tuple(sorted(run.clusters)), cells)


def _cell(login: Login, name: str, miss: MissedError) -> Coverage:
    return Coverage(
        login.name, PROVIDER, name, "*", "*", "*", miss.status,
        missing_permission=miss.permission, denied_by=miss.denied_by, detail=miss.detail,
    )  # fmt: skip


def open_cluster(
    login: Login, context: Context, agreement: Agreement, log: CallLog, network: Network, work: Work
) -> tuple[str, MissedError | None, Served, RestDoor]:
    """(uid, why it is a substitute, what is served, door) of the cluster of a context. Raises LoginError, and
    MissedError where the cluster does not answer."""
    door = door_of(login, context, agreement, log, network, lambda: _stopped(work))
    uid, told = _identity(door, context, work)

    def ask(operation: RestOperation, **values: str) -> Any:
        return asked(door, operation, context.name, work, values=values)

    return uid, told, discover(ask), door


def _identity(door: RestDoor, context: Context, work: Work) -> tuple[str, MissedError | None]:
    """(uid of the cluster, why it is a substitute). Raises MissedError where the cluster cannot be talked to at all."""
    try:
        found = asked(door, IDENTITY, context.name, work)
    except MissedError as miss:
        if miss.status is not CoverageStatus.DENIED and not isinstance(miss, AbsentError):
            raise
        reason, found = miss, _listed_identity(door, context, work)
    else:
        reason = MissedError(CoverageStatus.ERROR, "The namespace kube-system has no uid.")
    uid = text(found, "metadata.uid")
    if uid is not None and len(uid) <= 64 and all(c.isalnum() or c in "-._" for c in uid):
        return uid, None
    sentence = (
        f"{reason.detail} The cluster is named after its address instead: moved to another address, or read with more "
        "rights, it will count as another cluster."
    )
    told = MissedError(reason.status, sentence, permission=reason.permission, denied_by=reason.denied_by)
    return substitute_uid(context), told


def _proof(uid: str, context: Context) -> Evidence:
    """The answer that names a cluster, cut down to what matters."""
    body = canonical({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "kube-system", "uid": uid}})
    return Evidence(digest(body), body, IDENTITY.key, context.name, datetime.now(UTC))


def _listed_identity(door: RestDoor, context: Context, work: Work) -> Any:
    """The same namespace out of the list of all, where that may be read."""
    try:
        listed = asked(door, NAMESPACES, context.name, work, query={"limit": PAGE})
    except MissedError:
        return None
    return next((n for n in records(listed, "items") or [] if text(n, "metadata.name") == "kube-system"), None)


def asked(
    door: RestDoor,
    operation: RestOperation,
    where: str,
    work: Work,
    *,
    query: Mapping[str, Any] | None = None,
    body: Any = None,
    values: Mapping[str, str] = _NO_VALUES,
) -> Any:
    """Body of the answer to one request. Raises MissedError, noted nowhere."""
    url = operation.url(values, query)
    try:
        return door.send(operation, url, account=where, region=where, pause=work.sleep, body=body).body
    except NoAnswerError as error:
        raise failure(error, operation, where) from None
    except LoginError as error:
        raise MissedError(error.status, str(error)) from None


def _stopped(work: Work) -> bool:
    try:
        work.check()
    except StoppedError:
        return True
    return False


def _matters(pod: Any) -> bool:
    """Whether a pod is looked at: one that asks for accelerators, or an API server, which tells how it was started."""
    if matters(member(pod, "spec")):
        return True
    return text(pod, "metadata.labels.component") == "kube-apiserver"
