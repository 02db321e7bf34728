"""Agents of Amazon Bedrock. What they are told to do (instructions, prompts) is not kept."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.aws.bedrock_models import vendor_of
from scanners.aws.subject import Subject
from scanners.documents import DocumentType, Origin
from scanners.members import put, text
from scanners.model import Asset, Relation


def agent(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """An agent: the model or profile that answers for it, and its key."""
    identity = text(document, "agentId") or ""
    subject = Subject(document, origin, text(document, "agentArn"), "bedrock", f"agent/{identity}")
    model = text(document, "foundationModel")
    attributes: dict[str, Any] = {}
    put(attributes, "model", model)
    put(attributes, "model_vendor", vendor_of(model))
    name = text(document, "agentName") or identity
    yield subject.asset("ai.endpoint", "AWS::Bedrock::Agent", name, attributes, created="createdAt")
    yield from subject.encrypted_by("customerEncryptionKeyArn")
    yield from subject.relation("reads", model if model and model.startswith("arn:") else None)


TYPES: Final = (
    DocumentType(
        "AWS::Bedrock::Agent",
        "bedrock",
        ("ai.endpoint",),
        (
            "agentId",
            "agentArn",
            "agentName",
            "agentStatus",
            "foundationModel",
            "agentResourceRoleArn",
            "customerEncryptionKeyArn",
            "createdAt",
            "memoryConfiguration.enabledMemoryTypes",
            "memoryConfiguration.storageDays",
            "guardrailConfiguration.guardrailIdentifier",
            "Tags",
        ),
        agent,
    ),
)
