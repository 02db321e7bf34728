"""Apps and spaces of Studio, MLflow apps, parts of endpoints, routers and quotas of Amazon SageMaker, live (rows C4,
C6, C9 and C16 of the collection plan)."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

from scanners.aws.live.declare import Collector, Waiting, op, pages
from scanners.aws.live.reach import Reach
from scanners.aws.live.recipes import described, listed
from scanners.aws.live.sagemaker import DOMAIN
from scanners.aws.sagemaker_studio import APP, COMPONENT, MLFLOW_APP, QUOTA, ROUTER, SPACE, digest_of
from scanners.coverage import MissedError
from scanners.members import text
from scanners.model import Item

_GONE: Final = ("ResourceNotFound",)
APPS: Final = pages("sagemaker", "ListApps", "Apps", page=100)
SPACES: Final = pages("sagemaker", "ListSpaces", "Spaces", page=100)
SPACE_OF: Final = op("sagemaker", "DescribeSpace", none=_GONE)
MLFLOW_APPS: Final = pages("sagemaker", "ListMlflowApps", "Summaries", page=100)
MLFLOW_OF: Final = op("sagemaker", "DescribeMlflowApp", none=_GONE)
COMPONENTS: Final = pages("sagemaker", "ListInferenceComponents", "InferenceComponents", page=100)
COMPONENT_OF: Final = op("sagemaker", "DescribeInferenceComponent", none=("ValidationException",))
ROUTERS: Final = pages("sagemaker", "ListInferenceRouters", "InferenceRouters", page=100, optional=True)
ROUTER_OF: Final = op("sagemaker", "DescribeInferenceRouter", none=_GONE, optional=True)
QUOTAS: Final = pages("sagemaker", "ListComputeQuotas", "ComputeQuotaSummaries", page=100)

_ENDED: Final = frozenset({"Deleted", "Failed", "Deleting"})


def _domain(reach: Reach, document: dict[str, Any]) -> None:
    """The network and key of the domain that an app or space lies in."""
    identity = text(document, "DomainId")
    if identity is None:
        return
    with suppress(MissedError):
        found = reach.once(f"domain:{identity}", DOMAIN, lambda: reach.answer(DOMAIN, DomainId=identity))
        if found is not None:
            kept = ("AppNetworkAccessType", "VpcId")
            document["Domain"] = {"KmsKeyId": found.get("KmsKeyId"), **{n: found[n] for n in kept if n in found}}


def apps(reach: Reach) -> Iterator[Item]:
    """Apps that are there; Studio remembers for a day those that were deleted."""
    for document in reach.each(APPS):
        if text(document, "Status") in _ENDED:
            continue
        owner = text(document, "SpaceName") or text(document, "UserProfileName") or ""
        document["Owner"] = digest_of(owner)
        _domain(reach, document)
        yield from reach.see(APP, document, by=APPS)


def spaces(reach: Reach) -> Iterator[Item]:
    """Spaces with what is mounted in them."""
    for entry in reach.each(SPACES):
        answer = reach.answer(SPACE_OF, DomainId=entry["DomainId"], SpaceName=entry["SpaceName"])
        document: dict[str, Any] = dict(entry if answer is None else answer)
        _domain(reach, document)
        yield from reach.see(SPACE, document, by=SPACE_OF)


def routers(reach: Reach) -> Iterator[Item]:
    """Routers between endpoints; the permission is so new that many accounts cannot grant it yet."""
    with suppress(MissedError):
        for entry in reach.each(ROUTERS):
            answer = reach.answer(ROUTER_OF, InferenceRouterName=entry["InferenceRouterName"])
            if answer is not None:
                yield from reach.see(ROUTER, answer, by=ROUTER_OF)


COLLECTORS: Final = (
    Collector("sagemaker", APP.kinds, (APPS, DOMAIN), apps, types=(APP,)),
    Collector("sagemaker", SPACE.kinds, (SPACES, SPACE_OF, DOMAIN), spaces, types=(SPACE,)),
    described(MLFLOW_APP, MLFLOW_APPS, MLFLOW_OF, "Arn", "Arn", nulls=("KmsKeyId",), tags="Arn"),
    described(COMPONENT, COMPONENTS, COMPONENT_OF, "InferenceComponentName", "InferenceComponentName"),
    Collector("sagemaker", ROUTER.kinds, (ROUTERS, ROUTER_OF), routers, types=(ROUTER,)),
    listed(QUOTA, QUOTAS),
)

WAITING: Final[tuple[Waiting, ...]] = ()
