"""Names of places in the language of a report: the catalogue keeps them in English."""

import msgspec

from app.report.source import Place, PlacedAsset, ReportSource
from app.texts import language, tr


class Spoken:
    """Says the places of assets in the language in use; each place is worked out once."""

    def __init__(self, source: ReportSource) -> None:
        self._source = source
        self._places: dict[str, Place] = {}
        self._english = language() == "en"

    def asset(self, placed: PlacedAsset) -> PlacedAsset:
        """The asset with its places said."""
        if self._english:
            return placed
        processing = placed.processing
        return msgspec.structs.replace(
            placed,
            place=self.place(placed.place),
            processing=None if processing is None else self.place(processing),
        )

    def place(self, place: Place) -> Place:
        """A place with its name in the language in use."""
        known = self._places.get(place.key)
        if known is None:
            name = place.name
            for code in place.countries:
                english = self._source.country(code) or code
                name = name.replace(english, tr(english))
            known = self._places[place.key] = msgspec.structs.replace(place, name=name)
        return known
