"""What the name of a machine's size tells (Microsoft, "Azure virtual machine sizes naming conventions")."""

import re
from typing import Any, Final

from scanners.members import word

_CONFIDENTIAL: Final = re.compile(r"^(?:(?:standard|basic)_)?(?:dc|ec|ncc)\d", re.IGNORECASE)
_WITH_ACCELERATOR: Final = re.compile(r"^(?:standard_)?ncc\d", re.IGNORECASE)


def confidential(size: str | None, document: Any = None, profile: str = "") -> str | None:
    """What is protected in use: `gpu`, `cpu` or `none`; None where neither size nor security type proves it.

    Confidential computing needs a size of the families DC, EC or NCC, so every other size has none. Sizes of these
    families have it where the security type says `ConfidentialVM`; NCC sizes protect their accelerator as well. Older
    DC sizes have enclaves instead, which the document of a machine does not show.
    """
    stated = word(document, f"{profile}.securityType") if profile else None
    if stated == "confidentialvm":
        return "gpu" if _WITH_ACCELERATOR.match(size or "") else "cpu"
    if stated in ("trustedlaunch", "standard") or (size is not None and not _CONFIDENTIAL.match(size)):
        return "none"
    return None
