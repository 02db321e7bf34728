"""What backup vaults protect."""

from typing import Final

from scanners.azure.live.declare import Collector, listing
from scanners.azure.live.recipes import children

_T: Final = "microsoft.recoveryservices/vaults"
ITEMS: Final = listing(
    "Microsoft.RecoveryServices/vaults/{a}/backupProtectedItems",
    "2025-02-01",
    permission="Microsoft.RecoveryServices/vaults/backupProtectedItems/read",
)
INSTANCES: Final = listing("Microsoft.DataProtection/backupVaults/{a}/backupInstances", "2025-07-01")

COLLECTORS: Final[tuple[Collector, ...]] = (
    children(f"{_T}/backupfabrics/protectioncontainers/protecteditems", ITEMS, parent=_T),
    children("microsoft.dataprotection/backupvaults/backupinstances", INSTANCES),
)
