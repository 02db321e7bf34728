"""Below data factories: pipelines, the datasets and linked services behind them, runtimes and triggers. Batch pools."""

from typing import Final

from scanners.azure.live.declare import Collector, Waiting, listing
from scanners.azure.live.recipes import children

_FACTORY: Final = "Microsoft.DataFactory/factories/{a}"
_VERSION: Final = "2018-06-01"
_T: Final = "microsoft.datafactory/factories"
PIPELINES: Final = listing(f"{_FACTORY}/pipelines", _VERSION)
DATASETS: Final = listing(f"{_FACTORY}/datasets", _VERSION)
SERVICES: Final = listing(f"{_FACTORY}/linkedservices", _VERSION)
RUNTIMES: Final = listing(f"{_FACTORY}/integrationRuntimes", _VERSION)
TRIGGERS: Final = listing(f"{_FACTORY}/triggers", _VERSION)
SYNAPSE_RUNTIMES: Final = listing("Microsoft.Synapse/workspaces/{a}/integrationRuntimes", "2021-06-01")
POOLS: Final = listing("Microsoft.Batch/batchAccounts/{a}/pools", "2025-06-01")

COLLECTORS: Final[tuple[Collector, ...]] = (
    children(f"{_T}/pipelines", PIPELINES),
    children(f"{_T}/datasets", DATASETS),
    children(f"{_T}/linkedservices", SERVICES),
    children(f"{_T}/integrationruntimes", RUNTIMES),
    children(f"{_T}/triggers", TRIGGERS),
    children("microsoft.synapse/workspaces/integrationruntimes", SYNAPSE_RUNTIMES),
    children("microsoft.batch/batchaccounts/pools", POOLS),
)

_OWN: Final = "which only their own address shows"
WAITING: Final = (
    ("microsoft.synapse/workspaces", Waiting("synapse", "transfer.job", f"pipelines of Synapse workspaces, {_OWN}")),
    ("microsoft.batch/batchaccounts", Waiting("batch", "training.job", f"jobs of Batch accounts, {_OWN}")),
    (
        "microsoft.databricks/workspaces",
        Waiting("databricks", "training.job", f"jobs of Databricks workspaces, {_OWN}"),
    ),
    ("microsoft.fabric/capacities", Waiting("fabric", "warehouse", f"items of Fabric workspaces, {_OWN}")),
)
