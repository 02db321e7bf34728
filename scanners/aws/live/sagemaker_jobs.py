"""Training, processing and transform jobs of Amazon SageMaker, live (rows C1, C2, C10, C11 of the collection plan)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from scanners.aws.live.declare import Collector, Operation, Run, Waiting, op, pages
from scanners.aws.live.reach import Reach
from scanners.aws.live.recipes import SUBNETS, attached, description
from scanners.aws.sagemaker_jobs import TYPES
from scanners.aws.subject import when
from scanners.coverage import MissedError
from scanners.documents import DocumentType
from scanners.members import member, text
from scanners.model import CoverageStatus, Item

DAYS: Final = 365
"""Processing and transform jobs older than this are not described: one call each, for what was computed long ago."""

SEARCH: Final = pages("sagemaker", "Search", "Results", page=100, optional=True, rate=2.0)
TRAININGS: Final = pages("sagemaker", "ListTrainingJobs", "TrainingJobSummaries", page=100, rate=2.0)
TRAINING: Final = op("sagemaker", "DescribeTrainingJob")
PROCESSINGS: Final = pages("sagemaker", "ListProcessingJobs", "ProcessingJobSummaries", page=100, rate=2.0)
PROCESSING: Final = op("sagemaker", "DescribeProcessingJob")
TRANSFORMS: Final = pages("sagemaker", "ListTransformJobs", "TransformJobSummaries", page=100, rate=2.0)
TRANSFORM: Final = op("sagemaker", "DescribeTransformJob")
_TRAINING, _PROCESSING, _TRANSFORM = TYPES


def trainings(reach: Reach) -> Iterator[Item]:
    """Every training job: a hundred with all their members in one answer of `Search`; one by one where that fails."""
    seen: set[str] = set()
    try:
        for found in reach.each(SEARCH, Resource="TrainingJob"):
            document = found.get("TrainingJob")
            arn = text(document, "TrainingJobArn")
            if arn is not None:
                seen.add(arn)
                if not member(document, "ResourceConfig.InstanceType") and not member(
                    document, "ResourceConfig.InstanceGroups"
                ):  # a job without machines of its own: only its description names the model that it starts from
                    reach.spawn(lambda r, e=document: _one(r, e, _TRAINING, SEARCH, TRAINING, "TrainingJob"))
                    continue
                document.setdefault("Tags", [])
                attached(reach, document)
                yield from reach.see(_TRAINING, document, by=SEARCH)
        return
    except MissedError:
        pass  # `Search` needs a permission that auditors often lack; the list says the same in more calls
    for entry in reach.each(TRAININGS):
        if entry["TrainingJobArn"] not in seen:
            reach.spawn(lambda r, e=entry: _one(r, e, _TRAINING, TRAININGS, TRAINING, "TrainingJob"))


def recent(kind: DocumentType, listing: Operation, describe: Operation, noun: str, holder: str = "") -> Collector:
    """A collector of jobs of the last year, newest first, one description each. `noun` is the stem of the members that
    name the job; `holder` the member that holds its network, where it has one."""

    def run(reach: Reach) -> Iterator[Item]:
        oldest = datetime.now(UTC) - timedelta(days=DAYS)
        for entry in reach.each(listing, SortBy="CreationTime", SortOrder="Descending"):
            made = when(entry, "CreationTime")
            if made is not None and made < oldest:
                reach.gap(CoverageStatus.NOT_ASKED, f"Jobs created more than {DAYS} days ago were not read.")
                break
            reach.spawn(lambda r, e=entry: _one(r, e, kind, listing, describe, noun, holder))
        yield from ()

    runner: Run = run
    network = (SUBNETS,) if holder else ()
    return Collector("sagemaker", kind.kinds, (listing, describe, *network), runner, types=(kind,))


def _one(
    reach: Reach,
    entry: dict[str, Any],
    kind: DocumentType,
    listing: Operation,
    describe: Operation,
    noun: str,
    holder: str = "VpcConfig",
) -> Iterator[Item]:
    def more(reach: Reach, document: dict[str, Any]) -> None:
        if holder == "VpcConfig":
            attached(reach, document)
        elif holder:
            network = dict(document.get(holder) or {})
            attached(reach, network)
            document[holder] = network

    parameters = {f"{noun}Name": entry[f"{noun}Name"]}
    yield from description(reach, entry, kind, listing, describe, parameters, tags=f"{noun}Arn", more=more)


COLLECTORS: Final = (
    Collector("sagemaker", ("training.job",), (SEARCH, TRAININGS, TRAINING, SUBNETS), trainings, types=(_TRAINING,)),
    recent(_PROCESSING, PROCESSINGS, PROCESSING, "ProcessingJob", "NetworkConfig"),
    recent(_TRANSFORM, TRANSFORMS, TRANSFORM, "TransformJob"),
)

WAITING: Final[tuple[Waiting, ...]] = ()
