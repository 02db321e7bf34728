"""Addresses of data as uids, until `scanners.references` answers for every cloud."""

import re
from typing import Final

_AZURE: Final = re.compile(r"^(?:https|abfss?|wasbs?)://(?:[^@/]+@)?([a-z0-9]{3,24})\.(?:blob|dfs)\.", re.IGNORECASE)


def uid_of(address: str) -> str | None:
    """The uid of the asset that holds the data at a storage address; `external:…` where no rule knows it."""
    scheme, _, rest = address.partition("://")
    holder = rest.split("/", 1)[0]
    if not rest or not holder:
        return address if address.startswith("arn:") else None
    if scheme == "gs":
        return f"//storage.googleapis.com/{holder}"
    if scheme in ("s3", "s3a"):
        return f"arn:aws:s3:::{holder}"
    if azure := _AZURE.match(address):
        return f"azure-storage:{azure[1].lower()}"
    return f"external:{scheme}://{holder}"
