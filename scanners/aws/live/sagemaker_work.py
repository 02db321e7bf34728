"""Further jobs of Amazon SageMaker, live (rows C12, C13 and C15 of the collection plan)."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

from scanners.aws.live.declare import Collector, Operation, Waiting, op, pages
from scanners.aws.live.reach import Reach
from scanners.aws.live.recipes import described, description, listed
from scanners.aws.live.sagemaker_jobs import recent
from scanners.aws.sagemaker_work import AGENT_JOB, AUTO_ML, LABELLING, OPTIMISATION, PIPELINE, SESSION, TUNING
from scanners.coverage import MissedError
from scanners.members import record
from scanners.model import Item

_GONE: Final = ("ResourceNotFound",)


def _listing(name: str, elements: str, **more: Any) -> Operation:
    return pages("sagemaker", name, elements, page=100, **more)


def _describe(name: str, **more: Any) -> Operation:
    return op("sagemaker", name, none=_GONE, **more)


AUTO_MLS: Final = _listing("ListAutoMLJobs", "AutoMLJobSummaries")
AUTO_ML_OF: Final = _describe("DescribeAutoMLJobV2")
TUNINGS: Final = _listing("ListHyperParameterTuningJobs", "HyperParameterTuningJobSummaries")
LABELLINGS: Final = _listing("ListLabelingJobs", "LabelingJobSummaryList")
LABELLING_OF: Final = _describe("DescribeLabelingJob")
OPTIMISATIONS: Final = _listing("ListOptimizationJobs", "OptimizationJobSummaries")
OPTIMISATION_OF: Final = _describe("DescribeOptimizationJob")
PIPELINES: Final = _listing("ListPipelines", "PipelineSummaries")
PIPELINE_OF: Final = _describe("DescribePipeline")
SESSIONS: Final = _listing("ListTrainingSessions", "TrainingSessionSummaries", optional=True)
SESSION_OF: Final = _describe("DescribeTrainingSession", optional=True)
JOBS: Final = _listing("ListJobs", "JobSummaries")
JOB_OF: Final = _describe("DescribeJob")

CATEGORIES: Final = (
    "AgentRFT",
    "SyntheticDataGeneration",
    "DataQualityEvaluation",
    "AgentRFTEvaluation",
    "DataTransformation",
)


def sessions(reach: Reach) -> Iterator[Item]:
    """Sessions of training; the permission is so new that many accounts cannot grant it yet."""
    with suppress(MissedError):
        for entry in reach.each(SESSIONS):
            name = str(entry["TrainingSessionArn"]).rsplit("/", 1)[-1]
            answer = reach.answer(SESSION_OF, TrainingSessionName=name)
            document = record(answer, "TrainingSessionDetail")
            if document is not None:
                yield from reach.see(SESSION, document, by=SESSION_OF)


def agent_jobs(reach: Reach) -> Iterator[Item]:
    """Jobs for agents, of every category that there is."""
    for category in CATEGORIES:
        for entry in reach.each(JOBS, JobCategory=category):
            parameters = {"JobName": entry["JobName"], "JobCategory": category}
            yield from description(reach, entry, AGENT_JOB, JOBS, JOB_OF, parameters)


COLLECTORS: Final = (
    recent(AUTO_ML, AUTO_MLS, AUTO_ML_OF, "AutoMLJob"),
    listed(TUNING, TUNINGS),
    recent(LABELLING, LABELLINGS, LABELLING_OF, "LabelingJob"),
    recent(OPTIMISATION, OPTIMISATIONS, OPTIMISATION_OF, "OptimizationJob"),
    described(PIPELINE, PIPELINES, PIPELINE_OF, "PipelineName", "PipelineName"),
    Collector("sagemaker", SESSION.kinds, (SESSIONS, SESSION_OF), sessions, types=(SESSION,)),
    Collector("sagemaker", AGENT_JOB.kinds, (JOBS, JOB_OF), agent_jobs, types=(AGENT_JOB,)),
)

WAITING: Final[tuple[Waiting, ...]] = ()
