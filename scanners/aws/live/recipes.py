"""The two shapes of most collectors: a list that says all, and a list whose elements are described one by one."""

from collections.abc import Callable, Iterator
from typing import Any, Final, cast

from scanners.aws.live.declare import Collector, Operation, pages
from scanners.aws.live.reach import Reach
from scanners.coverage import MissedError
from scanners.documents import DocumentType
from scanners.members import member, text, texts
from scanners.model import Item

SUBNETS: Final = pages("ec2", "DescribeSubnets", "Subnets", page=1000, optional=True)
"""Which private network and zone a subnet is in. Optional: without it these two stay unknown, and nothing else."""

OUTPOSTS: Final = pages("outposts", "ListOutposts", "Outposts", page=1000)
SITES: Final = pages("outposts", "ListSites", "Sites", page=1000, optional=True)
"""Where hardware of AWS in buildings of the customer's choice stands: asked only where something stands there."""

More = Callable[[Reach, dict[str, Any]], None]


def listed(
    kind: DocumentType,
    operation: Operation,
    *,
    nulls: tuple[str, ...] = (),
    tags: str = "",
    more: More | None = None,
    operations: tuple[Operation, ...] = (),
    shared: bool = False,
    **parameters: Any,
) -> Collector:
    """A collector of documents that a list gives whole.

    `nulls` names members that AWS leaves out where there is none; `tags` the member with the ARN where tags have to be
    asked for; `more` puts further answers into the document, by `operations`; `shared`: other collectors need the same
    list, which is then read once.
    """

    def run(reach: Reach) -> Iterator[Item]:
        for entry in reach.listed(operation, **parameters) if shared else reach.each(operation, **parameters):
            document: dict[str, Any] = dict(entry)
            _complete(reach, document, kind, nulls, tags)
            if more is None:
                yield from reach.see(kind, document, by=operation)
            else:
                reach.spawn(lambda r, d=document: _finished(r, d))

    def _finished(reach: Reach, document: dict[str, Any]) -> Iterator[Item]:
        if more is not None:
            more(reach, document)
        yield from reach.see(kind, document, by=operation)

    return Collector(kind.service, kind.kinds, (operation, *operations), run, types=(kind,))


def described(
    kind: DocumentType,
    listing: Operation,
    describe: Operation,
    parameter: str,
    identity: str = "",
    *,
    take: str = "",
    nulls: tuple[str, ...] = (),
    tags: str = "",
    more: More | None = None,
    operations: tuple[Operation, ...] = (),
    shared: bool = False,
    **parameters: Any,
) -> Collector:
    """A collector of a list whose elements are described one by one.

    `parameter` of `describe` takes the member `identity` of an element (the element itself if empty); `take` is the
    member of the answer that holds the document. Where a description is not answered, what the list said is kept.
    """

    def run(reach: Reach) -> Iterator[Item]:
        for entry in reach.listed(listing, **parameters) if shared else reach.each(listing, **parameters):
            reach.spawn(lambda r, e=entry: one(r, e))
        yield from ()

    def one(reach: Reach, entry: Any) -> Iterator[Item]:
        yield from description(
            reach, entry, kind, listing, describe, {parameter: member(entry, identity) if identity else entry},
            take=take, nulls=nulls, tags=tags, more=more,
        )  # fmt: skip

    return Collector(kind.service, kind.kinds, (listing, describe, *operations), run, types=(kind,))


def description(
    reach: Reach,
    entry: Any,
    kind: DocumentType,
    listing: Operation,
    describe: Operation,
    parameters: dict[str, Any],
    *,
    take: str = "",
    nulls: tuple[str, ...] = (),
    tags: str = "",
    more: More | None = None,
) -> Iterator[Item]:
    """One element of a list, described; as the list said it where it cannot be described or is gone meanwhile."""
    try:
        answer = reach.answer(describe, **parameters)
    except MissedError:
        answer = None
    found = None if answer is None else member(answer, take) if take else answer
    if not isinstance(found, dict):
        if isinstance(entry, dict):
            yield from reach.see(kind, cast("dict[str, Any]", entry), by=listing)
        return
    document: dict[str, Any] = {**found}
    _complete(reach, document, kind, nulls, tags)
    if more is not None:
        more(reach, document)
    yield from reach.see(kind, document, by=describe)


def attached(reach: Reach, document: dict[str, Any], holder: str = "VpcConfig", subnets: str = "Subnets") -> None:
    """Puts `VpcId` and `Zones` of the subnets that `document[holder]` names beside them; null where none are named.

    Both stay absent where subnets may not be listed.
    """
    if document.get(holder) is None:
        document[holder] = None
        return
    named = texts(document, f"{holder}.{subnets}") or []

    def read() -> dict[str, tuple[str | None, str | None]]:
        return {str(s["SubnetId"]): (text(s, "VpcId"), text(s, "AvailabilityZone")) for s in reach.each(SUBNETS)}

    try:
        known = reach.once(f"subnets:{reach.region}", SUBNETS, read)
    except MissedError:
        return
    places = [known[name] for name in named if name in known]
    networks = {vpc for vpc, _ in places if vpc}
    if len(networks) == 1:
        zones = sorted({zone for _, zone in places if zone})
        document[holder] = {**document[holder], "VpcId": networks.pop(), "Zones": zones}


def sites(reach: Reach) -> dict[str, Any]:
    """Site of Outposts → what AWS says of it. Raises MissedError."""
    return reach.once(f"sites:{reach.region}", SITES, lambda: {str(site["SiteId"]): site for site in reach.each(SITES)})


def on_outpost(reach: Reach, document: dict[str, Any]) -> None:
    """Puts the country of the Outpost that a machine or disk stands on into its document, where it stands on one."""
    outpost = text(document, "OutpostArn")
    if outpost is None:
        return
    try:
        owners = reach.once(
            f"outposts:{reach.region}",
            OUTPOSTS,
            lambda: {str(o["OutpostArn"]): str(o.get("SiteId")) for o in reach.each(OUTPOSTS)},
        )
        site = sites(reach).get(owners.get(outpost, ""))
    except MissedError:
        return
    country = text(site, "OperatingAddressCountryCode")
    if country is not None:
        document["OutpostCountry"] = country


def tag(reach: Reach, document: dict[str, Any], kind: DocumentType, arn: str | None) -> None:
    """Puts the tags of a resource into the document, in the spelling that its type declares."""
    if arn is None or "Tags" in document or "tags" in document:
        return
    found: dict[str, Any] = {}
    reach.tag(found, arn)
    if found:
        document["tags" if "tags" in kind.members else "Tags"] = found["Tags"]


def _complete(reach: Reach, document: dict[str, Any], kind: DocumentType, nulls: tuple[str, ...], tags: str) -> None:
    for name in nulls:
        document.setdefault(name, None)
    if tags:
        tag(reach, document, kind, text(document, tags))
