"""How history is counted: light, so that worker processes need not load the tables."""

from typing import Final

SCANS: Final = 1 << 20
"""`asset_version.id` is `node * SCANS + first`: versions of an asset lie together, in the order of nodes."""
OPEN: Final = 2147483647
"""The `until` of what still holds."""
FIRST: Final = f"(id & {SCANS - 1})"
"""SQL for the scan that an asset version begins with."""
PER_JUDGEMENT: Final = 1 << 32
"""`finding.id` is `judgement * PER_JUDGEMENT + number`; flows and transfers likewise."""
SCHEMA: Final = 2
"""Version of the schema that this program writes."""
