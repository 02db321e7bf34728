"""What the name of a machine's size tells (Microsoft, "Azure virtual machine sizes naming conventions")."""

import re
from typing import Any, Final

from scanners.members import has, is_null, word

_CONFIDENTIAL: Final = re.compile(r"^(?:(?:standard|basic)_)?(?:dc|ec|ncc)\d", re.IGNORECASE)
_WITH_ACCELERATOR: Final = re.compile(r"^(?:standard_)?ncc\d", re.IGNORECASE)


def confidential(size: str | None, document: Any = None, profile: str = "") -> str | None:
    """What is protected in use: `gpu`, `cpu` or `none`; None where neither size nor security type proves it.

    Confidential computing needs a size of the families DC, EC or NCC, so every other size has none. Sizes of these
    families have it where the security type says `ConfidentialVM`; NCC sizes protect their accelerator as well. Older
    DC sizes have enclaves instead, which the document of a machine does not show. A security type that is none of
    Azure's three (`SecurityTypes` of azure-mgmt-compute) may be a new one that protects: then nothing is known.
    """
    stated = word(document, f"{profile}.securityType") if profile else None
    if stated == "confidentialvm":
        return "gpu" if _WITH_ACCELERATOR.match(size or "") else "cpu"
    if stated in ("trustedlaunch", "standard"):
        return "none"
    if profile and has(document, f"{profile}.securityType") and not is_null(document, f"{profile}.securityType"):
        return None
    return "none" if size is not None and not _CONFIDENTIAL.match(size) else None
