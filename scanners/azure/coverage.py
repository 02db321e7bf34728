"""What an Azure inventory leaves out, and the accounts that it names without describing them."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.members import text
from scanners.model import Asset, Location

FRAMES: Final = frozenset(
    {
        "microsoft.azurearcdata/datacontrollers",
        "microsoft.alertsmanagement/smartdetectoralertrules",
        "microsoft.authorization/roleassignmentschedulerequests",
        "microsoft.compute/availabilitysets",
        "microsoft.compute/capacityreservationgroups",
        "microsoft.compute/hostgroups",
        "microsoft.compute/proximityplacementgroups",
        "microsoft.compute/sshpublickeys",
        "microsoft.compute/virtualmachines/extensions",
        "microsoft.hybridcompute/machines/extensions",
        "microsoft.insights/actiongroups",
        "microsoft.insights/activitylogalerts",
        "microsoft.insights/metricalerts",
        "microsoft.insights/scheduledqueryrules",
        "microsoft.managedidentity/userassignedidentities",
        "microsoft.netapp/netappaccounts/capacitypools",
        "microsoft.network/applicationsecuritygroups",
        "microsoft.network/bastionhosts",
        "microsoft.network/ddosprotectionplans",
        "microsoft.network/natgateways",
        "microsoft.network/networkinterfaces",
        "microsoft.network/networksecuritygroups",
        "microsoft.network/networkwatchers",
        "microsoft.network/privatednszones",
        "microsoft.network/privatednszones/virtualnetworklinks",
        "microsoft.network/publicipaddresses",
        "microsoft.network/publicipprefixes",
        "microsoft.network/routetables",
        "microsoft.operationsmanagement/solutions",
        "microsoft.portal/dashboards",
        "microsoft.resources/resourcegroups",
        "microsoft.resources/subscriptions/resourcegroups",
    }
)
"""Types that hold nothing but other resources, or that only watch, name or route: neither judged nor missed."""

_ML: Final = "microsoft.machinelearningservices/workspaces"
_AI: Final = "microsoft.cognitiveservices/accounts"
_SQL: Final = "microsoft.sql/servers"
_STORAGE: Final = "microsoft.storage/storageaccounts"
_VAULT: Final = "microsoft.keyvault/vaults"
_FACTORY: Final = "microsoft.datafactory/factories"

_CHILDREN: Final = (
    # service for coverage, kind, parent type, native types that would show it, what is meant
    ("machinelearning", "compute.nodegroup", _ML, (f"{_ML}/computes",), "computes of Azure Machine Learning"),
    ("machinelearning", "training.notebook", _ML, (f"{_ML}/computes",), "compute instances of Azure Machine Learning"),
    ("machinelearning", "training.job", _ML, (f"{_ML}/jobs",), "jobs of Azure Machine Learning"),
    ("machinelearning", "ai.endpoint", _ML, (f"{_ML}/onlineendpoints",), "endpoints of Azure Machine Learning"),
    ("machinelearning", "ai.model", _ML, (f"{_ML}/models",), "models of Azure Machine Learning"),
    ("machinelearning/datastores", "storage.bucket", _ML, (f"{_ML}/datastores",), "datastores of Azure ML"),
    ("machinelearning/data", "storage.bucket", _ML, (f"{_ML}/data/versions",), "data assets of Azure ML"),
    ("cognitiveservices", "ai.endpoint", _AI, (f"{_AI}/deployments",), "model deployments of Azure OpenAI and Foundry"),
    ("cognitiveservices", "ai.customization", _AI, (), "fine-tuning jobs of Azure OpenAI and Foundry"),
    ("keyvault", "key", _VAULT, (f"{_VAULT}/keys",), "keys in vaults"),
    (
        "storage/containers",
        "storage.bucket",
        _STORAGE,
        (f"{_STORAGE}/blobservices/containers",),
        "containers and whether anyone may read them",
    ),
    (
        "storage/blobservices",
        "storage.bucket",
        _STORAGE,
        (f"{_STORAGE}/blobservices",),
        "soft delete and versioning of blobs",
    ),
    (
        "storage/managementpolicies",
        "storage.bucket",
        _STORAGE,
        (f"{_STORAGE}/managementpolicies",),
        "lifecycle rules of storage accounts",
    ),
    ("storage", "replication", _STORAGE, (f"{_STORAGE}/objectreplicationpolicies",), "object replication"),
    ("sql", "replication", _SQL, (f"{_SQL}/failovergroups",), "failover groups of SQL servers"),
    (
        "sql/encryptionprotector",
        "database.instance",
        _SQL,
        (f"{_SQL}/encryptionprotector", f"{_SQL}/databases/transparentdataencryption"),
        "encryption and keys of SQL servers",
    ),
    ("datafactory", "transfer.job", _FACTORY, (f"{_FACTORY}/pipelines",), "pipelines of Data Factory"),
    ("monitor", "log.trail", "", ("microsoft.insights/diagnosticsettings",), "diagnostic settings"),
)
_POLICY: Final = "microsoft.authorization/policyassignments"


class NotExported:
    """Which types each account showed, and so what is missing of each."""

    def __init__(self) -> None:
        self._seen: dict[str, set[str]] = {}

    def saw(self, account: str, native_type: str) -> None:
        """Notes a document of this type."""
        self._seen.setdefault(account, set()).add(native_type)

    def cells(self, account: str, graph: bool) -> Iterator[tuple[str, str, str]]:
        """(service, kind, sentence) of what the file does not show of an account.

        Resource Graph has no children of this sort at all, so a result never shows them (`graph`). A list of Resource
        Manager shows one type; there, what hangs on the parents it lists is missing.
        """
        seen = self._seen.get(account, set())
        for service, kind, parent, shown_by, what in _CHILDREN:
            if not seen.intersection(shown_by) and (graph or parent in seen):
                why = "Azure Resource Graph does not hold" if graph else "The file does not hold"
                yield service, kind, f"{why} {what}; they need a scan, or lists of Azure Resource Manager."
        if graph and _POLICY not in seen:
            yield (
                "policy",
                "governance.policy",
                "The file does not hold policy assignments; export the table `policyresources` too.",
            )


class Account:
    """A subscription that a file names by what is in it."""

    def __init__(self, account: str) -> None:
        self._account = account
        self._tenant: str | None = None
        self.described = False

    def see(self, document: Mapping[str, Any]) -> None:
        """Takes what a row says of its account."""
        if self._tenant is None:
            self._tenant = text(document, "tenantId")

    def asset(self) -> Asset | None:
        """The account as an asset; None where its own document is in the file, or where it is no subscription."""
        if self.described or "/" in self._account or self._account == "tenant":
            return None
        attributes: dict[str, Any] = {"id": self._account}
        if self._tenant is not None:
            attributes["organisation"] = self._tenant
        uid = f"/subscriptions/{self._account}"
        native_type = "microsoft.resources/subscriptions"
        # No place of its own yet: where the subscription's own document is read too, that one describes it.
        return Asset(uid, "azure", self._account, "account", native_type, self._account, Location.unknown(), attributes)
