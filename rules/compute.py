"""Training compute of each model: accelerators × hours × peak speed × utilisation, as a range (AI Act Article 51(2)).

Operations are floating-point operations, as the Act counts them for the presumption of 10^25. Peak speeds are dense
BF16 or FP16 figures of the catalogue. The utilisation that training reaches is an assumption, and stated: the policy's
`training_utilisation_low` and `training_utilisation_high`. What a job does not tell is left out and named: the figures
then are a lower bound.
"""

import re
from collections.abc import Sequence
from math import fsum
from typing import Any, Final

from msgspec import Struct

from rules.related import Records
from rules.world import World

PRESUMPTION: Final = 1e25
"""Operations above which the AI Act presumes systemic risk (Article 51(2))."""

_NO_MODEL: Final = "job:"
_TOKEN: Final = re.compile(r"\b(?:TPU ?v?\d+\w?|[A-Z]{1,3}\d{1,3}[A-Z]{0,2})\b", re.IGNORECASE)


class JobCompute(Struct, frozen=True):
    """One training job. `operations` at full peak speed; None where it cannot be told, and `missing` says why.

    `hours` are accelerator hours; `peak` is TFLOP/s of one accelerator, `peak_source` where that figure comes from.
    """

    uid: str
    provider: str
    accelerator: str | None
    accelerators: int | None
    hours: float | None
    peak: float | None
    operations: float | None
    missing: str = ""
    peak_source: str = ""
    running: bool = False


class ModelCompute(Struct, frozen=True):
    """All training of one model. `low` and `high` are operations at the assumed utilisation of known jobs.

    `state`: below (also at the high end, everything known), notice (the high end reaches the policy's notice), above
    (the high end reaches 10^25), incomplete (below as far as it is known, but not all of it is).
    """

    model: str
    jobs: tuple[JobCompute, ...]
    hours: float
    low: float
    high: float
    complete: bool
    state: str

    @property
    def of_presumption(self) -> tuple[float, float]:
        """The range as shares of 10^25."""
        return self.low / PRESUMPTION, self.high / PRESUMPTION


class TrainingCompute:
    """The training compute of an estate, worked out once. `models`: largest high end first."""

    def __init__(self, world: World, records: Records) -> None:
        self._world = world
        self._records = records
        found: dict[str, list[JobCompute]] = {}
        self.first: dict[str, str] = {}
        for batch in world.estate.assets(("training.job",)):
            world.stop_if_cancelled()
            told = [(asset, records.full(asset, node)) for node, asset in batch]
            records.fetch([at for _, record in told if self._own_peak(record)[1] is None for at in self._on(record)])
            for asset, record in told:
                name = record.get("model")
                if name is None and "model" in record:
                    continue  # it trains none
                model = name if isinstance(name, str) else f"{_NO_MODEL}{asset.uid}"
                found.setdefault(model, []).append(self._job(record))
                self.first[model] = min(asset.uid, self.first.get(model, asset.uid))
        self.models = sorted((self._model(m, jobs) for m, jobs in found.items()), key=lambda m: (-m.high, m.model))
        self.by_name = {m.model: m for m in self.models}

    def _job(self, record: dict[str, Any]) -> JobCompute:
        count, hours = record.get("gpu_count"), record.get("accelerator_hours")
        accelerator, peak, source = self._own_peak(record)
        if peak is None:
            accelerator, peak, source = self._of_machines(record) or (accelerator, peak, source)
        missing = ""
        operations: float | None = None
        if hours == 0 or count == 0:
            operations = 0.0  # no accelerators
        elif hours is None:
            missing = "hours" if count is not None else "accelerators"
        elif peak is None:
            missing = "peak"
        else:
            operations = float(hours) * 3600 * peak * 1e12
        ended = "ended_at" in record and record["ended_at"] is None
        return JobCompute(
            record["uid"], record["provider"], accelerator, count, hours, peak, operations, missing, source, ended
        )

    def _peak(self, provider: str, machine: Any, model: Any) -> tuple[str | None, float | None, str]:
        """Accelerator, its peak speed, and where that is said: by the machine type, else by the accelerator's name."""
        found = self._world.catalogue.accelerator(provider, machine) if isinstance(machine, str) else None
        if found is not None:
            return found.model, found.peak_tflops, f"{found.source} ({found.tflops_confidence or 'unknown'})"
        if not isinstance(model, str):
            return None, None, ""
        token = _TOKEN.search(model.replace("-", " "))
        listed = () if token is None else self._world.catalogue.accelerators_named(token[0])
        if not listed:
            return model, None, ""
        # Several variants: the fastest, so as not to say too little.
        best = max(listed, key=lambda a: a.peak_tflops or 0.0)
        return model, best.peak_tflops, f"{best.model}: {best.source} ({best.tflops_confidence or 'unknown'})"

    def _own_peak(self, record: dict[str, Any]) -> tuple[str | None, float | None, str]:
        return self._peak(record["provider"], record.get("instance_type"), record.get("gpu_model"))

    def _on(self, record: dict[str, Any]) -> Sequence[int]:
        """The machines that a job runs on."""
        return self._world.graph.targets(record["@n"], "runs_on")

    def _of_machines(self, record: dict[str, Any]) -> tuple[str | None, float | None, str] | None:
        """The same by the machines that a job runs on; of several sorts the fastest. None where none is known."""
        machines = self._records.many(self._on(record))
        told = [self._own_peak(m) for m in machines if "provider" in m]
        return max((t for t in told if t[1] is not None), key=lambda t: (t[1] or 0.0, t[0] or "", t[2]), default=None)

    def _model(self, name: str, jobs: list[JobCompute]) -> ModelCompute:
        policy = self._world.policy
        at_peak = fsum(job.operations or 0.0 for job in jobs)
        low, high = at_peak * policy.training_utilisation_low, at_peak * policy.training_utilisation_high
        complete = all(job.operations is not None for job in jobs)
        if high >= PRESUMPTION:
            state = "above"
        elif high > policy.gpai_flop_notice:
            state = "notice"
        else:
            state = "below" if complete else "incomplete"
        hours = fsum(job.hours or 0.0 for job in jobs)
        return ModelCompute(name, tuple(sorted(jobs, key=lambda j: j.uid)), hours, low, high, complete, state)
