"""The separate clouds of Azure: where Resource Manager and the login are in each."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Cloud:
    """One cloud: the host of Resource Manager, the host that logs in, and the name in the catalogue (partition)."""

    manager: str
    authority: str
    partition: str

    @property
    def slots(self) -> dict[str, str]:
        """What fills the slots of the host that operations declare."""
        _, name, ending = self.manager.split(".")
        return {"cloud": name, "ending": ending}

    @property
    def scope(self) -> str:
        """What a token must be for."""
        return f"https://{self.manager}/.default"


HOST: Final = "management.{cloud}.{ending}"
"""The host of Resource Manager as operations declare it; the door lets through that of the connection's cloud only."""

CLOUDS: Final = {
    "public": Cloud("management.azure.com", "login.microsoftonline.com", "AzureCloud"),
    "usgov": Cloud("management.usgovcloudapi.net", "login.microsoftonline.us", "AzureUSGovernment"),
    "china": Cloud("management.chinacloudapi.cn", "login.chinacloudapi.cn", "AzureChinaCloud"),
}
"""`cloud` of a connection → its addresses (constants of azure-identity, `AzureAuthorityHosts`; Azure CLI, `az cloud
list`)."""
