"""Training compute of each model of a judged scan, for the report, the window and the command line."""

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from app.texts import tr

if TYPE_CHECKING:
    from app.audit import Yardstick
    from app.store import Store
    from rules.compute import ModelCompute

COLUMNS: Final = (
    "model",
    "state",
    "jobs",
    "accelerator_hours",
    "operations_low",
    "operations_high",
    "share_of_presumption_low",
    "share_of_presumption_high",
    "complete",
    "missing",
)


class Compute(Struct, frozen=True):
    """The training compute of an estate. Operations are floating-point operations, hours accelerator hours.

    `low` and `high`: the utilisation that is assumed. `notice`: operations from which the policy wants a legal check;
    `presumption`: 10^25, above which the AI Act presumes systemic risk (Article 51(2)). `models`: largest first.
    """

    low: float
    high: float
    notice: float
    presumption: float
    models: "list[ModelCompute]"


def training_compute(store: "Store", scan: int, by: "Yardstick") -> Compute:
    """What training of each model in a scan came to, by a yardstick (facts, policy, day). Nothing is stored."""
    from rules.compute import PRESUMPTION, TrainingCompute
    from rules.related import Records
    from rules.world import World

    world = World(store.estate(scan), by.policy, by.catalogue, by.as_of)
    models = TrainingCompute(world, Records(world)).models
    policy = by.policy
    return Compute(
        policy.training_utilisation_low,
        policy.training_utilisation_high,
        policy.gpai_flop_notice,
        PRESUMPTION,
        models,
    )


def shown_name(model: "ModelCompute") -> str:
    """The model's name for people; a job that names none stands for itself."""
    return tr("(no model named) {job}").format(job=model.model[4:]) if model.model.startswith("job:") else model.model


def shown_state(state: str) -> str:
    """What the estimate says (`ModelCompute.state`), as a few words."""
    return {
        "above": tr("may exceed 10^25: ask counsel now"),
        "notice": tr("at or above your notice: ask counsel"),
        "below": tr("below your notice"),
        "incomplete": tr("below your notice as far as it is known"),
    }[state]


def shown_missing(missing: str) -> str:
    """What a job does not tell (`JobCompute.missing`), as a few words; empty where it tells all."""
    return {
        "": "",
        "hours": tr("its start, end or number of accelerators was not read"),
        "accelerators": tr("its number of accelerators was not read"),
        "peak": tr("the catalogue knows no peak speed of its accelerators"),
    }[missing]


def rows(found: Compute) -> list[tuple[str, ...]]:
    """One row for each model, in the order of `COLUMNS`."""
    return [
        (
            shown_name(m),
            m.state,
            str(len(m.jobs)),
            f"{m.hours:.1f}",
            f"{m.low:.3e}",
            f"{m.high:.3e}",
            f"{m.low / found.presumption:.2e}",
            f"{m.high / found.presumption:.2e}",
            "yes" if m.complete else "no",
            "; ".join(f"{j.uid}: {shown_missing(j.missing)}" for j in m.jobs if j.missing),
        )
        for m in found.models
    ]
