import csv
import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from scanners.azure.rows import document_of_cells, from_row
from scanners.exports.read import ImportedFile, read_exports
from scanners.exports.source import State
from scanners.model import Asset, Coverage, CoverageStatus, Evidence, Item, Location, LocationKind, Relation

SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
RG = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers"
STORE = {
    "id": f"{RG}/Microsoft.Storage/storageAccounts/Store1",
    "name": "Store1",
    "type": "microsoft.storage/storageaccounts",
    "location": "westeurope",
    "tags": None,
    "sku": {"name": "Standard_LRS"},
    "subscriptionId": SUBSCRIPTION,
    "tenantId": "tenant-1",
    "resourceGroup": "rg",
    "properties": {"allowBlobPublicAccess": False, "minimumTlsVersion": "TLS1_2"},
}
VAULT = {
    "id": f"{RG}/Microsoft.KeyVault/vaults/v1",
    "name": "v1",
    "type": "microsoft.keyvault/vaults",
    "location": "westeurope",
    "tags": {"owner": "x"},
    "subscriptionId": SUBSCRIPTION,
    "properties": {"enablePurgeProtection": True},
}
PLAN = {"id": f"{RG}/Microsoft.Web/serverfarms/p", "type": "microsoft.web/serverfarms", "location": "westeurope"}


class Import:
    """What one import of one file gave."""

    def __init__(self, folder: Path, content: str | bytes, name: str = "export.json") -> None:
        file = folder / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        self.items: list[Item] = []
        self.files: list[ImportedFile] = read_exports([file], self.items.extend)
        [self.file] = self.files

    @property
    def assets(self) -> list[Asset]:
        return [item for item in self.items if isinstance(item, Asset) and item.kind != "account"]

    @property
    def accounts(self) -> list[Asset]:
        return [item for item in self.items if isinstance(item, Asset) and item.kind == "account"]

    @property
    def coverage(self) -> list[Coverage]:
        return [item for item in self.items if isinstance(item, Coverage)]

    def statuses(self, kind: str) -> set[CoverageStatus]:
        return {cell.status for cell in self.coverage if cell.kind == kind}


def _table(*rows: dict[str, Any]) -> dict[str, Any]:
    names = sorted({name for row in rows for name in row})
    return {
        "totalRecords": len(rows),
        "count": len(rows),
        "data": {
            "columns": [{"name": name, "type": "string"} for name in names],
            "rows": [[row.get(name) for name in names] for row in rows],
        },
        "facets": [],
        "resultTruncated": "false",
    }


def _csv(*rows: dict[str, Any], upper: bool = False, delimiter: str = ",") -> str:
    names = sorted({name for row in rows for name in row})
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow([name.upper() if upper else name for name in names])
    for row in rows:
        cells = [row.get(name) for name in names]
        writer.writerow(["null" if c is None else c if isinstance(c, str) else json.dumps(c) for c in cells])
    return out.getvalue()


REST = {"totalRecords": 2, "count": 2, "data": [STORE, VAULT], "facets": [], "resultTruncated": "false"}
CLI = {"count": 2, "data": [STORE, VAULT], "skip_token": None, "total_records": 2}
FORMS = {
    "answer of the REST API": json.dumps(REST),
    "output of az graph query": json.dumps(CLI, indent=2),
    "table of 2019": json.dumps(_table(STORE, VAULT)),
    "list of rows": json.dumps([STORE, VAULT]),
    "rows one a line": json.dumps(STORE) + "\n" + json.dumps(VAULT) + "\n",
    "list of pages": json.dumps([REST]),
    "CSV of the portal": _csv(STORE, VAULT),
    "CSV with capitals and semicolons": "\ufeff" + _csv(STORE, VAULT, upper=True, delimiter=";"),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_assets(tmp_path: Path, form: str) -> None:
    done = Import(tmp_path, FORMS[form])
    assert done.file.state is State.COMPLETE, done.file.warnings
    assert done.file.warnings == []
    store, vault = sorted(done.assets, key=lambda asset: asset.kind, reverse=True)
    assert (store.kind, vault.kind) == ("storage.bucket", "secret")
    assert store.account == SUBSCRIPTION
    assert store.location.region == "westeurope"
    assert store.tags == {}
    assert vault.tags == {"owner": "x"}
    assert store.attributes["public_access"] == "none"
    assert store.attributes["tls_min_below_12"] is False
    assert store.attributes["secondary_loc"] is None
    assert "https_only" not in store.attributes
    assert vault.attributes == {"purge_protection": True}
    [account] = done.accounts
    assert (account.uid, account.attributes["organisation"]) == (f"/subscriptions/{SUBSCRIPTION}", "tenant-1")


def test_what_resource_graph_cannot_show_is_not_exported(tmp_path: Path) -> None:
    done = Import(tmp_path, json.dumps(REST))
    for kind in ("training.job", "key", "replication", "log.trail", "governance.policy", "ai.customization"):
        assert done.statuses(kind) == {CoverageStatus.NOT_EXPORTED}, kind
    assert CoverageStatus.COLLECTED in done.statuses("storage.bucket")
    [deployments] = [c for c in done.coverage if (c.service, c.kind) == ("cognitiveservices", "ai.endpoint")]
    assert deployments.account == SUBSCRIPTION
    assert deployments.detail is not None
    assert "deployments" in deployments.detail


def test_a_list_of_arm_lacks_what_hangs_on_its_parents(tmp_path: Path) -> None:
    arm = {key: value for key, value in VAULT.items() if key != "subscriptionId"}
    done = Import(tmp_path, json.dumps({"value": [arm]}))
    assert done.statuses("key") == {CoverageStatus.NOT_EXPORTED}
    assert done.statuses("training.job") == set()
    key = {"id": f"{arm['id']}/keys/k", "name": "k", "type": "x", "properties": {"kty": "RSA"}}
    both = Import(tmp_path, json.dumps([arm, key]), "both.json")
    assert both.statuses("key") == {CoverageStatus.COLLECTED}


def test_a_single_object(tmp_path: Path) -> None:
    done = Import(tmp_path, json.dumps({**VAULT, "zones": [{"id": "decoy"}]}))
    assert [asset.name for asset in done.assets] == ["v1"]


@pytest.mark.parametrize(
    "envelope",
    [
        {"totalRecords": 5, "count": 2, "resultTruncated": "false"},
        {"totalRecords": 2, "count": 2, "resultTruncated": "true"},
        {"count": 2, "total_records": 2, "skip_token": "abc"},
        {"totalRecords": 2876, "count": 2, "resultTruncated": "false", "$skipToken": "abc"},
    ],
)
def test_an_incomplete_result_is_partial(tmp_path: Path, envelope: dict[str, Any]) -> None:
    for number, content in enumerate(({**envelope, "data": [STORE, VAULT]}, [{**envelope, "data": [STORE, VAULT]}])):
        done = Import(tmp_path, json.dumps(content), f"{number}.json")
        assert done.file.state is State.PARTIAL
        assert len(done.assets) == 2
        assert {c.status for c in done.coverage if c.count} == {CoverageStatus.PARTIAL}
        assert len(done.file.warnings) == 1


def test_a_next_link_without_its_page_is_partial(tmp_path: Path) -> None:
    page = {"value": [VAULT], "nextLink": "https://management.azure.com/next"}
    assert Import(tmp_path, json.dumps(page)).file.state is State.PARTIAL
    last = {"value": [STORE]}
    assert Import(tmp_path, json.dumps(page) + "\n" + json.dumps(last), "two.json").file.state is State.COMPLETE


def test_all_pages_in_one_file_are_complete(tmp_path: Path) -> None:
    pages = [
        {"totalRecords": 2, "count": 1, "data": [STORE], "$skipToken": "x", "resultTruncated": "false"},
        {"totalRecords": 2, "count": 1, "data": [VAULT], "resultTruncated": "false"},
    ]
    for number, content in enumerate((json.dumps(pages), "".join(json.dumps(page, indent=1) for page in pages))):
        assert Import(tmp_path, content, f"{number}.json").file.state is State.COMPLETE


def test_unknown_types_are_counted(tmp_path: Path) -> None:
    done = Import(tmp_path, json.dumps([VAULT, PLAN, PLAN]))
    [cell] = [c for c in done.coverage if c.status is CoverageStatus.NOT_ASKED]
    assert (cell.service, cell.kind, cell.count, cell.account) == ("microsoft.web/serverfarms", "*", 2, SUBSCRIPTION)
    assert cell.detail == "type not known to Situs"
    assert any("2 resources were counted" in warning for warning in done.file.warnings)


def test_resource_groups_are_no_resources(tmp_path: Path) -> None:
    group = {"id": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg", "name": "rg", "location": "westeurope"}
    done = Import(tmp_path, json.dumps({"value": [group]}))
    assert (done.assets, done.file.warnings) == ([], [])
    assert [account.name for account in done.accounts] == [SUBSCRIPTION]


def test_projected_members_return_to_their_place(tmp_path: Path) -> None:
    row = {name: STORE[name] for name in ("id", "type", "location", "subscriptionId")}
    row |= {"properties_allowBlobPublicAccess": True, "properties_encryption_keySource": "Microsoft.Storage"}
    for number, content in enumerate((json.dumps([row]), _csv(row))):
        [asset] = Import(tmp_path, content, f"{number}.txt").assets
        assert asset.attributes["public_access"] == "possible"
        assert asset.attributes["custody"] == "provider"
        assert asset.tags is UNSET


def test_output_of_az_list_is_read_without_its_nulls(tmp_path: Path) -> None:
    lifted = {name: STORE[name] for name in ("id", "name", "location", "sku", "resourceGroup")}
    lifted |= {
        "type": "Microsoft.Storage/storageAccounts",
        "tags": None,
        "allowBlobPublicAccess": None,
        "enableHttpsTrafficOnly": True,
        "encryption": {"keySource": "Microsoft.Storage"},
    }
    [asset] = Import(tmp_path, json.dumps([lifted])).assets
    assert asset.attributes["https_only"] is True
    assert asset.attributes["custody"] == "provider"
    assert "public_access" not in asset.attributes
    assert asset.tags is UNSET  # `az` writes null for what the answer did not hold


def pages_of(*sizes: int, total: int, first: int = 0) -> list[dict[str, Any]]:
    """Pages of one query with so many rows each; all but the last say that another one follows."""
    found: list[dict[str, Any]] = []
    for number, size in enumerate(sizes):
        rows = [{**VAULT, "id": f"{VAULT['id']}{first + sum(sizes[:number]) + n}"} for n in range(size)]
        token = "next" if number + 1 < len(sizes) else None
        found.append({"count": size, "data": rows, "skip_token": token, "total_records": total})
    return found


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize(
    ("pages", "whole"),
    [
        (pages_of(3, 3, 2, total=8), True),
        (pages_of(3, 3, 2, total=8)[1:], False),
        ([*pages_of(3, 3, 2, total=8)[:1] * 2, pages_of(3, 3, 2, total=8)[2]], False),  # one twice, one missing
        ([*pages_of(3, 2, total=5), *pages_of(3, 2, total=5, first=9)], False),  # two queries: nobody tells them apart
        (pages_of(3, 3, 2, total=9), False),
    ],
)
def test_pages_of_a_query_in_files_of_their_own_are_whole_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pages: list[dict[str, Any]], whole: bool, workers: int
) -> None:
    monkeypatch.setattr("scanners.exports.read._LARGE", 1)
    for number, page in enumerate(pages):
        (tmp_path / f"page{number}.json").write_text(json.dumps(page), encoding="utf-8")
    items: list[Item] = []
    files = read_exports([tmp_path], items.extend, workers=workers)
    assert all(f.state is State.COMPLETE for f in files) is whole
    cells = [i for i in items if isinstance(i, Coverage) and i.count and i.kind == "secret"]
    assert all(c.status is CoverageStatus.COLLECTED for c in cells) is whole


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ({"value": []}, State.COMPLETE),
        ({"value": [], "nextLink": None}, State.COMPLETE),
        ({"value": [], "nextLink": "https://management.azure.com/next"}, State.PARTIAL),
        ({"count": 0, "data": [], "skip_token": None, "total_records": 0}, State.COMPLETE),
    ],
)
def test_an_empty_list_is_one_that_holds_nothing(tmp_path: Path, answer: dict[str, Any], state: State) -> None:
    done = Import(tmp_path, json.dumps(answer))
    assert (done.file.state, done.assets) == (state, [])
    assert any("holds no resources" in w for w in done.file.warnings)


def test_of_what_a_cmdlet_wrote_places_are_read_and_settings_are_missing(tmp_path: Path) -> None:
    stores: list[dict[str, Any]] = [
        {
            "ResourceId": STORE["id"],
            "Name": "Store1",
            "ResourceType": "Microsoft.Storage/storageAccounts",
            "Location": "westeurope",
            "Sku": {"Name": "Standard_LRS", "Capacity": None},
            "Tags": {"owner": "x"},
            "Properties": None,
        },
        {"Id": f"{STORE['id']}2", "Location": "uksouth", "Sku": {"Name": 0}, "EnableHttpsTrafficOnly": True},
        {"ResourceId": f"{STORE['id']}3", "Location": "uksouth", "Properties": {"minimumTlsVersion": "TLS1_0"}},
    ]
    done = Import(tmp_path, json.dumps(stores))
    assert done.file.state is State.PARTIAL
    [warning] = [w for w in done.file.warnings if "cmdlet of PowerShell" in w]
    assert warning.startswith("export.json, item 1:")
    first, second, third = done.assets
    assert (first.location.region, first.name, first.tags) == ("westeurope", "Store1", {"owner": "x"})
    assert (second.location.region, second.tags) == ("uksouth", UNSET)
    assert not {"https_only", "public_access", "custody", "tls_min_below_12"} & set(first.attributes)
    assert not {"https_only", "secondary_loc"} & set(second.attributes)
    assert third.attributes["tls_min_below_12"] is True
    assert CoverageStatus.PARTIAL in done.statuses("storage.bucket")
    assert CoverageStatus.COLLECTED not in done.statuses("storage.bucket")


def test_a_cell_cut_off_in_csv_is_told_and_the_row_is_kept(tmp_path: Path) -> None:
    text = _csv({**VAULT, "properties": "@"}).replace("@", '"{""enablePurgeProtection"": tr"')
    done = Import(tmp_path, text, "cut.csv")
    assert done.file.state is State.PARTIAL
    assert "line 2" in done.file.warnings[0]
    assert [asset.attributes for asset in done.assets] == [{}]


def test_the_portal_list_without_ids_is_refused_in_a_sentence(tmp_path: Path) -> None:
    done = Import(
        tmp_path, "NAME,TYPE,RESOURCE GROUP,LOCATION,SUBSCRIPTION\nv1,Key vault,rg,West Europe,Research\n", "a.csv"
    )
    assert done.file.state is State.REFUSED
    assert "`id`" in done.file.warnings[-1]
    assert done.items == []


@pytest.mark.parametrize("content", ['{"count": 1, "data": [{"a": 1}]', '{"value": [null, 3, "x"]}', '{"value": []}'])
def test_bad_content_is_a_sentence(tmp_path: Path, content: str) -> None:
    done = Import(tmp_path, content)
    assert done.assets == []
    assert all("Traceback" not in warning for warning in done.file.warnings)


def test_other_clouds_are_not_taken_for_azure(tmp_path: Path) -> None:
    for content in (
        '[{"assetType": "storage.googleapis.com/Bucket", "name": "//storage.googleapis.com/b"}]',
        '{"fileVersion": "1.0", "configurationItems": [{"resourceType": "AWS::S3::Bucket", "ARN": "arn:aws:s3:::b"}]}',
        '{"apiVersion": "v1", "kind": "List", "items": []}',
    ):
        assert Import(tmp_path, content).file.provider != "azure"


def test_identical_rows_have_identical_evidence(tmp_path: Path) -> None:
    first = Import(tmp_path, FORMS["answer of the REST API"], "a.json")
    second = Import(tmp_path, FORMS["CSV of the portal"], "b.csv")
    keys = [{item.digest for item in done.items if isinstance(item, Evidence)} for done in (first, second)]
    assert keys[0] == keys[1]
    assert len(keys[0]) == 2


CELLS = st.dictionaries(
    st.sampled_from(
        ["id", "ID", "Resource Id", "properties", "tags", "sku", "properties_a_b", "properties_a", "x", ""]
    ),
    st.text(max_size=8) | st.sampled_from(["null", "[" * 500, '{"a": ' * 80 + "1" + "}" * 80, "True", STORE["id"]]),
)


@settings(max_examples=150, derandomize=True, deadline=None)
@given(CELLS)
def test_cells_never_raise(row: dict[str, str]) -> None:
    document, problems = document_of_cells(row)
    assert isinstance(from_row(document), dict)
    assert all(isinstance(problem, str) for problem in problems)


@pytest.fixture(scope="module")
def graph_recordings() -> Path:
    folder = os.environ.get("SITUS_RECORDINGS")
    if not folder:
        pytest.skip("SITUS_RECORDINGS is not set: real answers of Azure are not on this machine")
    return Path(folder) / "azure" / "microsoft.resourcegraph"


def _body(folder: Path, number: int) -> str:
    return json.dumps(json.loads((folder / f"resources.query.{number}.json").read_text(encoding="utf-8"))["body"])


def test_recorded_results(tmp_path: Path, graph_recordings: Path) -> None:
    machine = Import(tmp_path, _body(graph_recordings, 1), "1.json")
    # no size outside the confidential families protects what is in use
    assert machine.assets[0].attributes == {"instance_type": "Basic_A0", "confidential": "none"}
    assert sum(isinstance(item, Relation) and item.type == "member_of" for item in machine.items) == 2  # disks
    assert machine.file.state is State.PARTIAL  # the recorder kept one of two rows
    store = Import(tmp_path, _body(graph_recordings, 2), "2.json").assets[0]
    assert store.attributes["https_only"] is False
    assert store.tags == {}
    projected = Import(tmp_path, _body(graph_recordings, 3), "3.json")
    assert projected.file.state is State.COMPLETE
    assert len(projected.assets) == 5
    assert all(asset.tags is UNSET for asset in projected.assets)
    page = Import(tmp_path, _body(graph_recordings, 4), "4.json")
    assert page.file.state is State.PARTIAL
    assert [asset.name for asset in page.assets] == ["mgtests"]


def test_every_recorded_answer_can_be_imported(tmp_path: Path, graph_recordings: Path) -> None:
    written = 0
    for file in sorted(graph_recordings.parent.glob("microsoft.*/*.json")):
        recording = json.loads(file.read_text(encoding="utf-8"))
        if recording["status"] in (200, None):
            name = f"{file.parent.name}-{file.name}"
            (tmp_path / name).write_text(json.dumps(recording["body"]), encoding="utf-8")
            written += 1
    items: list[Item] = []
    files = read_exports([tmp_path], items.extend)
    assert len(files) == written
    # Refused: sizes, quotas and states, which name no resource.
    assert sum(file.state is State.REFUSED for file in files) < 15
    assert sum(isinstance(item, Asset) for item in items) > 250
    evidence = {item.digest for item in items if isinstance(item, Evidence)}
    for item in items:
        if isinstance(item, Asset) and item.kind != "account":
            assert set(item.evidence) <= evidence
            assert item.evidence


ACCOUNT = {
    "id": f"{RG}/Microsoft.CognitiveServices/accounts/ai1",
    "name": "ai1",
    "type": "Microsoft.CognitiveServices/accounts",
    "location": "SWEDENCENTRAL",
    "properties": {},
}
DEPLOYMENT = {
    "id": f"{RG}/microsoft.cognitiveservices/accounts/AI1/deployments/gpt",
    "name": "gpt",
    "type": "Microsoft.CognitiveServices/accounts/deployments",
    "sku": {"name": "GlobalStandard"},
    "properties": {},
}


@pytest.mark.parametrize("order", [(ACCOUNT, DEPLOYMENT), (DEPLOYMENT, ACCOUNT)])
def test_children_lie_where_their_parent_does(tmp_path: Path, order: tuple[dict[str, Any], ...]) -> None:
    done = Import(tmp_path, json.dumps({"value": list(order)}))
    [gpt] = [asset for asset in done.assets if asset.name == "gpt"]
    assert gpt.location.region == "swedencentral"
    [cell] = [c for c in done.coverage if c.kind == "ai.endpoint" and c.count]
    assert cell.region == "swedencentral"


def test_children_find_their_parent_in_another_file(tmp_path: Path) -> None:
    (tmp_path / "1.json").write_text(json.dumps({"value": [ACCOUNT]}), encoding="utf-8")
    (tmp_path / "2.json").write_text(json.dumps({"value": [DEPLOYMENT]}), encoding="utf-8")
    items: list[Item] = []
    read_exports([tmp_path], items.extend)
    assert [i.location.region for i in items if isinstance(i, Asset) and i.name == "gpt"] == ["swedencentral"]


def test_children_without_their_parent_are_somewhere(tmp_path: Path) -> None:
    done = Import(tmp_path, json.dumps({"value": [DEPLOYMENT]}))
    assert [asset.location.kind for asset in done.assets] == ["unknown"]
    assert done.file.warnings == []


def test_what_a_child_says_of_its_parent_keeps_no_place(tmp_path: Path) -> None:
    service = {
        "id": f"{STORE['id']}/blobServices/default",
        "type": "Microsoft.Storage/storageAccounts/blobServices",
        "properties": {"isVersioningEnabled": True},
    }
    done = Import(tmp_path, json.dumps({"value": [service]}))
    [facet] = done.assets
    assert facet.uid == STORE["id"].lower()
    assert facet.location.kind == "unknown"
    assert facet.attributes == {"versioning": True}


def test_declared_sites_place_arc_machines(tmp_path: Path) -> None:
    machine = {
        "id": f"{RG}/Microsoft.HybridCompute/machines/gpu-1",
        "name": "gpu-1",
        "type": "Microsoft.HybridCompute/machines",
        "location": "westeurope",
        "properties": {},
    }
    file = tmp_path / "arc.json"
    file.write_text(json.dumps([machine]), encoding="utf-8")
    hall = Location(LocationKind.ON_PREM, country="DE", site="hall-3", evidence="declared")
    items: list[Item] = []
    read_exports([file], items.extend, places={"arc:gpu-1": hall})
    assert [i.location for i in items if isinstance(i, Asset) and i.name == "gpu-1"] == [hall]


@pytest.mark.parametrize(
    "properties", ["@{provisioningState=Succeeded}", {"encryption": "@{keySource=Microsoft.Storage}"}]
)
def test_properties_as_text_are_told(tmp_path: Path, properties: Any) -> None:
    done = Import(tmp_path, json.dumps([{**STORE, "properties": properties}, {**VAULT, "properties": "@{a=b}"}]))
    assert done.file.state is State.PARTIAL
    assert len(done.file.warnings) == 1
    assert "-Depth" in done.file.warnings[0]
    assert [asset.location.region for asset in done.assets] == ["westeurope", "westeurope"]


def test_a_child_that_describes_its_parent_repeats_nothing(tmp_path: Path) -> None:
    service = {"id": f"{STORE['id']}/blobServices/default", "properties": {"isVersioningEnabled": True}}
    assert Import(tmp_path, json.dumps([STORE, service]), "facet.json").file.warnings == []
    [warning] = Import(tmp_path, json.dumps([STORE, STORE]), "twice.json").file.warnings
    assert "twice" in warning


@pytest.mark.parametrize("turned", [False, True])
def test_names_for_data_lie_where_the_data_do(tmp_path: Path, turned: bool) -> None:
    workspace = f"{RG}/Microsoft.MachineLearningServices/workspaces/w"
    documents = [
        {"id": workspace, "name": "w", "location": "eastus", "properties": {}},
        STORE,
        {"id": f"{workspace}/datastores/blob", "name": "blob", "properties": {"accountName": "store1"}},
        {"id": f"{workspace}/data/Faces/versions/1", "properties": {"dataUri": "azureml://datastores/blob/paths/f"}},
        {"id": f"{workspace}/data/Faces/versions/2", "properties": {"dataUri": "azureml://datastores/blob/paths/f"}},
        {"id": f"{workspace}/datastores/other", "name": "other", "properties": {"accountName": "elsewhere"}},
        {"id": f"{workspace}/jobs/j", "name": "j", "properties": {"inputs": {"d": {"uri": "azureml:Faces:2"}}}},
    ]
    done = Import(tmp_path, json.dumps(documents[::-1] if turned else documents))
    assert done.file.warnings == []
    found = {asset.name: asset.location for asset in done.assets}
    assert sorted(found) == ["Faces", "Store1", "blob", "j", "other", "w"]
    assert found["Faces"].region == found["blob"].region == "westeurope"
    assert found["j"].region == "eastus"
    assert found["other"].kind == "unknown"
    reads = {
        (r.source.rsplit("/", 1)[-1], r.target.rsplit("/", 1)[-1])
        for r in done.items
        if isinstance(r, Relation) and r.type == "reads"
    }
    assert reads == {
        ("j", "faces"),
        ("faces", "blob"),
        ("blob", "azure-storage:store1"),
        ("other", "azure-storage:elsewhere"),
    }
