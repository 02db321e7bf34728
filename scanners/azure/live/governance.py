"""What governs a subscription: policies that reach it, exemptions, Customer Lockbox, Defender, contacts."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.azure import document_types
from scanners.azure.arm import uid_of
from scanners.azure.live.declare import Collector, Parent, beneath, of_subscription, tenant
from scanners.azure.live.graph import STATES, STATES_QUERY, Table, walk
from scanners.azure.live.reach import Reach
from scanners.azure.policy import LOCATION_POLICIES
from scanners.coverage import MissedError, Part
from scanners.live.rest import RestOperation
from scanners.members import flag, number, record, records, text, texts, word
from scanners.model import CoverageStatus, Item, Relation

SUBSCRIPTION: Final = "microsoft.resources/subscriptions"
ASSIGNMENTS: Final = of_subscription("Microsoft.Authorization/policyAssignments", "2026-06-01")
EXEMPTIONS: Final = of_subscription("Microsoft.Authorization/policyExemptions", "2022-07-01-preview", optional=True)
_DEFINITION: Final = "providers/Microsoft.Authorization/policyDefinitions/{name}"
_SET: Final = "providers/Microsoft.Authorization/policySetDefinitions/{name}"
DEFINITION: Final = tenant(_DEFINITION, "2026-06-01", optional=True)
SET: Final = tenant(_SET, "2026-06-01", optional=True)
OWN_DEFINITION: Final = beneath("{+scope}/" + _DEFINITION, "2026-06-01", "policyDefinitions", optional=True)
OWN_SET: Final = beneath("{+scope}/" + _SET, "2026-06-01", "policySetDefinitions", optional=True)
MOST_MEMBERS: Final = 20
"""Definitions of one initiative that are read: those that name regions, and the organisation's own."""
LOCKBOX: Final = tenant("providers/Microsoft.CustomerLockbox/tenantOptedIn/{tenant}", "2018-02-28-preview")
PRICINGS: Final = of_subscription("Microsoft.Security/pricings", "2024-01-01")
CONTACTS: Final = of_subscription("Microsoft.Security/securityContacts", "2023-12-01-preview")


def policies(reach: Reach, subscription: Parent) -> Iterator[Item]:
    """Assignments that reach the subscription: its own, and those of the management groups above it.

    Without a filter the list holds what is inherited as well, so a group above the subscription is known by its
    assignments even to a login that may not read the group itself.
    """
    kind = document_types()["microsoft.authorization/policyassignments"]
    violations = _violations(reach)
    exempt: list[Any] | None = None
    part = Part(reach.account, "*", "policy", "exemption")
    try:
        exempt = list(reach.documents(EXEMPTIONS, **subscription.slots))
        reach.site.book.answered([part])
    except MissedError as miss:  # what is assigned is known all the same
        reach.site.book.missed([part], miss, EXEMPTIONS.key)
    for document in reach.documents(ASSIGNMENTS, **subscription.slots):
        identity = (text(document, "id") or "").lower()
        if exempt is not None:
            document["exemptions"] = [
                one for one in exempt if (text(one, "properties.policyAssignmentId") or "").lower() == identity
            ]
        if violations is not None:
            document["nonCompliant"] = violations.get(identity, 0)
        document["definitions"] = _definitions(reach, text(document, "properties.policyDefinitionId") or "")
        scope = uid_of(text(document, "properties.scope"))
        if scope is not None and "/managementgroups/" in scope:
            yield Relation(subscription.uid, "member_of", scope)
        yield from reach.see(kind, document, by=ASSIGNMENTS)


def _violations(reach: Reach) -> dict[str, int] | None:
    """Assignment → resources that do not comply with it now, counted by Resource Graph; None where it was not told."""

    def read() -> dict[str, int]:
        table = Table(STATES_QUERY, list(reach.place.everyone), STATES)
        found = {
            name.lower(): count
            for row in walk(reach, table)
            if (name := text(row, "id")) is not None and (count := number(row, "violations")) is not None
        }
        if table.missing or len(found) < table.rows:
            raise table.missing[0] if table.missing else MissedError(CoverageStatus.ERROR, f"{STATES.key}: no counts.")
        return found

    try:
        return reach.once("policy-states", STATES, read)
    except MissedError:
        return None


def _definitions(reach: Reach, identity: str) -> list[dict[str, Any]]:
    """The definitions behind an assignment, each read once for the whole scan; what cannot be read is left out."""
    if "/policysetdefinitions/" not in identity.lower():
        found = _definition(reach, identity, DEFINITION, OWN_DEFINITION)
        return [] if found is None else [_rule(identity, found)]
    whole = _definition(reach, identity, SET, OWN_SET)
    members = records(whole, "properties.policyDefinitions") or []
    wanted = [item for item in members if _matters(text(item, "policyDefinitionId") or "")][:MOST_MEMBERS]
    rules: list[dict[str, Any]] = []
    for item in wanted:
        inner = text(item, "policyDefinitionId") or ""
        found = _definition(reach, inner, DEFINITION, OWN_DEFINITION)
        if found is not None:
            given = record(item, "parameters") or {}
            rules.append({**_rule(inner, found), "given": given, "outer": record(whole, "properties.parameters") or {}})
    return rules


def _matters(identity: str) -> bool:
    lower = identity.lower()
    return not lower.startswith("/providers/microsoft.authorization/") or lower.rsplit("/", 1)[-1] in LOCATION_POLICIES


def _rule(identity: str, definition: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": identity,
        "policyRule": record(definition, "properties.policyRule"),
        "parameters": record(definition, "properties.parameters") or {},
    }


def _definition(reach: Reach, identity: str, built_in: RestOperation, own: RestOperation) -> Mapping[str, Any] | None:
    scope = identity[: max(identity.lower().find("/providers/microsoft.authorization/"), 0)]
    name = identity.rsplit("/", 1)[-1]
    operation = built_in if not scope else own
    try:
        return reach.once(
            f"definition:{identity.lower()}", operation, lambda: reach.call(operation, scope=scope, name=name)
        )
    except MissedError:
        return None


def lockbox(reach: Reach, subscription: Parent) -> Iterator[Item]:
    """Whether Microsoft's staff need the tenant's approval; one setting for all subscriptions of a tenant."""
    directory = text(subscription.document, "tenantId")
    if directory is None:
        return
    found = reach.once(f"lockbox:{directory}", LOCKBOX, lambda: reach.call(LOCKBOX, tenant=directory))
    opted = flag(found, "isOptedIn")
    opted = flag(found, "properties.isOptedIn") if opted is None else opted
    if opted is None:
        reach.says_nothing(LOCKBOX)
        return
    facts = {"id": f"{subscription.id}/providers/situs/facts", "customerLockbox": {"isOptedIn": opted}}
    yield from reach.see(document_types()["situs/facts"], facts, by=LOCKBOX)


def defender(reach: Reach, subscription: Parent) -> Iterator[Item]:
    """Plans of Defender for Cloud: which services are watched for threats."""
    found = [
        {"name": text(entry, "name"), "tier": text(entry, "properties.pricingTier")}
        for entry in reach.documents(PRICINGS, **subscription.slots)
    ]
    facts = {"id": f"{subscription.id}/providers/situs/facts", "pricings": found}
    yield from reach.see(document_types()["situs/facts"], facts, by=PRICINGS)


def contacts(reach: Reach, subscription: Parent) -> Iterator[Item]:
    """Whether anybody is told of security incidents. Addresses are dropped: that there is one is enough."""
    named = False
    for entry in reach.documents(CONTACTS, **subscription.slots):
        reachable = bool(text(entry, "properties.emails") or text(entry, "properties.email"))
        roles = texts(entry, "properties.notificationsByRole.roles")
        by_role = bool(roles) and (word(entry, "properties.notificationsByRole.state") or "on") == "on"
        off = flag(entry, "properties.isEnabled") is False
        named = named or ((reachable or by_role) and not off)
    facts = {"id": f"{subscription.id}/providers/situs/facts", "securityContact": named}
    yield from reach.see(document_types()["situs/facts"], facts, by=CONTACTS)


FACTS: Final = ("operator_approval", "threat_detection", "security_contact", "exemption")
"""What coverage calls facts of a subscription, in place of a kind of asset: where one was not read, the rule that asks
for it says so, and no other rule doubts the subscription for it."""

COLLECTORS: Final[tuple[Collector, ...]] = (
    Collector(
        "policy",
        ("governance.policy",),
        SUBSCRIPTION,
        (ASSIGNMENTS, EXEMPTIONS, DEFINITION, SET, OWN_DEFINITION, OWN_SET, STATES),
        policies,
    ),
    Collector("customerlockbox", ("operator_approval",), SUBSCRIPTION, (LOCKBOX,), lockbox),
    Collector("security", ("threat_detection",), SUBSCRIPTION, (PRICINGS,), defender),
    Collector("security", ("security_contact",), SUBSCRIPTION, (CONTACTS,), contacts),
)
