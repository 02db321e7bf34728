"""Every rule on simulated tenants of Azure: over HTTP, through the scanner and the store, to its verdict."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from azure_cloud import TOKEN, Azure, azure_cloud, denied
from azure_estate import RESEARCH
from azure_proof import ARCHIVE, EMPTY, GROUP, PARTNER_TENANT, prove
from proof_policies import BAD, GOOD, entry
from proof_scan import Held, each, gained, into, rests_on, told
from rule_proof import Seen, unproved, wrongly_failed

from app.connections import Connection

STORES = f"{GROUP}/Microsoft.Storage/storageAccounts".lower()
SITES = """sites:
  - {id: hall, country: NL, operator: Hospital, operator_country: NL, stores: [{name: images, data_class: public}]}
"""


def _assets(*names: str) -> str:
    return "[" + ", ".join(f'"{STORES}/{name}"' for name in names) + "]"


GOOD_POLICY = (
    GOOD
    + f"""
[[processors]]
id = "P-1"
provider = "azure"
vendor = "Microsoft"
no_training_clause = true
[[processors]]
id = "P-2"
vendor = "OpenAI"
[[exit_plans]]
provider = "azure"
date = 2026-01-01
tested = 2026-06-01
[[anonymity_assessments]]
resource = "{STORES}/proofanon"
date = 2026-06-01
result = "anonymous"
[[ropa]]
id = "PA-1"
countries = ["EEA", "US"]
[[accounts]]
id = "{RESEARCH}"
entity = "Hospital"
country = "NL"
[[accounts]]
id = "{ARCHIVE}"
entity = "Lab Inc."
country = "US"
[[accounts]]
id = "{EMPTY}"
entity = "Hospital"
country = "NL"
[[classify]]
uid = "*/models/gpt-4.1.ft-1"
data_class = "personal"
"""
    + entry(
        "SCC",
        "scc",
        assets=_assets("proofscc", "proofpseudous", "proofreid"),
        expires="2030-01-01",
        tia_date="2026-07-01",
        tia_result='"positive"',
    )
    + entry("DPF", "dpf", assets=_assets("proofdpf"), dpf_certified_until="2027-06-01")
    + entry("ADQ", "adequacy", assets=_assets("proofadequacy"), scope_confirmed="true")
    + entry("MEA", "scc", assets=_assets("proofmeasures"), tia_date="2026-07-01", tia_result='"positive"')
)

BAD_POLICIES = (
    BAD,
    BAD.replace('["EEA"]', '["EEA", "US", "IN", "BR", "SG"]').replace(
        "accounts = []\nsov", f'accounts = [{{id = "{PARTNER_TENANT}", entity = "Partner", country = "US"}}]\nsov'
    ),
    BAD.replace("transfer_register = []", "")
    + entry("SCC", "scc", assets=_assets("proofscc"), expires="2030-01-01")
    + entry("OLD", "scc", assets=_assets("proofpseudous"), expires="2025-01-01", tia_date="2026-07-01")
    + entry("DPF", "dpf", assets=_assets("proofdpf"))
    + entry("DER", "derogation", assets=_assets("proofadequacy"))
    + entry("MEA", "scc", assets=_assets("proofmeasures"), tia_date="2026-07-01", tia_result='"measures_needed"'),
)


HELD = ("id", "name", "type", "location", "kind", "sku", "tags", "extendedLocation", "zones")
DENIED = (
    *("microsoft.storage", "microsoft.keyvault", "microsoft.sql", "microsoft.documentdb", "microsoft.compute"),
    *("microsoft.network", "microsoft.cognitiveservices", "microsoft.machinelearningservices", "microsoft.datafactory"),
    *("microsoft.insights", "microsoft.security", "microsoft.authorization", "microsoft.recoveryservices"),
    *("microsoft.containerservice", "microsoft.customerlockbox", "microsoft.operationalinsights", "microsoft.kusto"),
)
"""Namespaces whose permission is taken away, one by one."""


def build(good: bool) -> Azure:
    azure = Azure()
    prove(azure, good=good)
    return azure


def silent() -> Azure:
    """The good tenant where every answer tells identity, place and tags, and nothing else."""
    azure = build(True)
    for identity, document in azure.documents.items():
        if "/microsoft.authorization/" not in identity:
            said = document.get("properties", {})
            sort = {k: v for k, v in said.items() if k in ("computeType", "jobType")}  # without it there is no kind
            azure.documents[identity] = {k: v for k, v in document.items() if k in HELD} | {"properties": sort}
    azure.lockbox = None
    return azure


def blind() -> Azure:
    """The good tenant to a login that may list subscriptions, and nothing else."""
    azure = build(True)
    azure.actions = ["microsoft.resources/*"]
    azure.faults.append(("/providers/", lambda asked: denied("x/read") if asked.method == "GET" else None))
    return azure


def refuse(azure: Azure, namespace: str) -> None:
    """Takes away the right to read a namespace, below resources and in Resource Graph."""
    known = {d["type"].split("/")[0].lower() for d in azure.documents.values()} | {"microsoft.resources"}
    azure.actions = [f"{name}/*" for name in sorted(known - {namespace})]
    azure.faults.append((f"/providers/{namespace}/", lambda _: denied(f"{namespace}/read")))


def ask(azure: Azure, folder: Path, *policies: str) -> tuple[Seen, Held]:
    with azure_cloud(azure) as server:
        options = {"secret": "env:SITUS_TEST_TOKEN"}
        return into(
            folder, Connection("research", "azure", "token", ("*",), ("*",), server.endpoint, options), SITES, *policies
        )


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
    assert "\n".join(unproved("azure", good[0], bad[0], dark[0])) == ""


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


@pytest.mark.parametrize("namespace", DENIED)
def test_no_failure_becomes_a_pass_where_permissions_are_missing(plain: Seen, tmp_path: Path, namespace: str) -> None:
    azure = build(False)
    refuse(azure, namespace)
    said, _ = ask(azure, tmp_path, BAD)
    assert "\n".join(gained(plain, said)) == ""
