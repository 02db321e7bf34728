"""Facts as of a date: places, jurisdictions, operators, accelerators and law, read from files that a lawyer can review.

Nothing here is guessed. What the files do not list is `unknown`, and says so.
"""

from rules.catalogue.catalogue import Catalogue
from rules.catalogue.jurisdictions import DateTooEarly, UnknownCountry
from rules.catalogue.law import Provision
from rules.catalogue.machines import Accelerator, Operator
from rules.catalogue.records import STATUS_ORDER, CatalogueError, Jurisdiction, Place, worst

__all__ = [
    "STATUS_ORDER",
    "Accelerator",
    "Catalogue",
    "CatalogueError",
    "DateTooEarly",
    "Jurisdiction",
    "Operator",
    "Place",
    "Provision",
    "UnknownCountry",
    "worst",
]
