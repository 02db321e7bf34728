"""Amazon Bedrock, live (rows D1 to D12 of the collection plan)."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

from scanners.aws import document_types
from scanners.aws.bedrock_agents import TYPES as AGENT_TYPES
from scanners.aws.bedrock_models import TYPES as MODEL_TYPES
from scanners.aws.live.bedrock_services import METRICS, called
from scanners.aws.live.declare import Collector, Operation, Waiting, op, pages
from scanners.aws.live.reach import Reach
from scanners.aws.live.recipes import described, listed, tag
from scanners.aws.regions import LOGGING, RETENTION
from scanners.coverage import MissedError
from scanners.members import member, text
from scanners.model import Item

_GONE: Final = ("ResourceNotFoundException",)


def _get(client: str, name: str, **more: Any) -> Operation:
    return op(client, name, action=f"bedrock:{name}", none=_GONE, **more)


def _list(client: str, name: str, elements: str) -> Operation:
    return pages(client, name, elements, action=f"bedrock:{name}", page=100)


RETAINED: Final = op("bedrock", "GetAccountDataRetention")
LOGGED: Final = op("bedrock", "GetModelInvocationLoggingConfiguration")
PROFILES: Final = _list("bedrock", "ListInferenceProfiles", "inferenceProfileSummaries")
CUSTOM_MODELS: Final = _list("bedrock", "ListCustomModels", "modelSummaries")
CUSTOM_MODEL: Final = _get("bedrock", "GetCustomModel")
JOBS: Final = _list("bedrock", "ListModelCustomizationJobs", "modelCustomizationJobSummaries")
JOB: Final = _get("bedrock", "GetModelCustomizationJob")
IMPORTED: Final = _list("bedrock", "ListImportedModels", "modelSummaries")
IMPORT: Final = _get("bedrock", "GetImportedModel")
COPIES: Final = _list("bedrock", "ListModelCopyJobs", "modelCopyJobSummaries")
PROVISIONED: Final = _list("bedrock", "ListProvisionedModelThroughputs", "provisionedModelSummaries")
DEPLOYMENTS: Final = _list("bedrock", "ListCustomModelDeployments", "modelDeploymentSummaries")
BATCHES: Final = _list("bedrock", "ListModelInvocationJobs", "invocationJobSummaries")
GUARDRAILS: Final = _list("bedrock", "ListGuardrails", "guardrails")
GUARDRAIL: Final = _get("bedrock", "GetGuardrail")
BASES: Final = _list("bedrock-agent", "ListKnowledgeBases", "knowledgeBaseSummaries")
BASE: Final = _get("bedrock-agent", "GetKnowledgeBase")
SOURCES: Final = _list("bedrock-agent", "ListDataSources", "dataSourceSummaries")
SOURCE: Final = _get("bedrock-agent", "GetDataSource")
AGENTS: Final = _list("bedrock-agent", "ListAgents", "agentSummaries")
AGENT: Final = _get("bedrock-agent", "GetAgent")

_TYPES: Final = document_types()
_PROFILE: Final = _TYPES["AWS::Bedrock::ApplicationInferenceProfile"]
_MODEL, _JOB, _IMPORTED, _COPY, _PROVISIONED, _DEPLOYMENT, _BATCH = MODEL_TYPES
(_AGENT,) = AGENT_TYPES


def logging(reach: Reach) -> Iterator[Item]:
    """Whether calls of models are logged in this region, and where to."""
    document: dict[str, Any] = {}
    reach.detail(document, "loggingConfig", LOGGED, "loggingConfig")
    if document:
        yield from reach.see(LOGGING, document, by=LOGGED)


def retention(reach: Reach) -> Iterator[Item]:
    """How long prompts and answers of this region are kept."""
    yield from reach.see(RETENTION, reach.call(RETAINED), by=RETAINED)


def profiles(reach: Reach) -> Iterator[Item]:
    """Routing profiles, those of AWS and those of the customer, and which agents use them."""
    users: dict[str, set[str]] = {}
    known = True
    try:
        for agent in _agents(reach):
            model, arn = text(agent, "foundationModel"), text(agent, "agentArn")
            if model and arn:
                users.setdefault(model, set()).add(arn)
    except MissedError:
        known = False
    lately: frozenset[str] = frozenset()
    with suppress(MissedError):
        lately = called(reach)
    for sort in ("APPLICATION", "SYSTEM_DEFINED"):
        for document in reach.each(PROFILES, typeEquals=sort):
            arn, identity = str(document["inferenceProfileArn"]), str(document["inferenceProfileId"])
            if lately & {arn, identity, arn.rsplit("/", 1)[-1]}:
                document["Called"] = True
            if known:
                document["UsedBy"] = sorted({user for name in (arn, identity) for user in users.get(name, ())})
            tag(reach, document, _PROFILE, arn)
            yield from reach.see(_PROFILE, document, by=PROFILES)


def agents(reach: Reach) -> Iterator[Item]:
    """Agents, and the models that answer for them."""
    for document in _agents(reach):
        tag(reach, document, _AGENT, str(document["agentArn"]))
        yield from reach.see(_AGENT, document, by=AGENT)


def _agents(reach: Reach) -> list[dict[str, Any]]:
    """All agents of the region, read once for those who ask."""

    def read() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for entry in reach.each(AGENTS):
            answer = reach.answer(AGENT, agentId=entry["agentId"])
            if answer is not None:
                found.append(_without_prompts(answer["agent"]))
        return found

    found = reach.once(f"bedrock-agents:{reach.region}", AGENTS, read)
    return [dict(document) for document in found]


def _without_prompts(agent: dict[str, Any]) -> dict[str, Any]:
    """What agents are told must not even stay in memory."""
    return {name: agent[name] for name in {part.split(".")[0] for part in _AGENT.members} if name in agent}


def _sources(reach: Reach, document: dict[str, Any]) -> None:
    """The sources of a knowledge base, under `DataSources`; absent where they cannot be listed."""
    identity = document["knowledgeBaseId"]
    try:
        entries = list(reach.each(SOURCES, knowledgeBaseId=identity))
    except MissedError:
        return
    found: list[Any] = []
    for entry in entries:
        holder: dict[str, Any] = {}
        reach.detail(holder, "x", SOURCE, "dataSource", knowledgeBaseId=identity, dataSourceId=entry["dataSourceId"])
        found.append(member(holder, "x") or entry)
    document["DataSources"] = found


COLLECTORS: Final = (
    Collector("bedrock", LOGGING.kinds, (LOGGED,), logging, types=(LOGGING,)),
    Collector("bedrock", RETENTION.kinds, (RETAINED,), retention, types=(RETENTION,)),
    Collector("bedrock", _PROFILE.kinds, (PROFILES, AGENTS, AGENT, METRICS), profiles, types=(_PROFILE,)),
    described(
        _MODEL, CUSTOM_MODELS, CUSTOM_MODEL, "modelIdentifier", "modelArn", nulls=("modelKmsKeyArn",), tags="modelArn"
    ),
    described(_JOB, JOBS, JOB, "jobIdentifier", "jobArn", nulls=("outputModelKmsKeyArn",), tags="jobArn"),
    described(
        _IMPORTED, IMPORTED, IMPORT, "modelIdentifier", "modelArn", nulls=("modelKmsKeyArn",), tags="modelArn"
    ),
    listed(_COPY, COPIES),
    listed(_PROVISIONED, PROVISIONED, tags="provisionedModelArn"),
    listed(_DEPLOYMENT, DEPLOYMENTS, tags="customModelDeploymentArn"),
    listed(_BATCH, BATCHES, tags="jobArn"),
    described(
        _TYPES["AWS::Bedrock::Guardrail"], GUARDRAILS, GUARDRAIL, "guardrailIdentifier", "arn",
        nulls=("crossRegionDetails",), tags="guardrailArn",
    ),
    described(
        _TYPES["AWS::Bedrock::KnowledgeBase"], BASES, BASE, "knowledgeBaseId", "knowledgeBaseId",
        take="knowledgeBase", more=_sources, operations=(SOURCES, SOURCE), tags="knowledgeBaseArn",
    ),
    Collector("bedrock", _AGENT.kinds, (AGENTS, AGENT), agents, types=(_AGENT,)),
)  # fmt: skip

WAITING: Final[tuple[Waiting, ...]] = ()
