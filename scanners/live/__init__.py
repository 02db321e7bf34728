"""What the live scanners of all providers share: declaring, limits, collecting, and a door for REST interfaces."""

from typing import Final

PROVIDERS: Final = ("aws", "azure", "gcp", "kubernetes")
"""The clouds that can be connected: names of the packages below `scanners` that have a module `live.connect`."""
