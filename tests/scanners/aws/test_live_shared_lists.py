"""Lists that several collectors need are asked for once."""

from typing import Any

from simulated_aws import DENIED, play

from scanners.aws.live import cluster_parts, containers

EKS = tuple(c for m in (containers, cluster_parts) for c in m.COLLECTORS if c.service == "eks")


def test_the_clusters_of_a_region_are_listed_once_for_all() -> None:
    answers: dict[str, Any] = {"eks.ListClusters": [{"clusters": ["a"]}, {"clusters": ["b"]}]}
    run = play(EKS, answers)
    assert len(EKS) == 4
    assert run.calls["eks.ListClusters"] == 2
    assert (
        run.calls["eks.DescribeCluster"] == run.calls["eks.ListNodegroups"] == run.calls["eks.ListAccessEntries"] == 2
    )


def test_a_refused_list_is_told_by_everyone_who_needs_it() -> None:
    run = play(EKS, {"eks.ListClusters": DENIED})
    assert set(run.statuses().values()) == {"denied"}
    assert set(run.statuses()) == {"compute.cluster", "compute.nodegroup", "identity"}
    assert run.calls["eks.ListClusters"] == 1


def test_pages_before_a_refusal_are_kept_by_everyone() -> None:
    def answer(parameters: dict[str, Any]) -> Any:
        return DENIED if "nextToken" in parameters else {"clusters": ["a"], "nextToken": "x"}

    run = play(EKS, {"eks.ListClusters": answer, "eks.DescribeCluster": {"cluster": {"name": "a"}}})
    assert run.only("compute.cluster").name == "a"
    assert run.calls["eks.ListNodegroups"] == 1
    assert set(run.statuses().values()) == {"partial"}
