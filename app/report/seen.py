"""What a rule saw, for people: names and values instead of a condition."""

import re

from app.report.meanings import meaning
from app.texts import tr, trn

NOTE = re.compile(
    r"(?P<path>[a-z_][a-z_0-9]*(?:\([a-z_., ]*\))?(?:\.[a-z_][a-z_0-9]*)+)"
    r"(?: is (?P<value>\"(?:[^\"\\]|\\.)*\"|\[[^\[\]]*\]|[^,;\[\]{}]+)|: (?P<reason>[a-z ]+))"
)
_NUMBER = re.compile(r"-?\d+\.\d{3,}")
BRACKET = re.compile(r"  \[(.*?)\](?=; |$)", re.DOTALL)
_STEPS = {
    "asset": "",
    "flow": "",
    "src": "source",
    "dst": "target",
    "loc": "place",
    "src_loc": "source place",
    "dst_loc": "destination place",
    "dst_account": "destination account",
    "transfer_register": "register entries",
    "dc": "class of data",
    "gpu_count": "GPUs",
    "https_only": "encrypted connections only",
    "encrypted": "encrypted at rest",
    "secondary_loc": "second copies",
    "backup_loc": "backups",
    "expire_days": "deleted after (days)",
    "noncurrent_expire_days": "old versions deleted after (days)",
    "custody": "key held by",
    "ai_optout": "opt-out from AI use",
    "public_access": "may be read by anyone",
    "api_public": "control plane on the internet",
    "dc_source": "class stated by",
    "exit_plans": "exit plans",
    "shared_with": "shared with",
    "active": "logs now",
    "ai_act_high_risk": "high-risk AI system",
    "ai_retention_mode": "keeping of prompts",
    "ai_scope": "reach of AI services",
    "allowed_reasons": "reasons for release",
    "approval_key_invalid": "key of approvals is broken",
    "backs_up_to": "backups go to",
    "backup_retention_max": "longest keeping of backups (days)",
    "boundary": "sovereign boundary",
    "boundary_violations": "open violations of the boundary",
    "cache_disabled": "prompt caches are off",
    "cells": "areas",
    "cmk": "keys of the customer",
    "confidential": "confidential computing",
    "confidential_required_for": "confidential computing required for",
    "content_logging": "provider stores prompts",
    "country_third": "third country",
    "covers": "covers the flow",
    "covers_all_regions": "covers all regions",
    "covers_data": "covers data",
    "cross_zone": "kept in several zones",
    "customization": "fine-tuning",
    "delete_propagation": "deletion is copied",
    "detectors": "threat detection",
    "disallowed_services": "services not allowed",
    "discovery_hits": "personal data found by discovery",
    "encrypted_by": "key",
    "endpoint_locations": "endpoints called",
    "ends": "ends at",
    "dpf_in_force": "decision on the Data Privacy Framework in force",
    "eu_controlled": "under EU control",
    "exit_plan_max_age_days": "longest age of exit plans (days)",
    "exportable": "can be taken elsewhere",
    "external_key_classes": "classes that need an external key",
    "facts_max_age_days": "longest age of facts (days)",
    "gpai_flop_notice": "operations to be looked at",
    "gpu_confidential": "accelerator memory protected",
    "guardrail_countries": "countries of safety filters",
    "hops": "stations on the way",
    "id": "number or name",
    "internet_access": "direct way to the internet",
    "internode_encrypted": "traffic between machines encrypted",
    "invocation_logging": "calls are logged",
    "key_loc": "place of the key",
    "key_rotation_days": "longest time between key rotations (days)",
    "law_change": "change of law since the assessment",
    "law_change_source": "source of that",
    "law_changed": "law changed on",
    "linked_stores": "stores behind it",
    "logs_to": "logs go to",
    "management_events": "administrative calls",
    "mandatory_services": "services that must be read",
    "max": "at most",
    "max_foreign_share": "largest share of one third country",
    "max_provider_share": "largest share of one provider",
    "member_of": "belongs to",
    "min": "at least",
    "model_vendor": "maker of the model",
    "native_type": "type at the provider",
    "network_isolated": "cannot reach other networks",
    "no_training_clause": "contract forbids training",
    "node_count": "machines",
    "operator_approval": "approval of provider staff",
    "operator_approval_mode": "kind of approval",
    "operator_approval_required": "approval required",
    "operator_log_exported": "accesses by provider staff exported",
    "overflows_to": "overflow goes to",
    "owner_country": "country of the owner",
    "owner_third_country": "owner in a third country",
    "provider_vendor": "vendor at the provider",
    "recipe_retained": "code and parameters kept",
    "refused_reasons": "reasons that are refused",
    "region": "places",
    "replica_countries": "countries of copies",
    "required_boundary": "boundary required",
    "required_custody": "key holder required",
    "resources": "assets",
    "role": "serves as",
    "root_access": "user is administrator",
    "rotatable": "can be rotated",
    "rotation_days": "days between rotations",
    "routing_regions": "regions it may route to",
    "saas_vendor": "vendor outside the clouds",
    "secrets_encrypted": "cluster secrets encrypted",
    "sovereign_level": "level of sovereignty",
    "stored_completions": "completions are stored",
    "tested": "tested on",
    "tia_max_age_days": "longest age of assessments (days)",
    "tia_result": "result of the assessment",
    "tool": "instrument",
    "trained_from": "trained from",
    "training_data_retained": "training data kept",
    "uid": "address",
    "unlimited": "kept without limit",
    "used": "seen in use",
    "used_models": "models in use",
    "vendor_base": "model of a vendor",
    "vpc": "private network",
    "zero_retention_required": "no keeping of prompts required",
}
_PLAINER = (
    (re.compile(r'(?:targets|sources)\((?:asset|flow), "([a-z_]+)"\)'), r"asset.\1"),
    (re.compile(r'guardrail\((?:asset|flow), "([a-z_]+)"\)'), r"asset.guardrail.\1"),
    (re.compile(r"(?<=[a-z_0-9])\[\d+\]"), ""),
)
"""What the other end of a relation, a guardrail and an element of a list are called, so that they read as a path."""
_RECORDS = re.compile(r" is \[(\{.*?\})\]", re.DOTALL)
_MOST_LISTED = 6
_VALUES = {"true": "yes", "false": "no", "null": "none"}


def seen(why: str) -> str:
    """What a rule saw, for people: names and values instead of the condition; a text without them stays as it is."""
    brackets = BRACKET.findall(why)
    notes: dict[str, str] = {}
    for bracket in brackets:
        for match in NOTE.finditer(_plainer(bracket)):
            path = re.sub(r"\(asset\)|\(flow\)", "", match["path"]).replace("(", ".").replace(")", "")
            if path.endswith((".src", ".dst")):  # the row names both ends already
                continue
            listed = match["value"] or ""
            if match["path"].startswith("policy.") and (listed.count(",") > _MOST_LISTED or " items" in listed):
                continue  # a long list of the policy stands in the policy, not in every row
            steps = [_STEPS.get(step, step.replace("_", " ")) for step in path.split(".")]
            shown = _value(path.rpartition(".")[2], (match["value"] or match["reason"]).strip())
            notes.setdefault(", ".join(tr(step) for step in steps if step) or match["path"], shown)
    return "; ".join(f"{name}: {value}" for name, value in notes.items()) if notes else why


def _value(name: str, value: str) -> str:
    """What an attribute is, in words: a code by its meaning, any other text in quotes as it stands."""
    if _NUMBER.fullmatch(value):
        return f"{float(value):.2f}"
    if value.startswith("[") and value.endswith("]"):
        listed = [v.strip().strip('"') for v in value[1:-1].split(",") if v.strip()]
        return ", ".join(meaning(name, v) or v for v in listed) or tr("none")
    if value.startswith('"') and value.endswith('"') and len(value) > 1:
        text = value[1:-1]
        return meaning(name, text) or tr("“{text}”").format(text=text)
    return tr(_VALUES.get(value, value))


def _plainer(notes: str) -> str:
    """Notes with every value under a path; of records only their number, since the policy holds them."""
    for pattern, path in _PLAINER:
        notes = pattern.sub(path, notes)
    return _RECORDS.sub(lambda found: f" is {_entries(found[1].count('{'))}", notes)


def _entries(number: int) -> str:
    return trn("{n} entry", "{n} entries", number).format(n=number)
