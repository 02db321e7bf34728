"""Every rule on simulated organisations of Google Cloud: over HTTP, through scanner and store, to its verdict."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from gcp_cloud import TOKEN, GcpCloud, denied, gcp_cloud
from gcp_proof import ABROAD, ADMINS, ALL, CRM, DATA, KEY, SPARE, VENDOR, prove
from proof_policies import BAD, GOOD, entry
from proof_scan import Held, each, gained, into, rests_on, told
from rule_proof import Seen, unproved, wrongly_failed

from app.connections import Connection

BUCKETS = "//storage.googleapis.com"
SITES = """sites:
  - {id: hall, country: NL, operator: Hospital, operator_country: NL, stores: [{name: images, data_class: public}]}
"""


OWN = (*ALL, "hospital.example")


def account(name: str, entity: str, country: str) -> str:
    """Whose an account is, as TOML."""
    return f'[[accounts]]\nid = "{name}"\nentity = "{entity}"\ncountry = "{country}"\n'


def _assets(*names: str) -> str:
    return "[" + ", ".join(f'"{BUCKETS}/{name}"' for name in names) + "]"


GOOD_POLICY = (
    GOOD.replace("[required_boundary]", '[required_boundary]\ngcp = ["EU_REGIONS_AND_SUPPORT"]')
    .replace("external_key_classes = []", 'external_key_classes = ["special_category"]')
    .replace("trusted_accounts = []", 'trusted_accounts = ["hospital.example"]')
    + f"""
[[processors]]
id = "P-1"
provider = "gcp"
vendor = "Google"
no_training_clause = true
[[processors]]
id = "P-2"
vendor = "meta"
[[exit_plans]]
provider = "gcp"
date = 2026-01-01
tested = 2026-06-01
[[anonymity_assessments]]
resource = "{BUCKETS}/proof-anon"
date = 2026-06-01
result = "anonymous"
[[anonymity_assessments]]
resource = "{BUCKETS}/proof-once"
date = 2026-06-01
result = "anonymous"
[[ropa]]
id = "pa-1"
countries = ["EEA", "US"]
"""
    + "".join(account(name, *(("Spare Inc.", "US") if name == SPARE else ("Hospital", "NL"))) for name in OWN)
    + entry("SCC", "scc", assets=_assets("proof-scc", "proof-pseudous"), tia_date="2026-07-01", tia_result='"positive"')
    + entry("DPF", "dpf", assets=_assets("proof-dpf"), dpf_certified_until="2027-06-01")
    + entry("ADQ", "adequacy", assets=_assets("proof-adequacy"), scope_confirmed="true")
    + entry("MEA", "scc", assets=_assets("proof-measures"), tia_date="2026-07-01", tia_result='"measures_needed"')
    + entry("DER", "derogation", assets=_assets("proof-once"))
)

BAD_POLICIES = (
    BAD,
    BAD.replace('["EEA"]', '["EEA", "US", "IN", "SG", "JP", "KR", "TW", "HK", "ID"]').replace(
        "accounts = []\nsov", 'accounts = [{id = "vendor.example", entity = "Vendor", country = "US"}]\nsov'
    ),
    BAD.replace("transfer_register = []", "")
    + entry("SCC", "scc", assets=_assets("proof-scc"), expires="2030-01-01")
    + entry("OLD", "scc", assets=_assets("proof-pseudous"), expires="2025-01-01", tia_date="2026-07-01")
    + entry("DPF", "dpf", assets=_assets("proof-dpf"))
    + entry("DER", "derogation", assets=_assets("proof-adequacy"))
    + entry("MEA", "scc", assets=_assets("proof-measures"), tia_date="2026-07-01", tia_result='"measures_needed"'),
)


HELD = (
    *("name", "labels", "location", "zone", "region", "selfLink", "projectId", "projectNumber", "datasetReference"),
    *("project", "id", "kind", "locationType", "timeCreated", "resourceLabels", "lifecycleState", "transferSpec"),
)
DENIED = (
    *("storage", "kmsinventory", "orgpolicy", "accessapproval", "essentialcontacts", "monitoring", "logging"),
    *("bigquery", "backupdr", "dlp", "notebooks", "storagetransfer", "securitycenter", "europe-west4-aiplatform"),
    *("us-central1-aiplatform", "aiplatform"),
)
"""Services that refuse, one by one."""
CONTENTS = ("RESOURCE", "IAM_POLICY", "ORG_POLICY", "ACCESS_POLICY")
"""What the inventory is asked for, and refuses, one by one."""


def build(good: bool) -> GcpCloud:
    cloud = GcpCloud()
    prove(cloud, good=good)
    return cloud


def silent() -> GcpCloud:
    """The good organisation where every answer tells name, place and labels, and nothing else."""
    cloud = build(True)
    for entry_ in cloud.assets:
        if "resource" in entry_ and not entry_["assetType"].startswith("cloudresourcemanager"):
            entry_["resource"]["data"] = {k: v for k, v in entry_["resource"]["data"].items() if k in HELD}
    for address, (_, bodies) in cloud.lists.items():
        if not address.startswith(("cloudresourcemanager", "serviceusage")):
            bodies[:] = [{k: v for k, v in body.items() if k in HELD} for body in bodies]
    for address in list(cloud.single):
        if not address.startswith("cloudresourcemanager"):
            del cloud.single[address]
    cloud.strike("^(orgpolicy|accessapproval|essentialcontacts|monitoring|securitycenter)", denied("x.y.z"))
    cloud.strike("/cacheConfig$", denied("aiplatform.cacheConfig.get"))
    return cloud


def blind() -> GcpCloud:
    """The good organisation to a login that may list projects, and nothing else."""
    cloud = build(True)
    cloud.strike("^(?!cloudresourcemanager|serviceusage)", denied("x.y.z"))
    return cloud


def ask(cloud: GcpCloud, folder: Path, *policies: str) -> tuple[Seen, Held]:
    with gcp_cloud(cloud) as server:
        options = {"secret": "env:SITUS_TEST_TOKEN"}
        connection = Connection("research", "gcp", "token", endpoint=server.endpoint, options=options)
        return into(folder, connection, SITES, *policies)


@pytest.fixture(scope="module", autouse=True)
def secret() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SITUS_TEST_TOKEN", TOKEN)
        yield


@pytest.fixture(scope="module")
def good(secret: None, tmp_path_factory: pytest.TempPathFactory) -> tuple[Seen, Held]:
    return ask(build(True), tmp_path_factory.mktemp("good"), GOOD_POLICY)


@pytest.fixture(scope="module")
def bad(secret: None, tmp_path_factory: pytest.TempPathFactory) -> tuple[Seen, Held]:
    return ask(build(False), tmp_path_factory.mktemp("bad"), *BAD_POLICIES)


@pytest.fixture(scope="module")
def plain(bad: tuple[Seen, Held]) -> Seen:
    """The bad one by one policy, as what less is read of it is judged."""
    return bad[1].judged(BAD)


@pytest.fixture(scope="module")
def dark(secret: None, tmp_path_factory: pytest.TempPathFactory) -> tuple[Seen, Held]:
    """What says little, judged by an organisation that decided well and by one that decided nothing."""
    said, held = ask(silent(), tmp_path_factory.mktemp("silent"), GOOD_POLICY, "")
    said.join(ask(blind(), tmp_path_factory.mktemp("blind"), GOOD_POLICY)[0])
    return said, held


def test_every_rule_fails_passes_and_says_what_it_cannot_check(
    good: tuple[Seen, Held], bad: tuple[Seen, Held], dark: tuple[Seen, Held]
) -> None:
    assert "\n".join(unproved("gcp", good[0], bad[0], dark[0])) == ""


def test_nothing_fails_where_nothing_is_wrong(good: tuple[Seen, Held]) -> None:
    assert "\n".join(wrongly_failed(good[0])) == ""


def test_silence_earns_no_pass(good: tuple[Seen, Held], dark: tuple[Seen, Held]) -> None:
    assert "\n".join(gained(good[0], dark[0])) == ""


def test_no_failure_becomes_a_pass_where_an_attribute_was_not_read(bad: tuple[Seen, Held], plain: Seen) -> None:
    wrong = {name: found for name, less in each(bad[1]) if (found := gained(plain, less().judged(BAD)))}
    assert told(wrong) == ""


def test_no_pass_rests_on_an_attribute_that_was_not_read(good: tuple[Seen, Held], bad: tuple[Seen, Held]) -> None:
    """A pass that stays when an attribute goes may not depend on it: no value that the bad one has makes it fail."""
    wrong = {name: found for name in good[1].attributes() if (found := rests_on(name, good[1], bad[1], GOOD_POLICY))}
    assert told(wrong) == ""


@pytest.mark.parametrize("service", DENIED)
def test_no_failure_becomes_a_pass_where_a_service_refuses(plain: Seen, tmp_path: Path, service: str) -> None:
    cloud = build(False)
    cloud.strike(f"^{service}.googleapis.com", denied("x.y.z"))
    said, _ = ask(cloud, tmp_path, BAD)
    assert "\n".join(gained(plain, said)) == ""


@pytest.mark.parametrize("content", CONTENTS)
def test_no_failure_becomes_a_pass_where_the_inventory_refuses(plain: Seen, tmp_path: Path, content: str) -> None:
    cloud = build(False)
    refusal = denied("cloudasset.assets.listX")
    cloud.strike("^cloudasset", lambda asked: refusal if asked.one("contentType") == content else None)
    said, _ = ask(cloud, tmp_path, BAD)
    assert "\n".join(gained(plain, said)) == ""


STORE, SET = f"{BUCKETS}/proof-data", f"//bigquery.googleapis.com/projects/{DATA}/datasets/cohorts"
OWN_PEOPLE = (
    *(ADMINS, f"serviceAccount:{ALL[DATA]}@cloudservices.gserviceaccount.com"),
    f"serviceAccount:service-{ALL[DATA]}@compute-system.iam.gserviceaccount.com",
)


def granted(level: str, role: str, *members: str) -> GcpCloud:
    """The good organisation, where the projects, folders or the organisation itself grant a role to these."""
    cloud = build(True)
    for policy in (a["iamPolicy"] for a in cloud.assets if a["assetType"] == f"{CRM}/{level}" and "iamPolicy" in a):
        policy["bindings"].append({"role": role, "members": list(members)})
    return cloud


def said_of(cloud: GcpCloud, folder: Path, rule: str = "SIT-EXPO-003") -> dict[str, str]:
    """What a rule says of the store and of the dataset."""
    said, _ = ask(cloud, folder, GOOD_POLICY)
    return {s: v for v in ("fail", "pass", "not_checked") for r, s in said.of(v) if r == rule and s in (STORE, SET)}


@pytest.mark.parametrize("level", ["Project", "Folder", "Organization"])
def test_an_outsider_who_reads_by_a_role_from_above_is_found(level: str, tmp_path: Path) -> None:
    assert said_of(granted(level, "roles/viewer", VENDOR), tmp_path) == {STORE: "fail", SET: "fail"}


def test_own_people_above_are_no_outsiders(tmp_path: Path) -> None:
    assert said_of(granted("Project", "roles/owner", *OWN_PEOPLE), tmp_path) == {STORE: "pass", SET: "pass"}


def test_what_an_unknown_role_of_an_outsider_lets_do_is_not_checked(tmp_path: Path) -> None:
    cloud = granted("Folder", "organizations/900000000001/roles/helper", VENDOR)
    assert said_of(cloud, tmp_path) == {STORE: "not_checked", SET: "not_checked"}


@pytest.mark.parametrize("hidden", ["Project", "Folder", "Organization", "all"])
def test_without_the_policies_above_nobody_is_said_to_be_the_only_reader(hidden: str, tmp_path: Path) -> None:
    cloud = build(True)
    if hidden == "all":
        refusal = denied("cloudasset.assets.listIamPolicy")
        cloud.strike("^cloudasset", lambda asked: refusal if asked.one("contentType") == "IAM_POLICY" else None)
    cloud.assets = [a for a in cloud.assets if a["assetType"] != f"{CRM}/{hidden}" or "iamPolicy" not in a]
    assert said_of(cloud, tmp_path) == {STORE: "not_checked", SET: "not_checked"}


OWN_RING = f"//cloudkms.googleapis.com/{KEY.partition('/cryptoKeys/')[0]}"


def said_of_keys(cloud: GcpCloud, folder: Path) -> tuple[str, str]:
    """What the rule on who may use a key says of one in the ring, and of one in another ring."""
    said, _ = ask(cloud, folder, GOOD_POLICY)
    found = {s: v for v in ("fail", "pass", "not_checked") for r, s in said.of(v) if r == "SIT-KEY-005"}
    return found[f"//cloudkms.googleapis.com/{KEY}"], found[f"//cloudkms.googleapis.com/{ABROAD}"]


def test_who_has_a_role_on_a_key_ring_may_use_its_keys(tmp_path: Path) -> None:
    cloud = build(True)
    binding = {"role": "roles/cloudkms.cryptoKeyEncrypterDecrypter", "members": [VENDOR]}
    for policy in (a["iamPolicy"] for a in cloud.assets if a["name"] == OWN_RING):
        policy["bindings"].append(binding)
    assert said_of_keys(cloud, tmp_path) == ("fail", "pass")
