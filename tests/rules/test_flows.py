from estates import ACCOUNT, TAGS, asset, rel, rule, run
from msgspec import UNSET

from scanners.model import Asset, Location, LocationKind

OPEN = 'allowed_countries = ["EEA"]\ntransfer_register = []\n' + TAGS


def flows_of(assets, relations, policy=OPEN):
    _, flows, transfers, _ = run([], assets, relations, policy=policy)
    return flows, transfers


def shown(flows):
    return [(f.kind, f.source, f.target) for f in flows]


def test_relations_become_flows_in_the_direction_of_the_data():
    assets = [
        asset("d", data="personal"),
        asset("j", "training.job"),
        asset("m", "ai.model"),
        asset("e", "ai.endpoint"),
        asset("v", "backup.vault"),
        asset("l", "log.group"),
        asset("k", "key"),
        asset("k2", "key"),
    ]
    relations = [
        rel("j", "reads", "d"),
        rel("j", "writes", "m"),
        rel("m", "deployed_as", "e"),
        rel("d", "backs_up_to", "v"),
        rel("e", "logs_to", "l"),
        rel("d", "shared_with", "account:222233334444"),
        rel("d", "encrypted_by", "k"),
        rel("k", "replicates_to", "k2"),
        rel("m", "trained_from", "j"),
    ]
    flows, _ = flows_of(assets, relations)
    assert shown(flows) == [
        ("training_read", "d", "j"),
        ("training_write", "j", "m"),
        ("deploy", "m", "e"),
        ("backup", "d", "v"),
        ("log", "e", "l"),
        ("share", "d", "account:222233334444"),
    ]
    assert [f.data_class for f in flows][:3] == ["personal"] * 3


def test_ids_are_stable_and_equal_flows_come_once():
    assets = [asset("d"), asset("j", "training.job")]
    first, _ = flows_of(assets, [rel("j", "reads", "d"), rel("j", "reads", "d", role="validation")])
    second, _ = flows_of(list(reversed(assets)), [rel("j", "reads", "d")])
    assert len(first) == len(second) == 1
    assert first[0].id == second[0].id
    assert len(first[0].id) == 20


def test_an_end_that_nobody_collected_stays_with_unknown_place():
    flows, transfers = flows_of([asset("d", data="personal")], [rel("d", "replicates_to", "external:s3://partner")])
    assert flows[0].external
    assert flows[0].target == "external:s3://partner"
    assert flows[0].target_countries == ()
    assert flows[0].target_status == "unknown"
    assert [t.status for t in transfers] == ["unknown"]


def test_what_is_switched_off_is_no_flow():
    assets = [asset("a"), asset("b"), asset("t", "transfer.job", enabled=False)]
    relations = [rel("a", "replicates_to", "b", enabled=False), rel("t", "reads", "a"), rel("t", "writes", "b")]
    assert flows_of(assets, relations)[0] == []


def test_transfer_jobs_chain_sources_stations_and_destinations():
    hop = {"uid": "agent", "loc": {"kind": "region", "region": "us-east-1"}}
    assets = [
        asset("s1", data="personal"),
        asset("s2"),
        asset("t", region="us-east-1"),
        asset("job", "transfer.job", hops=[hop], continuous=True),
    ]
    relations = [rel("job", "reads", "s1"), rel("job", "reads", "s2"), rel("job", "writes", "t")]
    flows, transfers = flows_of(assets, relations)
    assert shown(flows) == [("transfer_job", "s1", "t"), ("transfer_job", "s2", "t")]
    assert flows[0].via == ("job", "agent")
    assert flows[0].continuous is True
    assert [(t.country, t.status) for t in transfers] == [("US", "uncovered")]


def test_a_transfer_job_with_one_visible_end_is_a_flow_to_itself():
    assets = [asset("s"), asset("job", "transfer.job")]
    flows, _ = flows_of(assets, [rel("job", "reads", "s")])
    assert shown(flows) == [("transfer_job", "s", "job")]


def test_classes_are_inherited_over_several_hops_and_clouds():
    azure = Asset("m", "azure", "sub", "ai.model", "m", "m", Location(LocationKind.REGION, region="westeurope"), {}, {})
    assets = [
        asset("d", data="health"),
        asset("j", "training.job"),
        asset("c"),
        azure,
        asset("e", "ai.endpoint", "us-east-1"),
    ]
    relations = [
        rel("j", "reads", "d"),
        rel("j", "writes", "c"),
        rel("m", "trained_from", "c"),
        rel("m", "deployed_as", "e"),
    ]
    flows, transfers = flows_of(assets, relations)
    assert {f.data_class for f in flows} == {"special_category"}
    assert [(t.country, t.status) for t in transfers] == [("US", "uncovered")]


def test_a_label_is_the_assets_own_but_its_origin_shows():
    derived = rule("SIT-AI-015", 'inherits_pd(asset) && asset.dc == "public"', ("ai.model",))
    assets = [asset("d", data="personal"), asset("m", "ai.model", data="public")]
    findings, _, _, _ = run([derived], assets, [rel("m", "trained_from", "d")])
    assert [(f.asset, str(f.verdict)) for f in findings] == [("m", "fail")]


def test_anonymous_without_an_assessment_is_not_handed_on():
    classes = rule("SIT-CLS-009", 'asset.dc == "anonymous"', ("storage.bucket",))
    assets = [
        asset("d", data="personal"),
        asset("a", data="anonymous"),
        asset("c"),
        asset("j", "training.job"),
        asset("x"),
    ]
    relations = [rel("d", "replicates_to", "a"), rel("a", "replicates_to", "c"), rel("j", "reads", "c")]
    findings, flows, _, _ = run([classes], assets, relations)
    assert [f.asset for f in findings] == ["a"]
    assert {f.source: f.data_class for f in flows} == {"d": "personal", "a": "anonymous", "c": "personal"}
    proven = TAGS + '[[anonymity_assessments]]\nresource = "a"\ndate = 2026-10-01\nresult = "anonymous"\n'
    _, flows, _, _ = run([classes], assets, relations, policy=proven)
    assert {f.source: f.data_class for f in flows}["c"] == "anonymous"


def test_unread_tags_upstream_leave_the_class_unknown():
    personal = rule("SIT-KEY-001", "pd(asset)", ("ai.model",))
    assets = [asset("d", tags=UNSET), asset("p", data="public"), asset("m", "ai.model"), asset("n", "ai.model")]
    relations = [rel("m", "trained_from", "d"), rel("m", "trained_from", "p"), rel("n", "trained_from", "p")]
    findings, _, _, summary = run([personal], assets, relations)
    assert [(f.asset, str(f.verdict)) for f in findings] == [("m", "not_checked")]
    assert summary.verdicts["pass"] == 1


def test_origin_is_unknown_for_a_job_that_shows_no_inputs():
    origin = rule("SIT-RES-009", "inherits_pd(asset)", ("training.job",))
    findings, _, _, _ = run([origin], [asset("j", "training.job", data="public")])
    assert [str(f.verdict) for f in findings] == ["not_checked"]


def test_cycles_of_data_end():
    assets = [asset("a"), asset("b"), asset("c", data="personal")]
    relations = [rel("a", "replicates_to", "b"), rel("b", "replicates_to", "a"), rel("c", "replicates_to", "a")]
    flows, _ = flows_of(assets, relations)
    assert {f.data_class for f in flows} == {"personal"}


def test_a_global_deployment_is_a_flow_to_anywhere():
    assets = [asset("e", "ai.endpoint", data="personal", processing_scope="global"), asset("r", "ai.endpoint")]
    flows, transfers = flows_of(assets, [])
    assert shown(flows) == [("inference", "e", "processing:e")]
    assert [(t.country, t.status) for t in transfers] == [("*", "uncovered")]


def test_listed_places_of_processing_are_the_target():
    places = [{"kind": "region", "region": r} for r in ("eu-central-1", "us-east-1")]
    flows, transfers = flows_of([asset("e", "ai.endpoint", data="personal", processing_locs=places)], [])
    assert flows[0].target_countries == ("DE", "US")
    assert [t.country for t in transfers] == ["US"]


def test_an_unused_profile_of_the_provider_moves_nothing():
    profile = {"processing_scope": "global", "profile_type": "system"}
    assets = [asset("p", "ai.inference_profile", **profile), asset("q", "ai.inference_profile", used=True, **profile)]
    assert [f.source for f in flows_of(assets, [])[0]] == ["q"]


def test_who_may_read_sits_where_its_owner_does():
    policy = OPEN + '[[accounts]]\nid = "777788889999"\nentity = "Labelling Ltd"\ncountry = "IN"\n'
    flows, transfers = flows_of(
        [asset("d", data="personal")], [rel("d", "shared_with", "account:777788889999")], policy=policy
    )
    assert flows[0].target_countries == ("IN",)
    assert [(t.country, t.importer, t.status) for t in transfers] == [("IN", "Labelling Ltd", "uncovered")]


def test_chain_follows_the_data():
    onward = rule(
        "SIT-XFER-012",
        "chain(flow).exists(h, h.index > 0 && third(h.dst_loc))",
        ("replication",),
        subject="flow",
    )
    assets = [asset("a", data="personal"), asset("b"), asset("c", region="us-east-1")]
    findings, flows, _, _ = run([onward], assets, [rel("a", "replicates_to", "b"), rel("b", "replicates_to", "c")])
    assert [f.flow for f in findings] == [flows[0].id]


def test_a_copy_named_by_its_source_is_a_backup():
    assets = [asset("v", "storage.volume", data="personal"), asset("s", "storage.snapshot", source_uid="v")]
    flows, _ = flows_of(assets, [])
    assert shown(flows) == [("backup", "v", "s")]
    assert ACCOUNT == "111122223333"
