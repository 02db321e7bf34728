"""What is built with Amazon Bedrock around its models, live (rows D4, D6, D7, D9, D10 and D12 of the collection plan),
and which models are called, without reading a call: by the names of metrics."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.aws.bedrock_services import ENFORCED, EVALUATION, FLOW, IMPORT, MARKETPLACE, ROUTER, USAGE
from scanners.aws.live.declare import Collector, Operation, Waiting, op, pages
from scanners.aws.live.reach import Reach
from scanners.aws.live.recipes import described, listed
from scanners.coverage import MissedError
from scanners.members import records, text
from scanners.model import Item

_GONE: Final = ("ResourceNotFoundException",)
METRICS: Final = pages("cloudwatch", "ListMetrics", "Metrics", optional=True)
"""Names of metrics, no values. Optional: without it use is told by agents and by nothing else."""


def _list(client: str, name: str, elements: str, page: int = 100) -> Operation:
    return pages(client, name, elements, action=f"bedrock:{name}", page=page)


def _get(client: str, name: str) -> Operation:
    return op(client, name, action=f"bedrock:{name}", none=_GONE)


ENDPOINTS: Final = _list("bedrock", "ListMarketplaceModelEndpoints", "marketplaceModelEndpoints")
ENDPOINT: Final = _get("bedrock", "GetMarketplaceModelEndpoint")
ROUTERS: Final = _list("bedrock", "ListPromptRouters", "promptRouterSummaries")
FLOWS: Final = _list("bedrock-agent", "ListFlows", "flowSummaries")
FLOW_OF: Final = _get("bedrock-agent", "GetFlow")
EVALUATIONS: Final = _list("bedrock", "ListEvaluationJobs", "jobSummaries")
EVALUATION_OF: Final = _get("bedrock", "GetEvaluationJob")
IMPORTS: Final = _list("bedrock", "ListModelImportJobs", "modelImportJobSummaries")
IMPORT_OF: Final = _get("bedrock", "GetModelImportJob")
GUARDS: Final = pages("bedrock", "ListEnforcedGuardrailsConfiguration", "guardrailsConfig")


def called(reach: Reach) -> frozenset[str]:
    """Models and profiles that were called in this region in the last two weeks. Raises MissedError."""

    def read() -> frozenset[str]:
        found: set[str] = set()
        for metric in reach.each(METRICS, Namespace="AWS/Bedrock", MetricName="Invocations"):
            for dimension in records(metric, "Dimensions") or []:
                value = text(dimension, "Value")
                if value is not None and text(dimension, "Name") == "ModelId":
                    found.add(value)
        return frozenset(found)

    return reach.once(f"bedrock-called:{reach.region}", METRICS, read)


def usage(reach: Reach) -> Iterator[Item]:
    """Which models are called here."""
    try:
        models = called(reach)
    except MissedError:
        return
    if models:
        yield from reach.see(USAGE, {"Models": sorted(models)}, by=METRICS)


def flows(reach: Reach) -> Iterator[Item]:
    """Flows with the models and stores in them; what they tell the models is dropped at once."""
    for entry in reach.each(FLOWS):
        answer = reach.answer(FLOW_OF, flowIdentifier=entry["id"])
        if answer is not None:
            yield from reach.see(FLOW, answer, by=FLOW_OF)


def _import(reach: Reach, document: dict[str, Any]) -> None:
    document.setdefault("importedModelKmsKeyArn", None)


COLLECTORS: Final = (
    described(
        MARKETPLACE, ENDPOINTS, ENDPOINT, "endpointArn", "endpointArn", take="marketplaceModelEndpoint"
    ),
    listed(ROUTER, ROUTERS, type="custom"),
    Collector("bedrock", FLOW.kinds, (FLOWS, FLOW_OF), flows, types=(FLOW,)),
    described(EVALUATION, EVALUATIONS, EVALUATION_OF, "jobIdentifier", "jobArn"),
    described(IMPORT, IMPORTS, IMPORT_OF, "jobIdentifier", "jobArn", more=_import),
    listed(ENFORCED, GUARDS),
    Collector("bedrock", USAGE.kinds, (METRICS,), usage, types=(USAGE,)),
)  # fmt: skip

WAITING: Final[tuple[Waiting, ...]] = ()
