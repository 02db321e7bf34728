"""Below accounts of Azure OpenAI and Foundry: deployments, projects, applications, connections, models of one's own."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.azure import document_types
from scanners.azure.live.declare import Collector, Parent, Waiting, listing
from scanners.azure.live.reach import Reach
from scanners.azure.live.recipes import children
from scanners.members import flag, record, text, word
from scanners.model import Item

_VERSION: Final = "2025-09-01"
_ACCOUNT: Final = "Microsoft.CognitiveServices/accounts/{a}"
_T: Final = "microsoft.cognitiveservices/accounts"
DEPLOYMENTS: Final = listing(f"{_ACCOUNT}/deployments", _VERSION)
PROJECTS: Final = listing(f"{_ACCOUNT}/projects", _VERSION)
APPLICATIONS: Final = listing(f"{_ACCOUNT}/projects/{{b}}/applications", "2025-10-01-preview", optional=True)
CONNECTIONS: Final = listing(f"{_ACCOUNT}/connections", _VERSION)
PROJECT_CONNECTIONS: Final = listing(f"{_ACCOUNT}/projects/{{b}}/connections", _VERSION)
MODELS: Final = listing(f"{_ACCOUNT}/models", _VERSION)


def serves_models(document: Mapping[str, Any]) -> bool:
    """Whether an account can have deployments of models: those for speech, vision or text alone cannot."""
    return word(document, "kind") in ("openai", "aiservices", "aistudio", None)


def has_projects(document: Mapping[str, Any]) -> bool:
    """Whether an account is a Foundry resource, which has projects and connections."""
    managed = flag(document, "properties.allowProjectManagement")
    return word(document, "kind") == "aiservices" and managed is not False


def own_models(reach: Reach, account: Parent) -> Iterator[Item]:
    """Models that were fine-tuned in an account: of all that it can use, those that have a base model."""
    kind = document_types()[f"{_T}/models"]
    for entry in reach.documents(MODELS, **account.slots):
        base, name = record(entry, "baseModel"), text(entry, "name")
        if base is None or name is None:
            continue
        document = {"id": f"{account.id}/models/{name}", "name": name, "type": kind.native_type, "properties": entry}
        yield from reach.see(kind, document, account, by=MODELS)


COLLECTORS: Final[tuple[Collector, ...]] = (
    children(f"{_T}/deployments", DEPLOYMENTS, wanted=serves_models),
    children(
        f"{_T}/projects",
        PROJECTS,
        children(f"{_T}/projects/applications", APPLICATIONS),
        children(f"{_T}/projects/connections", PROJECT_CONNECTIONS),
        wanted=has_projects,
    ),
    children(f"{_T}/connections", CONNECTIONS, wanted=has_projects),
    Collector(
        "cognitiveservices",
        ("ai.model",),
        _T,
        (MODELS,),
        own_models,
        types=(document_types()[f"{_T}/models"],),
        wanted=serves_models,
    ),
)

WAITING: Final = (
    (
        _T,
        Waiting(
            "cognitiveservices",
            "ai.customization",
            "fine-tuning jobs of Azure OpenAI and Foundry, which only their data interface shows",
        ),
    ),
)
