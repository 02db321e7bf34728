"""Every rule that covers Kubernetes fails, passes and says that it could not check, through real HTTP, scanner, store
and engine; and a cluster of which less is read passes nothing that evidence did not earn."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aws_proof import parts_of
from clones import Clones, Variant, unearned, without
from kubernetes_cluster import TOKEN, UID, ClusterServer, kubeconfig, serving
from kubernetes_rule_estates import EXPORT, FAILING, PASSING, failing, passing, policy_of
from rule_proof import AS_OF, Seen, catalogue, policy, rules, unproved, wrongly_failed
from rule_proof import unearned as gained

from app.connections import load_connections
from app.scanning import scan
from app.store import Store
from rules.engine import judge
from rules.selftest import Collected
from scanners.model import ATTRIBUTES, UNREAD

_CONNECTION = '[[connection]]\nname = "hall"\nprovider = "kubernetes"\nauth = "kubeconfig"\nkubeconfig = "kc"\n'


@contextmanager
def scanned(cluster: ClusterServer, folder: Path, beside: bool = False) -> Iterator[tuple[Store, int]]:
    """The store and the number of a scan of a cluster, with the buckets that its jobs use read from an export.
    `beside`: the kubeconfig leads to a second cluster as well, which knows nobody of that name."""
    (folder / "assets.json").write_text(EXPORT + "\n", encoding="utf-8")
    (folder / "c.toml").write_text(_CONNECTION, encoding="utf-8")
    with serving(cluster) as server, Store.open(folder / "s.db") as store:
        contexts = {"hall": ({"server": server.endpoint}, {"token": TOKEN})}
        if beside:
            contexts["shut"] = ({"server": server.endpoint}, {"token": "of somebody else"})
        kubeconfig(folder / "kc", contexts)
        yield store, scan(store, load_connections(folder / "c.toml"), [folder / "assets.json"]).scan.id


def of_cluster(store: Store, scan_id: int, *policies: str) -> Seen:
    """What rules say of the cluster and of the flows from and to it; SIT-RES-009 speaks of what its jobs wrote to."""
    found = Seen()
    estate = store.estate(scan_id)
    for text in policies:
        sink = Collected()
        judge(estate, rules(), policy(text), catalogue(), AS_OF, sink, with_passes=True)
        ends = {flow.id: f"{flow.source} {flow.target}" for flow in sink.all_flows}
        found.add(
            [
                f
                for f in sink.all_findings
                if f.rule == "SIT-RES-009" or "k8s://" in (f.asset or ends.get(f.flow or "", "k8s://"))
            ]
        )
    estate.close()
    return found


def lists(cluster: ClusterServer) -> list[str]:
    """What a login may be refused: the lists that the cluster serves."""
    return sorted(f"{plural}.{group}" if group else plural for group, _, plural in cluster.kinds)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Seen]:
    """What was said of each cluster."""
    half, mute = passing(), passing()
    half.denied |= {"nodes", "jobs.batch", "persistentvolumes", "apiservers.config.openshift.io"}
    mute.denied |= set(lists(mute))
    found: dict[str, Seen] = {}
    for name, cluster, policies in (
        ("passing", passing(), PASSING),
        ("failing", failing(), FAILING),
        ("half denied", half, PASSING),
        ("denied", mute, PASSING),
    ):
        with scanned(cluster, tmp_path_factory.mktemp("scan"), beside=name == "half denied") as (store, number):
            found[name] = of_cluster(store, number, *policies)
    return found


def test_every_rule_reaches_every_verdict(runs: dict[str, Seen]) -> None:
    assert unproved("kubernetes", *runs.values()) == []


def test_a_cluster_in_which_all_is_well_fails_nothing(runs: dict[str, Seen]) -> None:
    assert wrongly_failed(runs["passing"]) == []


def test_what_could_not_be_seen_of_a_cluster_is_told_of_it_as_an_account(runs: dict[str, Seen]) -> None:
    account = f"k8s://{UID}/account//{UID}"
    assert ("SIT-ACC-009", account) in runs["passing"].of("pass")
    blind = [subject for rule, subject in runs["denied"].of("fail") if rule == "SIT-ACC-009"]
    assert [subject.partition("-")[0] for subject in blind] == ["k8s://address"]  # not even its uid could be read
    assert ("SIT-ACC-009", "") in runs["half denied"].of("not_checked")  # the cluster that let nobody in


@pytest.mark.parametrize("less", ["half denied", "denied"])
def test_reading_less_passes_nothing_more(runs: dict[str, Seen], less: str) -> None:
    assert gained(runs["passing"], runs[less]) == []


CLONES = Clones(
    {UID: "6b8a1f60-0000-4c0b-9f4e-0000000{n}", "storage.googleapis.com/": "storage.googleapis.com/c{n}-"},
    lambda text: int(found[1] or found[2]) if (found := _MARK.search(text)) else 0,
    policy_of,
)
_MARK = re.compile(r"9f4e-0000000(\d{5})|storage\.googleapis\.com/c(\d{5})-")


def test_nothing_taken_away_gives_a_pass(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Each attribute of each asset, its tags, and each list by itself."""
    with scanned(passing(), tmp_path_factory.mktemp("scan")) as (store, number):
        parts = parts_of(store, number)
    variants: list[Variant] = []
    for n, asset in enumerate(parts.assets):
        for name in asset.attributes:
            if name in ATTRIBUTES and name != "relations_read":
                rest = {k: v for k, v in asset.attributes.items() if k != name}
                variants.append(Variant(f"{asset.uid} without {name}", without(parts, n, attributes=rest)))
        variants.append(Variant(f"{asset.uid} without tags", without(parts, n, tags=UNREAD)))
    for name in lists(passing()):
        if name == "namespaces":  # then the cluster has another name; the run in which all is denied has it so
            continue
        cluster = passing()
        cluster.denied.add(name)
        with scanned(cluster, tmp_path_factory.mktemp("scan")) as (store, number):
            variants.append(Variant(f"{name} denied", parts_of(store, number)))
    (whole,) = CLONES.judged([parts])
    assert len(whole[0]) > 60
    assert {rule for rule, subject in whole[1] if "k8s://" in subject} == set()
    assert unearned(whole, variants, CLONES.judged([v.parts for v in variants])) == []
