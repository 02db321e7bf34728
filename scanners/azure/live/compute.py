"""Reserved capacity, dedicated hosts and the versions of images in galleries."""

from typing import Final

from scanners.azure.live.declare import Collector, listing
from scanners.azure.live.recipes import children

_GALLERY: Final = "Microsoft.Compute/galleries/{a}/images"
_T: Final = "microsoft.compute"
IMAGES: Final = listing(_GALLERY, "2026-03-03")
VERSIONS: Final = listing(f"{_GALLERY}/{{b}}/versions", "2026-03-03")
RESERVED: Final = listing("Microsoft.Compute/capacityReservationGroups/{a}/capacityReservations", "2026-04-01")
HOSTS: Final = listing("Microsoft.Compute/hostGroups/{a}/hosts", "2026-04-01")

COLLECTORS: Final[tuple[Collector, ...]] = (
    children(
        f"{_T}/galleries/images",
        IMAGES,
        children(f"{_T}/galleries/images/versions", VERSIONS),
        shown_by=f"{_T}/galleries/images/versions",
    ),
    children(
        f"{_T}/capacityreservationgroups/capacityreservations",
        RESERVED,
        shown_by=f"{_T}/capacityreservationgroups/capacityreservations",
    ),
    children(f"{_T}/hostgroups/hosts", HOSTS, shown_by=f"{_T}/hostgroups/hosts"),
)
