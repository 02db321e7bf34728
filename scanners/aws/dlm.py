"""Policies of Amazon Data Lifecycle Manager: which snapshots are copied to other regions and shared with others."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.aws.subject import Subject
from scanners.documents import DocumentType, Origin
from scanners.members import records, text, texts
from scanners.model import Asset, Relation


def policy(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A policy; its copies have no name before they are made, so the place stands for them."""
    identity = text(document, "PolicyId") or ""
    subject = Subject(document, origin, text(document, "PolicyArn"), "dlm", f"policy/{identity}")
    attributes: dict[str, Any] = {"continuous": True}
    state = text(document, "State")
    if state is not None:
        attributes["enabled"] = state == "ENABLED"
    yield subject.asset("replication", "AWS::DLM::LifecyclePolicy", identity, attributes, created="DateCreated")
    for schedule in records(document, "PolicyDetails.Schedules") or []:
        for copy in records(schedule, "CrossRegionCopyRules") or []:
            region = text(copy, "TargetRegion") or text(copy, "Target")
            if region and not region.startswith("arn:"):
                target = subject.arn("ec2", "snapshot/*", region=region, account=subject.account)
                yield from subject.relation("replicates_to", target, {"continuous": True})
                yield from subject.relation("encrypted_by", subject.key(text(copy, "CmkArn")))
        for rule in records(schedule, "ShareRules") or []:
            for account in texts(rule, "TargetAccounts") or []:
                yield from subject.relation("shared_with", f"account:{account}")


_SCHEDULE: Final = "PolicyDetails.Schedules[]"

TYPES: Final = (
    DocumentType(
        "AWS::DLM::LifecyclePolicy",
        "dlm",
        ("replication",),
        (
            "PolicyId",
            "PolicyArn",
            "State",
            "DateCreated",
            "PolicyDetails.ResourceTypes",
            "PolicyDetails.TargetTags",
            *(f"{_SCHEDULE}.CrossRegionCopyRules[].{m}" for m in ("TargetRegion", "Target", "Encrypted", "CmkArn")),
            f"{_SCHEDULE}.ShareRules[].TargetAccounts",
            f"{_SCHEDULE}.RetainRule",
            "Tags",
        ),
        policy,
    ),
)
