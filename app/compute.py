"""Training compute of each model of a judged scan, for the report, the window and the command line."""

from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from app.texts import tr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.audit import Yardstick
    from app.store import Store
    from rules.compute import ModelCompute

MOST_NAMES: Final = 2_000
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
    `names`: uid of a model or job that stands for one → its name in the scan, of the first `MOST_NAMES`.
    """

    low: float
    high: float
    notice: float
    presumption: float
    models: "list[ModelCompute]"
    names: dict[str, str] = {}


def training_compute(store: "Store", scan: int, by: "Yardstick") -> Compute:
    """What training of each model in a scan came to, by a yardstick (facts, policy, day). Nothing is stored."""
    from rules.compute import PRESUMPTION, TrainingCompute
    from rules.related import Records
    from rules.world import World

    world = World(store.estate(scan), by.policy, by.catalogue, by.as_of)
    models = TrainingCompute(world, Records(world)).models
    policy = by.policy
    named = {uid: store.asset(uid, scan) for uid in map(uid_of, models[:MOST_NAMES])}
    return Compute(
        policy.training_utilisation_low,
        policy.training_utilisation_high,
        policy.gpai_flop_notice,
        PRESUMPTION,
        models,
        {uid: row.asset.name for uid, row in named.items() if row is not None and row.asset.name},
    )


def read(found: "Mapping[str, Any]") -> Compute:
    """Training compute as `situs compute --format json` wrote it. Raises msgspec.ValidationError."""
    import msgspec

    from rules.compute import ModelCompute

    plain = {name: msgspec.convert(found.get(name), float) for name in ("low", "high", "notice", "presumption")}
    models = msgspec.convert(found.get("models"), list[ModelCompute])
    return Compute(**plain, models=models, names=msgspec.convert(found.get("names"), dict[str, str]))


def uid_of(model: "ModelCompute") -> str:
    """What stands for a model: its own uid or name, or the uid of its only job where that names none."""
    return model.model.removeprefix("job:")


def known_hours(model: "ModelCompute") -> float | None:
    """Accelerator hours of the jobs that tell them; None where none does: that is not nought."""
    return model.hours if any(job.hours is not None for job in model.jobs) else None


def known_range(model: "ModelCompute") -> tuple[float, float] | None:
    """Operations of the jobs that tell enough, low and high; None where none does: that is not nought."""
    return (model.low, model.high) if any(job.operations is not None for job in model.jobs) else None


def shown_name(model: "ModelCompute", names: "Mapping[str, str] | None" = None) -> str:
    """The model's name for people; a job that names none stands for itself."""
    told = (names or {}).get(uid_of(model), uid_of(model))
    return tr("(no model named) {job}").format(job=told) if model.model.startswith("job:") else told


def shown_state(state: str, *, known: bool = True) -> str:
    """What the estimate says (`ModelCompute.state`), as a few words; `known`: whether there is a figure at all."""
    if not known:
        return tr("too little was read to say")
    return {
        "above": tr("may exceed 10²⁵: ask counsel now"),
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


def _figures(model: "ModelCompute", presumption: float) -> tuple[str, ...]:
    """Hours, operations and shares; an empty text for what nobody knows."""
    hours, both = known_hours(model), known_range(model)
    told = "" if hours is None else f"{hours:.1f}"
    if both is None:
        return (told, "", "", "", "")
    return (told, *(f"{v:.3e}" for v in both), *(f"{v / presumption:.2e}" for v in both))


def rows(found: Compute) -> list[tuple[str, ...]]:
    """One row for each model, in the order of `COLUMNS`."""
    return [
        (
            shown_name(m),
            m.state,
            str(len(m.jobs)),
            *_figures(m, found.presumption),
            "yes" if m.complete else "no",
            "; ".join(f"{j.uid}: {shown_missing(j.missing)}" for j in m.jobs if j.missing),
        )
        for m in found.models
    ]
