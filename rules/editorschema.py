"""The JSON Schema of rule files, made from what the reader knows, so that editors complete and check them."""

from typing import Any, Final

from rules.cases import EDGE_ATTRIBUTES
from rules.members import fields_of
from rules.policy.fields import DECISIONS
from rules.rule import EXPECTATIONS, FLOW_KINDS, PROVIDERS, SEVERITIES
from scanners.model import ATTRIBUTES, CORE, KINDS, RELATIONS, CoverageStatus, LocationKind

ID: Final = "urn:situs:rules:1"
_TEXT: Final[dict[str, Any]] = {"type": "string", "minLength": 1}
_SCALAR: Final[dict[str, Any]] = {"type": ["string", "number", "boolean"]}
_RULE_ID: Final[dict[str, Any]] = {"type": "string", "pattern": "^[A-Z]{2,12}-[A-Z]{2,8}-[0-9]{3}$"}


def rules_schema() -> dict[str, Any]:
    """The schema (draft 2020-12). Conditions are texts to it: `situs rules lint` checks them."""
    check = _subject() | {"severity": _words(SEVERITIES)}
    one_subject = [{"required": [name]} for name in ("subject", "flow", "relation")]
    rule = {
        "type": "object",
        "additionalProperties": False,
        "required": [
            *("id", "title", "severity", "rationale", "law", "explanation"),
            *("remediation", "not_checked_when", "cases"),
        ],
        "oneOf": [{"required": ["condition"], "oneOf": one_subject}, {"required": ["checks"]}],
        "properties": {
            "id": _RULE_ID | {"description": "Your prefix, a family and a number: ACME-RES-001."},
            "title": _said("What is wrong, as a sentence without a full stop.", 150),
            "severity": _words(SEVERITIES),
            "rationale": _said("Why it is as grave as that, in one sentence.", 400),
            "law": _several(
                {"type": "string", "pattern": "^[a-z0-9]+(\\.[A-Za-z0-9_-]+)+$"},
                "Provisions by dotted id: gdpr.art46.1.",
            ),
            "explanation": _said("Why it matters, in one to three plain sentences.", 600),
            "remediation": {
                "type": "object",
                "minProperties": 1,
                "additionalProperties": False,
                "properties": {p: _said(f"What to do at {p}.", 600) for p in PROVIDERS},
            },
            "not_checked_when": _said("When the rule cannot tell.", 400),
            "replaces": _several(_RULE_ID, "More general rules that this one stands for."),
            "replaces_flows": _several(
                {"enum": [*sorted(FLOW_KINDS), "*"]}, "Only on these flows does it stand for rules over flows."
            ),
            "also_reads": _several(
                {"enum": [*sorted(KINDS), *_families(), "*"]}, "Kinds without which it may overlook a subject."
            ),
            "needs": _several(
                {"enum": [f"policy.{name}" for name in DECISIONS]}, "Decisions without which it cannot be judged."
            ),
            "raise_for_special": {"type": "boolean", "description": "One step graver for special-category data."},
            "potential_when_unclassified": {
                "type": "boolean",
                "description": "Marked as potential where nobody stated the class of the data.",
            },
            "unverified": _several(_TEXT, "Statements that were not seen in a source."),
            "checks": {
                "type": "array",
                "minItems": 1,
                "description": "In place of subject, where and condition, where kinds need different conditions.",
                "items": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["condition"],
                    "oneOf": one_subject,
                    "properties": check,
                },
            },
            "cases": {"type": "array", "minItems": 3, "items": _case()},
            **_subject(),
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ID,
        "title": "Rules of Situs",
        "type": "object",
        "additionalProperties": False,
        "required": ["rules"],
        "properties": {
            "version": _SCALAR,
            "policy": {"type": "string", "description": "Policy (TOML) for cases that bring none of their own."},
            "rules": {"type": "array", "items": rule},
        },
    }


def _subject() -> dict[str, Any]:
    return {
        "subject": _several({"enum": [*sorted(KINDS), *_families(), "*"]}, "Kinds of assets."),
        "flow": _several({"enum": [*sorted(FLOW_KINDS), "*"]}, "Kinds of flows."),
        "relation": _several({"enum": [*sorted(RELATIONS), "*"]}, "Types of relations."),
        "where": _said("CEL: where it is false, the rule does not apply.", 20_000),
        "condition": _said("CEL: true when the rule fails.", 20_000),
        "severity_when": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["when", "severity"],
                "properties": {"when": _said("CEL", 20_000), "severity": _words(SEVERITIES)},
            },
        },
    }


def _families() -> list[str]:
    return sorted({f"{kind.split('.')[0]}.*" for kind in KINDS if "." in kind})


def _case() -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["name", "expect", "assets"],
        "properties": {
            "name": _said("What the case shows.", 200),
            "expect": _words(EXPECTATIONS),
            "about": {"type": "string", "description": "A uid, or `kind: source > target` for a flow."},
            "assets": {"type": "array", "minItems": 1, "items": _asset()},
            "relations": {"type": "array", "items": _relation()},
            "coverage": {"type": "array", "items": _cell()},
            "policy": {"type": "string", "description": "A policy (TOML) for this case; `none`: without one."},
            "as_of": {"type": "string", "format": "date"},
            "accepted_until": {"type": "string", "format": "date"},
            "severity": _words(SEVERITIES),
            "potential": {"type": "boolean"},
            "missing": _said("What must be named as missing: asset.encrypted.", 1000),
        },
    }


def _asset() -> dict[str, Any]:
    named: dict[str, Any] = dict.fromkeys(
        ("uid", "provider", "account", "native_type", "name", "partition"), _SCALAR
    ) | {
        "kind": _words(sorted(KINDS)),
        "location": _place(),
        "aliases": _several(_SCALAR, "Other names of the same thing."),
        "tags": {"anyOf": [{"const": "unread"}, {"type": "object", "additionalProperties": _SCALAR}]},
        "created_at": {"type": "string", "format": "date"},
        "managed_by": _typed(CORE["managed_by"].type) | {"description": CORE["managed_by"].meaning},
    }
    for name, attribute in ATTRIBUTES.items():
        if name not in named:
            kinds = ", ".join(sorted(attribute.kinds))
            named[name] = _typed(attribute.type) | {"description": f"{attribute.meaning} ({kinds})"}
    return {"type": "object", "additionalProperties": False, "required": ["uid", "kind"], "properties": named}


def _relation() -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["source", "type", "target"],
        "properties": {
            "source": _SCALAR,
            "type": _words(sorted(RELATIONS)),
            "target": _SCALAR,
            **{name: _typed(type_) for name, type_ in EDGE_ATTRIBUTES.items()},
        },
    }


def _cell() -> dict[str, Any]:
    names = ("provider", "account", "region", "service", "missing_permission")
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["kind", "status"],
        "properties": dict.fromkeys(names, _SCALAR)
        | {"kind": _words([*sorted(KINDS), "*"]), "status": _words([str(s) for s in CoverageStatus])},
    }


def _place() -> dict[str, Any]:
    members: dict[str, Any] = dict.fromkeys(("region", "zone", "service", "country", "site"), _SCALAR)
    members |= {
        "kind": _words([str(k) for k in LocationKind]),
        "members": _several(_SCALAR, "Regions that the provider lists."),
        "evidence": _words(("native", "declared", "metadata_only")),
    }
    return {
        "description": "A region, global, unknown, on_prem, null, or its parts.",
        "anyOf": [
            {"type": ["string", "null"]},
            {"type": "object", "additionalProperties": False, "properties": members},
        ],
    }


def _typed(type_: str) -> dict[str, Any]:
    """The schema of a value of a type of the little language of `scanners.model.kinds`."""
    if type_ == "place":
        return _place()
    if type_.startswith("list["):
        return {"anyOf": [{"type": "null"}, {"type": "array", "items": _typed(type_[5:-1])}]}
    if type_.startswith("{"):
        fields = fields_of(type_)
        record = {
            "type": "object",
            "additionalProperties": False,
            "properties": {name: _typed(inner) for name, inner in fields.items()},
        }
        return {"anyOf": [{"type": "null"}, record]}
    if "|" in type_:
        return _words(type_.split("|"))
    plain: dict[str, list[str]] = {
        "bool": ["boolean", "null"],
        "int": ["integer", "null"],
        "float": ["number", "null"],
        "map": ["object", "null"],
    }
    return {"type": plain.get(type_, ["string", "number", "boolean", "null"])}


def _words(words: Any) -> dict[str, Any]:
    return {"enum": list(words)}


def _said(description: str, most: int) -> dict[str, Any]:
    return {**_TEXT, "maxLength": most, "description": description}


def _several(item: dict[str, Any], description: str) -> dict[str, Any]:
    """One of them, or a list."""
    return {"anyOf": [item, {"type": "array", "items": item}], "description": description}
