"""What conditions may name: variables with their types, and the functions with theirs."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, Final

from rules.condition.types import (
    BOOL,
    DATE,
    DYN,
    FLOAT,
    INT,
    PLACE,
    STR,
    Function,
    ListOf,
    OneOf,
    Record,
    Scope,
    Type,
    Words,
    asset_type,
    record,
    related_type,
)
from rules.policy.fields import RECORDS, VARIABLES, variable_type
from rules.rule import FLOW_KINDS, Check
from scanners.model import RELATIONS

CLASSES: Final = ("public", "anonymous", "unclassified", "pseudonymised", "personal", "special_category")
"""Data classes, least strict first."""

CUSTODY: Final = ("none", "provider", "customer", "customer_hsm", "dedicated_hsm", "external")
"""Who holds the key, weakest first."""

SCOPES: Final = ("region", "zone", "global")
"""How far from its place something may compute, narrowest first."""

_CLASS: Final = Words(tuple(reversed(CLASSES)))
_CUSTODY: Final = Words(CUSTODY)

PARTY: Final[dict[str, Type]] = {"id": STR, "owner_entity": STR, "owner_country": STR, "kind": STR}
"""Fields of the targets of `shared_with` and `trusts`, beside those of assets."""

RELATED: Final = related_type(extra=PARTY)
"""An asset, account, tenant or domain that a relation leads to."""

_ENTRY: Final = {name: variable_type(t) for name, t in RECORDS["TransferEntry"].items()}
_CHANGE: Final = {"law_changed": "date", "law_change": "str", "law_change_source": "str", "dpf_in_force": "bool"}
ENTRY: Final = record("entry", _ENTRY | _CHANGE)
"""An entry of the transfer register, with the last change of the country's law since its assessment, if there is one,
and whether the decision on the framework that it relies on is in force."""

_EDGE: Final[dict[str, Type]] = {
    "delete_propagation": BOOL,
    "role": STR,
    "continuous": BOOL,
    "content_logged": BOOL,
    "enabled": BOOL,
}
_ENDS: Final[dict[str, Type]] = {"src": RELATED, "dst": RELATED, "src_loc": PLACE, "dst_loc": PLACE, "dst_account": STR}
_COMMON: Final[dict[str, Type]] = {
    **_ENDS,
    **_EDGE,
    "id": STR,
    "importer": STR,
    "dc": _CLASS,
    "custody": _CUSTODY,
    "key_loc": PLACE,
    "external": BOOL,
}
_HOP: Final = Record("hop", {"uid": STR, "loc": PLACE})
FLOW: Final = Record(
    "flow",
    {**_COMMON, "kind": Words(tuple(FLOW_KINDS)), "via": ListOf(STR), "hops": ListOf(_HOP), "index": INT},
)
"""Data moving; `index` is its place in a chain, `hops` are the stations of a transfer job between its ends."""

RELATION: Final = Record("relation", {**_COMMON, "type": Words(tuple(RELATIONS))})

POLICY: Final = record("policy", {**VARIABLES, "transfer_register": ListOf(record("entry", _ENTRY))})
"""The organisation's policy. A decision that was not given reads as unknown."""

_ANY: Final = OneOf((RELATED, FLOW, RELATION))
_ACCOUNT: Final = OneOf((RELATED, STR))
_LIST: Final = ListOf(RELATED)
_OPERATOR: Final = record(
    "operator",
    {"name": "str", "country": "str", "eu_controlled": "bool", "us_cloud_act": "bool", "us_fisa_702": "bool"},
)
_SHARE: Final = record("share", {"name": "str", "value": "float", "country_third": "bool"})
_COVERAGE: Final = record(
    "coverage",
    {"share": "float", "cells": "list[{kind: str, service: str, region: str, status: str, permission: str}]"},
)

SIGNATURES: Final[dict[str, tuple[tuple[Type, ...], Type, tuple[str, ...]]]] = {
    "pd": ((_ANY,), BOOL, ("$0.dc",)),
    "sc": ((_ANY,), BOOL, ("$0.dc",)),
    "pd_any": ((DYN,), BOOL, ("$0",)),
    "pd_or_unclassified": ((OneOf((RELATED, STR, FLOW, RELATION)),), BOOL, ("$0.dc",)),
    "inherits_pd": ((_ANY,), BOOL, ("$0.dc",)),
    "has_pd": ((_ACCOUNT,), BOOL, ()),
    "has_pd_or_ai": ((_ACCOUNT,), BOOL, ()),
    "has_critical": ((STR,), BOOL, ()),
    "uses_genai": ((_ACCOUNT,), BOOL, ()),
    "critical_in": ((_ACCOUNT,), record("critical", {"regions": "list[str]", "zones": "list[str]"}), ()),
    "known_account": ((STR,), BOOL, ("policy.accounts",)),
    "anonymity_ok": ((_ANY,), BOOL, ("policy.anonymity_assessments",)),
    "transformation_recorded": ((_ANY,), BOOL, ("policy.anonymity_assessments",)),
    "ropa": ((_ANY,), record("ropa", {"id": "str", "ends": "date", "countries": "list[str]"}), ("policy.ropa",)),
    "third": ((PLACE,), BOOL, ("$0",)),
    "eea": ((PLACE,), BOOL, ("$0",)),
    "eea_or_adequate": ((PLACE,), BOOL, ("$0",)),
    "outside": ((PLACE,), BOOL, ("$0", "policy.allowed_countries")),
    "third_country": ((STR,), BOOL, ("$0",)),
    "worse": ((STR, STR), BOOL, ("$0", "$1")),
    "entry": ((_ANY,), ENTRY, ("policy.transfer_register",)),
    "basis": ((_ANY,), ENTRY, ("policy.transfer_register",)),
    "basis_all": ((_ANY,), ENTRY, ("policy.transfer_register",)),
    "basis_for": ((RELATED, RELATED), ENTRY, ("policy.transfer_register",)),
    "adequacy_valid": ((STR, DATE), BOOL, ()),
    "rank": ((STR,), INT, ("$0",)),
    "scope_rank": ((STR,), INT, ("$0",)),
    "class_rank": ((STR,), INT, ("$0",)),
    "targets": ((RELATED, Words(tuple(RELATIONS))), _LIST, ()),
    "sources": ((RELATED, Words(tuple(RELATIONS))), _LIST, ()),
    "copies": ((RELATED,), _LIST, ()),
    "readers": ((RELATED,), ListOf(STR), ()),
    "reid_assets": ((RELATED,), _LIST, ("policy.reid_tag",)),
    "chain": ((FLOW,), ListOf(FLOW), ()),
    "guardrail": ((_ACCOUNT, STR), asset_type(("governance.policy",)), ()),
    "guard_denies": ((_ACCOUNT, STR), BOOL, ()),
    "known_guardrail": ((_ACCOUNT, STR), BOOL, ()),
    "ai_services": ((RELATED,), ListOf(record("service", {"name": "str"})), ()),
    "trails": ((RELATED,), _LIST, ()),
    "first_of_provider": ((RELATED,), BOOL, ()),
    "coverage": ((_ACCOUNT,), _COVERAGE, ()),
    "covered": ((RELATED,), BOOL, ()),
    "operator_fact": ((OneOf((STR, RELATED)),), _OPERATOR, ("$0",)),
    "processing_commitment": ((STR, STR), BOOL, ()),
    "retains": ((STR,), BOOL, ()),
    "share": ((STR,), ListOf(_SHARE), ()),
    "estimated_flop": ((STR,), FLOAT, ()),
    "flop_at_least": ((STR,), FLOAT, ()),
    "first_of_model": ((RELATED,), BOOL, ()),
    "days": ((DATE,), INT, ("$0",)),
    "facts_age": ((), INT, ()),
}
"""Function → parameters, result, what it reads."""


class Callables:
    """The callable of each function, by name."""

    def __call__(self, name: str) -> Callable[..., Any]:
        """The callable of a function."""
        raise NotImplementedError

    @cached_property
    def registered(self) -> list[Function]:
        """All functions as conditions know them: made once for the scopes of all checks."""
        return registered(self)


def registered(functions: Callable[[str], Callable[..., Any]]) -> list[Function]:
    """All functions as conditions know them, with callables that `functions` gives by name."""
    return [Function(name, p, result, functions(name), reads) for name, (p, result, reads) in SIGNATURES.items()]


def scope_of(check: Check, functions: Callable[[str], Callable[..., Any]]) -> Scope:
    """The variables that a check's conditions may name, with functions whose callables `functions` gives by name."""
    known = functions.registered if isinstance(functions, Callables) else registered(functions)
    if check.subject == "asset":
        asset = asset_type(check.names)
        variables: dict[str, Type] = {"asset": asset, "location": PLACE, "account": related_type(("account",))}
    elif check.subject == "flow":
        variables = {"flow": FLOW}
    else:
        variables = {"relation": RELATION, "flow": FLOW}
    key = (check.subject, check.names if check.subject == "asset" else ())
    return Scope({**variables, "policy": POLICY, "now": DATE}, known, key)
