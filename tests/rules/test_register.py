from datetime import date

import pytest
from estates import TAGS, asset, rel, rule, run

OWNERS = """
[[accounts]]
id = "111122223333"
entity = "Example SE"
country = "DE"
[[accounts]]
id = "999988887777"
entity = "Example Inc."
country = "US"
"""
BASIS = rule("SIT-XFER-001", "basis(flow) == null", ("replication",), subject="flow")
ENTRY = rule("SIT-XFER-002", "entry(flow) == null", ("replication",), subject="flow")


def entry(**members: object) -> str:
    found = {
        "id": "E-1",
        "importer": "Example Inc.",
        "country": "US",
        "tool": "scc",
        "data_classes": ["personal"],
    } | members
    lines = ["[[transfer_register]]"]
    for name, value in found.items():
        text = value.isoformat() if isinstance(value, date) else repr(value).replace("'", '"').replace("True", "true")
        lines.append(f"{name} = {text}")
    return "\n".join(lines) + "\n"


def transfer(policy: str, region: str = "us-east-1", account: str = "999988887777", data: str = "personal", target="t"):
    assets = [asset("s", data=data), asset("t", region=region, account=account)]
    findings, _, transfers, _ = run([BASIS, ENTRY], assets, [rel("s", "replicates_to", target)], policy=policy + TAGS)
    return {f.rule: str(f.verdict) for f in findings}, transfers


def test_the_owner_of_the_destination_is_covered():
    verdicts, transfers = transfer(OWNERS + entry(expires=date(2026, 11, 22), tia_date=date(2026, 3, 1)))
    assert verdicts == {}
    assert [(t.country, t.status, t.mechanism, t.register_entry, t.importer) for t in transfers] == [
        ("US", "covered", "scc", "E-1", "Example Inc.")
    ]
    assert transfers[0].tia_date == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("register", "why"),
    [
        (entry(importer="Another Inc."), "the importer does not own the account"),
        (entry(country="IN"), "another country"),
        (entry(data_classes=["public"]), "another class"),
        (entry(importer="Another Inc.", assets=["other"]), "names another asset"),
        (entry(importer="Another Inc.", accounts=["123"]), "names another account"),
    ],
)
def test_country_and_class_alone_cover_nothing(register, why):
    verdicts, transfers = transfer(OWNERS + register)
    assert verdicts == {"SIT-XFER-001": "fail", "SIT-XFER-002": "fail"}, why
    assert [t.status for t in transfers] == ["uncovered"]


@pytest.mark.parametrize("named", [{"assets": ["t"]}, {"accounts": ["999988887777"]}])
def test_an_entry_that_names_asset_or_account_covers_whoever_owns_it(named):
    verdicts, transfers = transfer(OWNERS + entry(importer="Another Inc.", **named))
    assert verdicts == {}
    assert transfers[0].status == "covered"


def test_an_entry_that_names_where_the_data_come_from_covers_no_other_recipient():
    source = entry(importer="Another Inc.", assets=["s"])
    verdicts, transfers = transfer(OWNERS + source)
    assert verdicts == {"SIT-XFER-001": "fail", "SIT-XFER-002": "fail"}
    assert [(t.status, t.importer) for t in transfers] == [("uncovered", "Example Inc.")]
    for own in ("111122223333", "444455556666"):  # of the exporter itself, of somebody whom the policy does not name
        verdicts, transfers = transfer(OWNERS + source, account=own)
        assert verdicts == {}
        assert transfers[0].register_entry == "E-1"
    assert transfer(OWNERS + entry(importer="example inc.", assets=["s"]))[0] == {}


def test_an_expired_entry_is_an_entry_but_no_basis():
    verdicts, transfers = transfer(OWNERS + entry(expires=date(2026, 11, 21)))
    assert verdicts == {"SIT-XFER-001": "fail"}
    assert [t.status for t in transfers] == ["expired"]


def test_a_current_entry_goes_before_an_expired_one():
    register = entry(expires=date(2020, 1, 1)) + entry(id="E-2", expires=date(2030, 1, 1))
    assert transfer(OWNERS + register)[1][0].register_entry == "E-2"


@pytest.mark.parametrize(
    ("members", "covered"),
    [
        ({"tool": "adequacy"}, False),
        ({"tool": "dpf"}, False),
        ({"tool": "dpf", "dpf_certified_until": date(2026, 11, 21)}, False),
        ({"tool": "dpf", "dpf_certified_until": date(2027, 6, 30)}, True),
        ({"tool": "adequacy", "dpf_certified_until": date(2027, 6, 30)}, True),
        ({"tool": "adequacy", "scope_confirmed": True}, True),
        ({"tool": "dpf", "scope_confirmed": True}, True),
        ({"tool": "dpf", "scope_confirmed": True, "dpf_certified_until": date(2026, 11, 21)}, False),
        ({"tool": "adequacy", "scope_confirmed": True, "dpf_certified_until": date(2026, 11, 21)}, False),
    ],
)
def test_a_partial_decision_needs_proof(members, covered):
    verdicts, _ = transfer(OWNERS + entry(**members))
    assert ("SIT-XFER-001" not in verdicts) is covered
    assert "SIT-XFER-002" not in verdicts


def test_the_framework_with_the_united_states_covers_no_recipient_in_canada():
    certified = {"country": "CA", "scope_confirmed": True, "dpf_certified_until": date(2027, 6, 30)}
    _, transfers = transfer(OWNERS + entry(tool="dpf", **certified), region="ca-central-1")
    assert transfers[0].status == "expired"
    _, transfers = transfer(OWNERS + entry(tool="adequacy", **certified), region="ca-central-1")
    assert transfers[0].status == "covered"


def test_adequacy_for_a_country_without_a_decision_is_no_basis():
    register = entry(tool="adequacy", country="IN")
    verdicts, transfers = transfer(OWNERS + register, region="ap-south-1")
    assert verdicts == {"SIT-XFER-001": "fail"}
    assert transfers[0].status == "expired"


def test_no_register_is_a_decision_to_take_and_an_empty_one_covers_nothing():
    verdicts, transfers = transfer(OWNERS)
    assert verdicts == {"SIT-XFER-001": "not_checked", "SIT-XFER-002": "not_checked"}
    assert [t.status for t in transfers] == ["decision_needed"]
    verdicts, transfers = transfer("transfer_register = []\n" + OWNERS)
    assert verdicts["SIT-XFER-001"] == "fail"
    assert [t.status for t in transfers] == ["uncovered"]


def test_who_owns_the_account_is_a_decision_where_an_entry_depends_on_it():
    verdicts, transfers = transfer(entry())
    assert verdicts["SIT-XFER-001"] == "not_checked"
    assert transfers[0].status == "decision_needed"


def test_inside_the_eea_and_from_outside_there_is_no_transfer():
    assert transfer(OWNERS + entry(), region="eu-central-1")[1] == []
    assets = [asset("s", data="personal", region="us-east-1"), asset("t", region="us-west-2")]
    _, flows, transfers, _ = run([], assets, [rel("s", "replicates_to", "t")], policy=OWNERS + TAGS)
    assert len(flows) == 1
    assert transfers == []


def test_public_data_are_no_transfer():
    assert transfer(OWNERS + entry(), data="public")[1] == []


def test_unknown_places_and_classes_are_said_to_be_unknown():
    assert [t.status for t in transfer(OWNERS + entry(), region="unknown")[1]] == ["unknown"]
    assert [t.status for t in transfer(OWNERS + entry(), target="external:x")[1]] == ["unknown"]


def test_every_possible_place_of_processing_needs_cover():
    everywhere = rule("SIT-AI-001", "basis_all(asset) == null", ("ai.endpoint",))
    places = [{"kind": "region", "region": r} for r in ("us-east-1", "ap-south-1")]
    endpoint = asset("e", "ai.endpoint", data="personal", processing_scope="zone", processing_locs=places)
    one = entry(assets=["e"]) + TAGS
    both = entry(id="E-2", assets=["e"], country="IN") + one
    for policy, verdict in ((one, ["fail"]), (both, [])):
        findings, _, _, _ = run([everywhere], [endpoint], policy=policy)
        assert [str(f.verdict) for f in findings] == verdict


def test_a_grantee_is_covered_by_its_account():
    reads = rule(
        "SIT-XFER-013", 'targets(asset, "shared_with").exists(a, basis_for(a, asset) == null)', ("storage.bucket",)
    )
    bucket = asset("d", data="personal", public_access="none")
    relations = [rel("d", "shared_with", "account:999988887777")]
    for policy, verdict in (
        (OWNERS + entry(), []),
        (OWNERS + entry(country="IN"), ["fail"]),
        (entry(), ["not_checked"]),
    ):
        findings, _, _, _ = run([reads], [bucket], relations, policy=policy + TAGS)
        assert [str(f.verdict) for f in findings] == verdict
