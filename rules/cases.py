"""The examples that a rule carries: small estates written in the rule file."""

from datetime import UTC, date, datetime
from typing import Final

from msgspec import UNSET

from rules.members import Members, location, nearest, typed
from rules.rule import EXPECTATIONS, SEVERITIES, Case
from rules.yamlread import Text
from scanners.model import ATTRIBUTES, CORE, KINDS, RELATIONS, Asset, Coverage, CoverageStatus, Location, Relation

AS_OF: Final = date(2026, 11, 22)
"""The date of a case that states none."""

ACCOUNT: Final = "111122223333"
"""The account of a case's asset that states none."""

_EDGE: Final[dict[str, str]] = {
    "delete_propagation": "bool",
    "role": "str",
    "continuous": "bool",
    "content_logged": "bool",
    "enabled": "bool",
}
EDGE_ATTRIBUTES: Final = _EDGE
"""Attributes that a relation may carry, with their types."""


def read_case(members: Members, default_policy: str | None) -> Case:
    """One case of a rule file. Raises RuleError."""
    name = members.text("name", 200)
    members.what = f'case "{name}"'
    policy: str | None = default_policy
    given = members.maybe("policy")
    if given is not None:
        policy = None if given.strip() == "none" else str(given)
    about = members.maybe("about")
    assets = tuple(_asset(item) for item in members.list("assets"))
    if not assets:
        members.wrong("assets", '"assets" must name at least one asset.')
    severity = members.word("severity", SEVERITIES) if members.has("severity") else None
    missing = members.maybe("missing")
    case = Case(
        name=str(name),
        expect=members.word("expect", EXPECTATIONS),
        about=None if about is None else str(about),
        assets=assets,
        relations=tuple(_relation(item) for item in members.list("relations")),
        coverage=_coverage(members, assets),
        policy=policy,
        as_of=members.day("as_of") or AS_OF,
        severity=severity,
        potential=members.flag("potential"),
        missing=None if missing is None else str(missing),
        accepted_until=members.day("accepted_until"),
        file=members.file,
        line=members.line,
    )
    members.finish()
    return case


def _asset(members: Members) -> Asset:
    uid = str(members.text("uid", 2000))
    members.what = f'{members.what} ("{uid[:60]}")'
    kind = members.word("kind", KINDS)
    place = location(members, "location", members.part("location")) if members.has("location") else None
    asset = Asset(
        uid=uid,
        provider=str(members.maybe("provider") or "aws"),
        account=str(members.maybe("account") or ACCOUNT),
        kind=kind,
        native_type=str(members.maybe("native_type") or kind),
        name=str(members.maybe("name") or uid),
        location=place or Location.unknown(),
        partition=str(members.map["partition"]) if members.has("partition") else None,
        aliases=tuple(str(a) for a in members.texts("aliases")),
    )
    tags = members.part("tags")
    if isinstance(tags, Text):
        if tags != "unread":
            members.wrong("tags", '"tags" must be a mapping, or the word unread.')
        asset.tags = UNSET
    else:
        asset.tags = {} if tags is None else typed(members, "tags", tags, "map")
    created = members.day("created_at")
    if created is not None:
        asset.created_at = datetime(created.year, created.month, created.day, tzinfo=UTC)
    attributes: dict[str, object] = {"relations_read": sorted(RELATIONS)}
    for name, part in members.rest().items():
        known = CORE[name] if name == "managed_by" else ATTRIBUTES.get(name)
        if known is None:
            members.wrong(name, f'there is no attribute "{name[:80]}".', nearest(name, ATTRIBUTES))
        if kind not in known.kinds:
            members.wrong(name, f'"{name}" is not an attribute of {kind}.')
        attributes[name] = typed(members, name, part, known.type)
    asset.attributes = attributes
    return asset


def _relation(members: Members) -> Relation:
    relation = Relation(
        source=str(members.text("source", 2000)),
        type=members.word("type", RELATIONS),
        target=str(members.text("target", 2000)),
    )
    attributes: dict[str, object] = {}
    for name, part in members.rest().items():
        if name not in _EDGE:
            members.wrong(name, f'there is no attribute "{name[:80]}" of a relation.', nearest(name, _EDGE))
        attributes[name] = typed(members, name, part, _EDGE[name])
    relation.attributes = attributes
    return relation


def _coverage(members: Members, assets: tuple[Asset, ...]) -> tuple[Coverage, ...]:
    """The cells of a case, and `collected` for everything else of the accounts that its assets lie in."""
    given: list[Coverage] = []
    for item in members.list("coverage"):
        permission = item.maybe("missing_permission")
        kind = item.word("kind", {*KINDS, "*"})
        given.append(
            Coverage(
                connection="case",
                provider=str(item.maybe("provider") or "aws"),
                account=str(item.maybe("account") or ACCOUNT),
                region=str(item.maybe("region") or "*"),
                service=str(item.maybe("service") or kind),
                kind=kind,
                status=CoverageStatus(item.word("status", {str(s) for s in CoverageStatus})),
                missing_permission=None if permission is None else str(permission),
            )
        )
        item.finish()
    stated = {(c.provider, c.account, c.kind) for c in given}
    accounts = sorted({(a.provider, a.account) for a in assets})
    for provider, account in accounts:
        given.extend(
            Coverage("case", provider, account, "*", kind, kind, CoverageStatus.COLLECTED)
            for kind in sorted(KINDS)
            if (provider, account, kind) not in stated and (provider, account, "*") not in stated
        )
    return tuple(given)
