"""Training compute of each model: the range, what is missing, and what counts as a lower bound."""

from datetime import date

import pytest
from estates import AS_OF, asset, rel
from hypothesis import given
from hypothesis import strategies as st

from rules.catalogue import Catalogue
from rules.compute import PRESUMPTION, TrainingCompute
from rules.estate import MemoryEstate
from rules.policy import Policy
from rules.related import Records
from rules.world import World
from scanners.model import Asset, Relation

CATALOGUE = Catalogue.load()
H100 = CATALOGUE.accelerator("aws", "p5.48xlarge")


def computed(
    *assets: Asset, relations: tuple[Relation, ...] = (), policy: str = "", day: date = AS_OF
) -> TrainingCompute:
    given_policy = Policy.parse(policy, CATALOGUE, day)
    world = World(MemoryEstate(assets, relations, []), given_policy, CATALOGUE, day)
    return TrainingCompute(world, Records(world))


def job(uid: str, **members: object) -> Asset:
    return asset(uid, "training.job", **{"instance_type": "p5.48xlarge", "gpu_count": 8, **members})


def test_the_range_is_accelerators_times_hours_times_peak_times_utilisation():
    (model,) = computed(job("j", model="m", accelerator_hours=1000.0)).models
    assert H100 is not None
    assert H100.peak_tflops == pytest.approx(989, abs=1)  # dense BF16 of an H100 SXM, NVIDIA's data sheet
    at_peak = 1000 * 3600 * H100.peak_tflops * 1e12
    assert (model.low, model.high) == pytest.approx((at_peak * 0.25, at_peak * 0.55))
    assert model.of_presumption == pytest.approx((model.low / 1e25, model.high / 1e25))
    assert (model.state, model.complete, model.hours) == ("below", True, 1000)


def test_a_published_run_lies_within_the_range():
    """Llama 3.1 405B: 30.84 million H100 hours and 3.8e25 operations, as its authors report."""
    (model,) = computed(job("j", model="m", accelerator_hours=30.84e6)).models
    assert model.low < 3.8e25 < model.high
    assert model.state == "above"
    assert PRESUMPTION == 1e25


def test_the_policy_states_the_utilisation():
    policy = "training_utilisation_low = 0.4\ntraining_utilisation_high = 0.4"
    (model,) = computed(job("j", model="m", accelerator_hours=10.0), policy=policy).models
    assert model.low == model.high


def test_hours_follow_from_start_and_end_and_a_running_job_counts_until_the_day():
    (model,) = computed(job("j", model="m", started_at="2026-11-01", ended_at="2026-11-02")).models
    assert model.hours == 24 * 8
    running = computed(job("j", model="m", started_at="2026-11-01", ended_at=None), day=date(2026, 11, 11)).models[0]
    assert running.hours == 10 * 24 * 8
    assert running.jobs[0].running


def test_a_job_that_ended_before_it_began_took_nobody_knows_how_long():
    (model,) = computed(job("j", model="m", started_at="2026-11-03", ended_at="2026-11-02")).models
    assert (model.jobs[0].hours, model.jobs[0].missing, model.state) == (None, "hours", "incomplete")
    (later,) = computed(job("j", model="m", started_at="2026-11-03", ended_at=None), day=date(2026, 11, 1)).models
    assert (later.hours, later.complete) == (0, True)


def test_jobs_of_one_model_are_added_up_and_what_is_missing_makes_a_lower_bound():
    found = computed(
        job("a", model="m", accelerator_hours=10.0),
        job("b", model="m", accelerator_hours=30.0),
        job("c", model="m"),
        job("d", model="m", instance_type="zz9-plural", accelerator_hours=5.0),
        job("e", model=None, accelerator_hours=99.0),
    )
    (model,) = found.models
    assert [j.missing for j in model.jobs] == ["", "", "hours", "peak"]
    assert (model.complete, model.state, model.hours) == (False, "incomplete", 45)
    alone = computed(job("a", model="m", accelerator_hours=40.0)).models[0]
    assert model.high == pytest.approx(alone.high)
    assert found.first == {"m": "a"}


def test_the_model_of_a_job_is_told_by_the_relations_of_either():
    model = asset("the-model", "ai.model")
    for relation in (rel("j", "writes", "the-model"), rel("the-model", "trained_from", "j")):
        found = computed(job("j", accelerator_hours=1.0), model, relations=(relation,))
        assert [m.model for m in found.models] == ["the-model"]
    assert computed(job("j", accelerator_hours=1.0)).models[0].model == "job:j"


def test_accelerators_are_told_by_their_name_or_by_the_machines_that_a_job_runs_on():
    bare = asset("j", "training.job", model="m", gpu_count=8, accelerator_hours=2.0, provider="kubernetes")
    (named,) = computed(asset("j", "training.job", model="m", gpu_count=8, accelerator_hours=2.0,
                              gpu_model="NVIDIA-H100-80GB-HBM3", provider="kubernetes")).models  # fmt: skip
    assert H100 is not None
    assert named.jobs[0].peak == H100.peak_tflops
    machine = asset("n", "compute.nodegroup", gpu_model="NVIDIA-A100-SXM4-80GB", provider="kubernetes")
    (on_machine,) = computed(bare, machine, relations=(rel("j", "runs_on", "n"),)).models
    assert on_machine.jobs[0].peak == 312
    assert computed(bare).models[0].jobs[0].missing == "peak"
    assert computed(asset("j", "training.job", model="m", gpu_count=0, provider="kubernetes")).models[0].complete


@given(st.lists(st.floats(0, 1e7), min_size=1, max_size=6), st.integers(0, 5))
def test_more_jobs_never_make_it_less_and_unknown_ones_never_make_it_surely_below(hours, unknown):
    jobs = [job(f"k{n}", model="m", accelerator_hours=h) for n, h in enumerate(hours)]
    (known,) = computed(*jobs).models
    (more,) = computed(*jobs, *(job(f"u{n}", model="m") for n in range(unknown))).models
    assert more.high == known.high
    assert more.low <= more.high
    if unknown:
        assert more.state != "below"
    assert (more.state == "above") == (more.high >= PRESUMPTION)
