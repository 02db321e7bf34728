"""What was seen and judged, kept: scans with their history, evidence, findings and acceptances.

Importing this package loads neither SQLModel nor a driver; `Store.open` does.
"""

from app.store.errors import KnownStoreError
from app.store.open import Store

__all__ = ["KnownStoreError", "Store"]
