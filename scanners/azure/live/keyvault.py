"""Keys of vaults and managed HSMs, by Resource Manager: no access to the data of a vault is needed, or used."""

from typing import Final

from scanners.azure.live.declare import Collector, listing
from scanners.azure.live.recipes import children

KEYS: Final = listing("Microsoft.KeyVault/vaults/{a}/keys", "2026-05-15")
HSM_KEYS: Final = listing("Microsoft.KeyVault/managedHSMs/{a}/keys", "2026-05-15")

COLLECTORS: Final[tuple[Collector, ...]] = (
    children("microsoft.keyvault/vaults/keys", KEYS),
    children("microsoft.keyvault/managedhsms/keys", HSM_KEYS),
)
