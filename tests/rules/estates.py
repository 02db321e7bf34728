"""Small estates and rules for the tests of judging."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from rules.catalogue import Catalogue
from rules.engine import judge
from rules.estate import MemoryEstate
from rules.judgement import Acceptance, Finding, Flow, Summary, Transfer
from rules.policy import Policy
from rules.rule import Check, Rule, Source
from rules.selftest import Collected
from scanners.model import KINDS, Asset, Coverage, CoverageStatus, Location, LocationKind, Relation

AS_OF = date(2026, 11, 22)
ACCOUNT = "111122223333"
TAGS = """
[tag_map.class]
personal = "personal"
health = "special_category"
pseudo = "pseudonymised"
anonymous = "anonymous"
public = "public"
"""


def place(region: str) -> Location:
    """A region, or nowhere."""
    return Location.unknown() if region == "unknown" else Location(LocationKind.REGION, region=region)


def asset(uid: str, kind: str = "storage.bucket", region: str = "eu-west-1", **members: Any) -> Asset:
    """An AWS asset; `data` is its class tag, further members are attributes."""
    data = members.pop("data", None)
    tags = members.pop("tags", {"class": data} if data else {})
    core = {name: members.pop(name) for name in ("provider", "account", "aliases", "evidence") if name in members}
    return Asset(
        uid=uid,
        kind=kind,
        provider=core.pop("provider", "aws"),
        account=core.pop("account", ACCOUNT),
        native_type=kind,
        name=uid,
        location=place(region),
        tags=tags,
        attributes=members,
        **core,
    )


def rel(source: str, type_: str, target: str, **attributes: Any) -> Relation:
    """A relation."""
    return Relation(source, type_, target, attributes)


def read(*accounts: str, provider: str = "aws") -> list[Coverage]:
    """Every kind of these accounts was read."""
    return [
        Coverage("c", provider, account, "*", kind, kind, CoverageStatus.COLLECTED)
        for account in accounts or (ACCOUNT,)
        for kind in KINDS
    ]


def rule(id_: str, condition: str, names: Iterable[str] = ("storage.bucket",), **members: Any) -> Rule:
    """A rule over assets, or with subject="flow" or "relation" over those."""
    where = members.pop("where", None)
    check = Check(
        members.pop("subject", "asset"), tuple(names), Source(condition), None if where is None else Source(where)
    )
    return Rule(
        id=id_,
        family=id_.split("-")[1],
        title="A thing is wrong",
        severity=members.pop("severity", "high"),
        rationale="r",
        checks=(check,),
        law=("gdpr.art44",),
        explanation="e",
        remediation={"aws": "f"},
        not_checked_when="n",
        **members,
    )


def run(
    rules: Iterable[Rule],
    assets: Iterable[Asset],
    relations: Iterable[Relation] = (),
    policy: str | None = TAGS,
    coverage: Iterable[Coverage] | None = None,
    acceptances: Iterable[Acceptance] = (),
    **options: Any,
) -> tuple[list[Finding], list[Flow], list[Transfer], Summary]:
    """Judge an estate held in memory."""
    catalogue = Catalogue.load()
    sink = Collected()
    summary = judge(
        MemoryEstate(assets, relations, read() if coverage is None else coverage),
        list(rules),
        Policy.none() if policy is None else Policy.parse(policy, catalogue, AS_OF),
        catalogue,
        AS_OF,
        sink,
        acceptances=acceptances,
        **options,
    )
    return sink.all_findings, sink.all_flows, sink.all_transfers, summary


def many() -> MemoryEstate:
    """A larger estate, the same every time it is asked for; fit to be opened in another process."""
    regions = ("eu-west-1", "us-east-1", "unknown")
    classes = ("personal", "public", "health", None)
    buckets = [asset(f"b{n}", region=regions[n % 3], data=classes[n % 4]) for n in range(300)]
    jobs = [asset(f"j{n}", "training.job", regions[n % 2]) for n in range(60)]
    databases = [
        asset(f"db{n}", "database.instance", data="personal", relations_read=["replicates_to"]) for n in range(20)
    ]
    relations = [rel(f"j{n}", "reads", f"b{n * 7 % 300}") for n in range(60)]
    relations += [rel(f"db{n}", "replicates_to", f"b{n * 5 % 300}") for n in range(20)]
    return MemoryEstate([*buckets, *jobs, *databases], relations, read())
