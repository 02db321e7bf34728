"""What the rules see of a scan, judgements, acceptances and differences."""

import pickle
from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace
from store_world import DENIED, EMPTY, NOON, bucket, cell, document, scan

from app.store import KnownStoreError, Store
from app.store.intervals import PER_JUDGEMENT
from app.store.records import AssetChange, FindingChange, JudgementHeader
from rules.estate import Estate, MemoryEstate
from rules.judgement import Decision, Finding, Flow, Missing, Severity, Summary, Transfer, Verdict
from rules.outlines import outline
from rules.sheets import Sheet
from scanners.model import Item, Relation

HEADER = JudgementHeader(date(2026, 6, 1), "1.0", "pack", "catalogue", "policy")
A, B, KEY = "arn:aws:s3:::a", "arn:aws:s3:::b", "arn:aws:s3:::key"


def world() -> list[Item]:
    key = bucket("key", kind="key", state="enabled")
    key.aliases = ("alias/key", KEY)
    paper = document({"a": 1})
    a = bucket("a", encrypted=True)
    a.evidence = (paper.digest,)
    return [
        paper,
        a,
        bucket("b"),
        key,
        Relation(A, "encrypted_by", "alias/key", {"role": "r"}, paper.digest),
        Relation(A, "replicates_to", "external:far"),
        Relation("k8s://x", "reads", B, evidence="f" * 64),
        cell(),
        cell(kind="key"),
    ]


def test_estate_is_what_the_contract_says(store: Store):
    info = scan(store, world())
    estate: Estate = store.estate(info.id)
    memory = MemoryEstate(
        [i for i in world() if type(i).__name__ == "Asset"],
        [i for i in world() if isinstance(i, Relation)],
        [i for i in world() if type(i).__name__ == "Coverage"],
    )
    assert estate.size == memory.size == 5
    assert {estate.uid(n) for n in range(estate.size)} == {memory.uid(n) for n in range(memory.size)}
    for uid in (A, B, KEY, "alias/key", "external:far", "k8s://x", "nobody"):
        found, other = estate.node(uid), memory.node(uid)
        assert (found is None) == (other is None)
        if found is not None and other is not None:
            assert estate.uid(found) == memory.uid(other)
    edges = {(estate.uid(s), t, estate.uid(e), r.target) for batch in estate.relations() for s, t, e, r in batch}
    wanted = {(memory.uid(s), t, memory.uid(e), r.target) for batch in memory.relations() for s, t, e, r in batch}
    assert edges == wanted
    assert estate.uids(range(5)) == {n: estate.uid(n) for n in range(5)}
    relations = [r for batch in estate.relations() for _, _, _, r in batch]
    assert relations == [i for i in world() if isinstance(i, Relation)]
    assert sorted(map(str, estate.coverage())) == sorted(map(str, memory.coverage()))
    with pytest.raises(IndexError):
        estate.uid(estate.size)


def test_assets_in_ascending_order_by_kind_and_range(store: Store):
    names = [f"n{n:04d}" for n in range(4500)]
    kinds = ["key" if n % 100 == 0 else "storage.bucket" for n in range(4500)]
    info = scan(store, [bucket(n, kind=k) for n, k in zip(names, kinds, strict=True)] + [cell()])
    estate = store.estate(info.id)
    batches = list(estate.assets())
    assert [n for batch in batches for n, _ in batch] == list(range(4500))
    assert max(map(len, batches)) <= 2000
    assert [a.name for batch in batches for _, a in batch] == names
    for wanted in ({"key"}, {"storage.bucket"}, {"key", "storage.bucket"}, {"secret"}):
        got = [a.name for batch in estate.assets(wanted) for _, a in batch]
        assert got == [n for n, k in zip(names, kinds, strict=True) if k in wanted]
    assert [n for batch in estate.assets(start=100, stop=103) for n, _ in batch] == [100, 101, 102]
    assert [n for batch in estate.assets({"key"}, start=50, stop=201) for n, _ in batch] == [100, 200]
    for nodes in ([], [3], [0, 4499], list(range(50, 60)), [*range(1990, 2010), 4000], list(range(0, 4500, 3))):
        chosen = [(n, a.name) for batch in estate.chosen(nodes) for n, a in batch]
        assert chosen == [(n, names[n]) for n in nodes]
    assert {n: a.name for n, a in estate.some([7, 4499, 4500, -1]).items()} == {7: "n0007", 4499: "n4499"}


def test_versions_of_other_scans_and_accounts_do_not_show(store: Store):
    scan(store, [bucket("a"), bucket("b"), bucket("c"), cell()])
    scan(store, [bucket("o", account="222"), cell(account="222", connection="other")], ["other"])
    scan(store, [bucket("a", encrypted=True), bucket("c"), cell()])
    assert [(a.name, a.attributes) for batch in store.estate(1).assets() for _, a in batch] == [
        ("a", {}),
        ("b", {}),
        ("c", {}),
    ]
    assert [a.name for batch in store.estate(2).assets() for _, a in batch] == ["o"]
    third = [(a.name, a.attributes) for batch in store.estate(3).assets() for _, a in batch]
    assert third == [("a", {"encrypted": True}), ("c", {})]


def test_estate_goes_to_worker_processes(store: Store):
    info = scan(store, world())
    scan(store, [cell(DENIED), cell(DENIED, kind="key")])
    for number in (info.id, 2):
        estate = store.estate(number)
        copy = pickle.loads(pickle.dumps(estate))  # noqa: S301
        assert copy.size == estate.size
        assert [estate.uid(n) for n in range(5)] == [copy.uid(n) for n in range(5)]
        assert list(copy.assets()) == list(estate.assets())
        assert list(copy.relations()) == list(estate.relations())
        assert [copy.stale(n) for n in range(3)] == [estate.stale(n) for n in range(3)] == [number == 2] * 3
        copy.close()


@pytest.mark.parametrize("many", [0.0, 2.0])
def test_external_ends_in_the_order_in_which_relations_name_them(
    store: Store, many: float, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("app.store.numbering._MANY", many)
    ends = [f"external:{n}" for n in (5, 3, 9, 1, 7, 3, 5, 2, 8)]
    told = [
        *(Relation(A, "replicates_to", end) for end in ends[:4]),
        Relation(ends[4], "reads", ends[0]),
        Relation(ends[8], "reads", ends[7]),
        Relation(ends[3], "reads", ends[3]),
        Relation(B, "encrypted_by", "alias/key"),
    ]
    key = bucket("key", kind="key")
    key.aliases = ("alias/key",)
    scan(store, [bucket("a"), bucket("b"), key, *told, cell(), cell(kind="key")])
    far = [Relation("arn:aws:s3:::o", "reads", "external:elsewhere"), Relation(A, "reads", "external:seen by other")]
    scan(store, [bucket("o", account="222"), *far, cell(account="222", connection="other")], ["other"])
    scan(store, [bucket("a"), key, *told[2:4], Relation(A, "reads", "external:new"), cell(), cell(kind="key")])
    for number, size in ((1, 3), (2, 1), (3, 2)):
        estate = store.estate(number)
        named = [uid for batch in estate.relations() for *_, r in batch for uid in (r.source, r.target)]
        known = {asset.uid for batch in estate.assets() for _, asset in batch} | {"alias/key"}
        wanted = [uid for uid in dict.fromkeys(named) if uid not in known]
        assert wanted
        assert estate.asset_count == size
        assert [estate.uid(node) for node in range(size, estate.size)] == wanted
        assert [estate.node(uid) for uid in wanted] == list(range(size, estate.size))


def test_outlines_are_the_assets_without_what_the_first_pass_does_not_look_at(store: Store):
    other = bucket("other")
    other.aliases = ("shared",)
    first = bucket("first", custody="own", encrypted=True, replica_locs=[{"kind": "region", "region": "eu-west-3"}])
    first.aliases = ("shared",)
    named = bucket("nul\0l", processing_scope="zone")
    named.tags = {"owner": "a"}
    scan(store, [first, other, named, *(bucket(f"n{n}") for n in range(2100)), cell()])
    for estate in (store.estate(1), pickle.loads(pickle.dumps(store.estate(1)))):  # noqa: S301
        given = [(node, outline(asset)) for batch in estate.assets() for node, asset in batch]
        assert [pair for batch in estate.outlines(0, estate.size) for pair in batch] == given
        assert [pair for batch in estate.outlines(5, 2050) for pair in batch] == given[5:2050]
        assert "encrypted" not in given[0][1].attributes
        assert given[0][1].attributes["custody"] == "own"
        rows = dict(store._db.rows("SELECT id, uid FROM node"))
        wanted = {node: rows[estate.stored_number(node)] for node in range(estate.size)}
        assert estate.uids(range(estate.size)) == wanted
        assert {node: estate.uid(node) for node in range(estate.size)} == wanted
        assert all(rows[number] == uid for uid, number in estate.numbers().items())
        assert {uid for uid in wanted.values() if "nul" not in uid} <= set(estate.numbers())
        estate.close()


def test_assets_in_order_of_uid(store: Store):
    names = ["b", "B", "a-b", "a/b", "ä", "z", "\U0001f600", "\uff5e", "a"]
    key = bucket("key", kind="key")
    key.aliases = ("alias/key", "AAA")
    scan(store, [*map(bucket, names), key, Relation(A, "replicates_to", "external:far"), cell(), cell(kind="key")])
    scan(store, [bucket("o", account="222"), cell(account="222", connection="other")], ["other"])
    estate = store.estate(1)
    found = [estate.uid(node) for node in estate.in_order()]
    assert found == sorted(asset.uid for batch in estate.assets() for _, asset in batch)
    assert len(found) == 10


def judged(store: Store, number: int, findings: list[Finding], *, fast: bool = False):
    estate = store.estate(number) if fast else None
    if estate is not None:
        list(estate.assets())
    with store.save_judgement(number, HEADER, estate=estate) as sink:
        sink.findings(findings)
        return sink.finish(Summary(HEADER.as_of, {"fail": len(findings)}, decisions=[Decision("allowed_countries", 3)]))


def finding(rule: str, asset: str | None, *, flow: str | None = None, severity: Severity = Severity.HIGH, **more):
    return Finding(rule, more.pop("verdict", Verdict.FAIL), severity, asset, flow, **more)


@pytest.mark.parametrize("fast", [False, True])
def test_findings_come_back_as_they_were(store: Store, fast: bool):
    scan(store, world())
    paper = document({"a": 1}).digest
    given = [
        finding("SIT-RES-001", A, why="asset.loc", evidence=(paper,), reads=("asset.loc",), related=("SIT-RES-002",)),
        finding("SIT-RES-001", A, evidence=()),
        finding("SIT-RES-002", A, flow="flow-1", evidence=(paper,)),
        finding(
            "SIT-KEY-001", KEY, severity=Severity.LOW, potential=True, acceptance="ACC-0001", verdict=Verdict.ACCEPTED
        ),
        finding("SIT-XFER-001", None, flow="flow-1", evidence=("a" * 64, "b" * 64), severity=Severity.CRITICAL),
        finding("SIT-XFER-001", None, flow="flow-9"),
        finding(
            "SIT-ENC-001",
            B,
            verdict=Verdict.NOT_CHECKED,
            missing=(
                Missing("asset.encrypted", "denied", "s3:GetEncryption"),
                Missing("policy.x", "decision_needed", decision="x"),
            ),
        ),
        finding("SIT-ENC-001", "invented:thing"),
    ]
    info = judged(store, 1, given, fast=fast)
    rows = list(store.findings(info.id))
    assert [row.finding for row in rows] == given
    first, key, far = rows[0], rows[3], rows[7]
    assert (first.provider, first.account, first.kind, first.name) == ("aws", "111", "storage.bucket", "a")
    assert first.location == bucket("a").location
    assert key.kind == "key"
    assert far.kind is None
    assert [r.finding.rule for r in store.findings(info.id, severity="critical")] == ["SIT-XFER-001"]
    assert len(list(store.findings(info.id, verdict="fail"))) == 6
    assert len(list(store.findings(info.id, family="RES"))) == 3
    assert len(list(store.findings(info.id, kind="key"))) == 1
    assert len(list(store.findings(info.id, asset=A))) == 3
    assert len(list(store.findings(info.id, flow="flow-1"))) == 2
    assert len(list(store.findings(info.id, account="222"))) == 0
    assert next(store.findings(info.id, gravest_first=True)).finding.severity is Severity.CRITICAL
    assert [r.id for r in store.findings(info.id, limit=2, offset=3)] == [r.id for r in rows[3:5]]
    gravest = list(store.findings(info.id, gravest_first=True))
    assert list(store.findings(info.id, gravest_first=True, limit=3, offset=1)) == gravest[1:4]
    few = store.findings(info.id, gravest_first=True, verdict="fail", account="111", asset=A, limit=2)
    assert list(few) == [r for r in gravest if r.finding.asset == A and r.finding.verdict == "fail"][:2]
    assert store.judgement() == info
    assert info.header == HEADER
    assert info.summary is not None
    assert info.summary.decisions == [Decision("allowed_countries", 3)]


def test_findings_that_share_some_of_their_parts_are_told_apart(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("app.store.judgements._MOST_SORTS", 2)
    scan(store, world())
    why, missing, reads = "asset.loc", (Missing("asset.x", "denied"),), ("asset.loc",)
    shared: dict[str, Any] = {"why": why, "missing": missing, "reads": reads}
    sorts: list[dict[str, Any]] = [
        shared,
        {**shared, "related": ("R-9",)},
        {**shared, "severity": Severity.LOW},
        {**shared, "verdict": Verdict.NOT_CHECKED},
        {**shared, "potential": True},
        {**shared, "missing": (Missing("asset.y", "denied"),)},
        {**shared, "reads": ("asset.kind",)},
        {**shared, "why": "asset.kind"},
    ]
    one = [finding("R-1", A, **each) for sort in sorts for each in (shared, sort)]
    given = [*one, finding("R-2", A, **shared)] * 25
    flows = [Flow(f"f{n}", "replication", A, f"external:{n % 7}", ("DE",)) for n in range(170)]
    transfers = [Transfer(flow.id, "US", "covered") for flow in flows]
    with store.save_judgement(1, HEADER) as sink:
        for at in range(0, len(given), 30):
            sink.findings(given[at : at + 30])
        sink.flows(flows)
        sink.flows(flows)
        sink.transfers(transfers)
        info = sink.finish(Summary(HEADER.as_of))
    assert [row.finding for row in store.findings(info.id)] == given
    assert list(store.flows(info.id)) == flows
    some = {flow.id for flow in flows[3:9]}
    assert list(store.flows(info.id, some)) == flows[3:9]
    monkeypatch.setattr("app.store.queries.BATCH", 5)
    assert list(store.flows(info.id, {*some, "of another"})) == flows[3:9]
    assert list(store.flows(info.id, ())) == []
    assert list(store.transfers(info.id)) == transfers
    assert store._db.rows("SELECT count(*) FROM outcome") == [(8,)]
    assert store._db.rows("SELECT count(*) FROM why") == [(2,)]


def test_flows_and_transfers(store: Store):
    scan(store, world())
    flow = Flow("f1", "replication", A, "external:far", ("DE",), (), external=True, continuous=None, via=(B,))
    transfer = Transfer("f1", "US", "covered", "Example", "scc", "SCC-1", date(2026, 1, 1), None)
    with store.save_judgement(1, HEADER) as sink:
        sink.findings([finding("SIT-XFER-001", None, flow="f1")])
        sink.flows([flow])
        sink.transfers([transfer])
        info = sink.finish(Summary(HEADER.as_of))
    assert list(store.flows(info.id)) == [flow]
    assert list(store.transfers(info.id)) == [transfer]
    (row,) = store.findings(info.id)
    assert (row.finding.flow, row.name) == ("f1", "a")


def test_unfinished_judgement_leaves_nothing(store: Store):
    scan(store, world())
    kept = judged(store, 1, [finding("R-1", A)])
    with store.save_judgement(1, HEADER) as sink:
        sink.findings([finding("R-2", B, why="other")])
        sink._flush()
    assert store.judgements() == [kept]
    assert store._db.rows("SELECT count(*) FROM finding") == [(1,)]
    assert store._db.rows("SELECT count(*) FROM why") == [(1,)]
    with pytest.raises(KnownStoreError, match="no judgement 7"):
        store.judgement(7)


def test_acceptances(store: Store):
    until = date(2027, 1, 1)
    one = store.accept("SIT-RES-001", asset=A, why="reviewed", owner="Ada", until=until, second_person="Bo")
    two = store.accept("SIT-XFER-001", flow="f1", why="reviewed", owner="Ada", until=until)
    assert [a.id for a in store.acceptances()] == ["ACC-0001", "ACC-0002"]
    assert store.acceptances() == [one, two]
    gone = store.revoke(one.id, by="Cy", why="expired contract")
    assert gone.revoked is not None
    assert store.acceptances() == [two]
    assert store.acceptances(revoked=True) == [gone, two]
    for wrong in (one.id, "ACC-9999", "x"):
        with pytest.raises(KnownStoreError):
            store.revoke(wrong, by="Cy", why="w")
    with pytest.raises(ValueError, match="one asset or one flow"):
        store.accept("R", asset=A, flow="f", why="w", owner="o", until=until)
    with pytest.raises(ValueError, match="reason"):
        store.accept("R", asset=A, why=" ", owner="o", until=until)


def test_difference_of_scans(store: Store):
    east = {"at": "us-east-1"}
    scan(
        store,
        [bucket("same"), bucket("gone"), bucket("edit", encrypted=False), bucket("far", **east), cell(), cell(**east)],
    )
    edited = bucket("edit", encrypted=True, versioning=None)
    edited.tags = {}
    second = scan(store, [bucket("same"), edited, bucket("new"), cell(), cell(DENIED, **east)])

    def change(name: str, what: str, *names: str) -> AssetChange:
        return AssetChange(f"arn:aws:s3:::{name}", "storage.bucket", "111", name, what, names)

    wanted = {
        change("gone", "removed"),
        change("edit", "changed", "tags", "encrypted", "versioning"),
        change("new", "added"),
        change("far", "stale"),
    }
    assert set(store.diff(1, second.id)) == wanted
    third = scan(store, [cell(EMPTY, account="999", connection="other")], ["other"])
    assert list(store.diff(second.id, third.id)) == []
    with pytest.raises(KnownStoreError, match="no scan 9"):
        list(store.diff(1, 9))


def test_evidence_alone_is_no_difference(store: Store):
    one, two = document({"a": 1}), document({"a": 2})
    for paper in (one, two):
        asset = bucket("a")
        asset.evidence = (paper.digest,)
        scan(store, [paper, asset, cell()])
    assert list(store.diff(1, 2)) == []


def test_difference_of_judgements(store: Store):
    scan(store, [bucket("a"), bucket("b"), bucket("c"), cell()])
    scan(store, [bucket("a"), bucket("b"), cell()])
    scan(store, [bucket("z", account="222"), cell(connection="other", account="222")], ["other"])
    low = Severity.LOW
    c = "arn:aws:s3:::c"
    first = judged(store, 1, [finding("R-1", A, severity=low), finding("R-2", A), finding("R-3", B), finding("R-1", c)])
    second = judged(store, 2, [finding("R-1", A), finding("R-3", B, verdict=Verdict.NOT_CHECKED), finding("R-9", B)])
    changes = {(x.rule, x.asset): x for x in store.diff_findings(first.id, second.id)}
    assert changes == {
        ("R-1", A): FindingChange("R-1", "worse", A, None, ("fail", "low"), ("fail", "high")),
        ("R-1", c): FindingChange("R-1", "gone", c, None, ("fail", "high"), None, "asset_gone"),
        ("R-2", A): FindingChange("R-2", "gone", A, None, ("fail", "high"), None, "resolved"),
        ("R-3", B): FindingChange("R-3", "better", B, None, ("fail", "high"), ("not_checked", "high")),
        ("R-9", B): FindingChange("R-9", "new", B, None, None, ("fail", "high")),
    }
    third = judged(store, 3, [])
    assert {x.because for x in store.diff_findings(second.id, third.id)} == {"not_asked"}


def test_pages_of_assets(store: Store):
    scan(
        store,
        [bucket(f"n{n:03d}") for n in range(450)]
        + [bucket("Other_1", account="222", kind="key"), cell(), cell(account="222")],
    )
    seen: list[str] = []
    after: int | None = 0
    while after is not None:
        page, after = store.assets_page(1, after=after, limit=200)
        seen += [row.asset.name for row in page]
    assert len(seen) == 451
    assert seen[:2] == ["n000", "n001"]
    assert [r.asset.name for r in store.assets_page(1, kind="key")[0]] == ["Other_1"]
    assert [r.asset.name for r in store.assets_page(1, text="other_")[0]] == ["Other_1"]
    assert store.assets_page(1, text="othe%1")[0] == []
    assert [r.asset.name for r in store.assets_page(1, account="222", provider="aws", region="eu-west-1")[0]] == [
        "Other_1"
    ]


def test_asset_by_alias(store: Store):
    scan(store, world())
    row = store.asset("alias/key", 1)
    assert row is not None
    assert row.asset.uid == KEY
    assert store.asset("nobody", 1) is None
    assert store.asset("external:far", 1) is None
    assert NOON.tzinfo is not None


def test_findings_from_another_process_need_no_look_up_and_no_evidence_of_their_own(store: Store):
    info = scan(store, world())
    estate = store.estate(info.id)
    other = pickle.loads(pickle.dumps(estate))  # noqa: S301
    assets = [a for batch in other.assets() for _, a in batch]
    estate.learn(other.recent())
    other.close()
    with store.save_judgement(info.id, HEADER, estate=estate) as sink:
        sink.findings([finding("SIT-ENC-001", a.uid, evidence=a.evidence) for a in assets])
        judgement = sink.finish(Summary(HEADER.as_of, {"fail": len(assets)}))
    assert {(r.finding.asset, r.finding.evidence) for r in store.findings(judgement.id)} == {
        (a.uid, a.evidence) for a in assets
    }
    assert store._db.rows("SELECT count(*) FROM finding WHERE evidence IS NOT NULL") == [(0,)]


def test_findings_as_columns_are_stored_as_objects_would_be(store: Store):
    """With and without documents, accepted, and of an asset of which two documents tell: on such a one, a finding
    without documents came back with those of the first."""
    first, second = bucket("first"), bucket("second")
    first.aliases = second.aliases = ("shared",)  # two views of one thing
    papers = document({"a": 1}), document({"b": 1})
    first.evidence, second.evidence = (papers[0].digest,), (papers[1].digest,)
    info = scan(store, [*world(), *papers, first, second])
    estate = store.estate(info.id)
    sorts = [
        finding("SIT-ENC-001", None),
        replace(finding("SIT-ENC-001", None), verdict=Verdict.ACCEPTED, acceptance="ACC-1"),
        finding("SIT-ENC-002", None, missing=(Missing("asset.encrypted", "denied"),)),
    ]
    sheet = Sheet(estate)
    for batch in estate.assets():
        for node, asset in batch:
            sheet.add(node, asset, sorts, b"\1\1\0")
    objects = sheet.findings()
    assert len(objects) == 3 * estate.asset_count == 12
    told: list[list[Finding]] = []
    for columns in (True, False):
        with store.save_judgement(info.id, HEADER, estate=estate) as sink:
            sink.findings([finding("SIT-ENC-003", A)])
            if columns:
                sink.sheet(sheet)
            else:
                estate.recent()
                sink.findings(objects)
            judgement = sink.finish(Summary(HEADER.as_of, {"fail": len(objects)}))
        told.append([row.finding for row in store.findings(judgement.id)])
    assert told[0] == told[1]
    assert sorted(map(repr, told[0])) == sorted(map(repr, [finding("SIT-ENC-003", A), *objects]))
    sql = "SELECT count(*) FROM finding WHERE id >= ? AND id < ? AND evidence IS NOT NULL"
    stored = [store._db.rows(sql, (j * PER_JUDGEMENT, (j + 1) * PER_JUDGEMENT)) for j in (1, 2)]
    assert stored[0] == stored[1]


def test_columns_about_another_estate_are_taken_by_name(store: Store):
    info = scan(store, world())
    memory = MemoryEstate([i for i in world() if type(i).__name__ == "Asset"][::-1])
    sheet = Sheet(memory)
    for batch in memory.assets():
        for node, asset in batch:
            sheet.add(node, asset, [finding("SIT-ENC-001", None)], b"\1")
    with store.save_judgement(info.id, HEADER, estate=store.estate(info.id)) as sink:
        sink.sheet(sheet)
        judgement = sink.finish(Summary(HEADER.as_of, {"fail": 3}))
    assert {(r.finding.asset, r.finding.evidence) for r in store.findings(judgement.id)} == {
        (a.uid, a.evidence) for batch in memory.assets() for _, a in batch
    }
