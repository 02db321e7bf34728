"""Names of places in the language of a report: the catalogue keeps them in English."""

import re
from functools import cached_property
from typing import Final

import msgspec

from app.report.pdf import mapdata
from app.report.source import Place, PlacedAsset, ReportSource
from app.texts import language, tr

_PLACE: Final = re.compile(r'(loc(?:\[\d+\])? is )"([^"]*)"')
"""A place among the values that a rule saw."""


_ANYWHERE: Final = "anywhere ("
_EDGE: Final = re.compile(r"edge of ([^ )]+)\)$")


def _said(name: str) -> str:
    """The words that the catalogue itself puts into the name of a place."""
    if name.startswith(_ANYWHERE):
        return f"{tr('anywhere')} ({name.removeprefix(_ANYWHERE)}"
    return _EDGE.sub(lambda m: tr("edge of {region}").format(region=m[1]) + ")", name)


class Spoken:
    """Says the places of assets in the language in use; each place is worked out once."""

    def __init__(self, source: ReportSource) -> None:
        self._source = source
        self._places: dict[str, Place] = {}
        self._said: dict[str, str] = {}
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
                name = re.sub(rf"(?<=[,:] ){re.escape(english)}|^{re.escape(english)}(?=,| \(|$)", tr(english), name)
            name = _said(name)
            self._said[place.name] = name
            known = self._places[place.key] = msgspec.structs.replace(place, name=name)
        return known

    def why(self, text: str) -> str:
        """What a rule saw, with its places in the language in use."""
        if self._english:
            return text
        return _PLACE.sub(lambda m: f'{m[1]}"{self._say(m[2])}"', text)

    def _say(self, name: str) -> str:
        """The name of a place that no asset lies at: only its countries are put into other words."""
        if name not in self._said:
            names = self._countries
            self._said[name] = _said(self._pattern.sub(lambda m: names[m[0]], name) if names else name)
        return self._said[name]

    @cached_property
    def _countries(self) -> dict[str, str]:
        """Country in English → in the language in use."""
        codes = sorted(mapdata.centres())
        return {name: tr(name) for code in codes if (name := self._source.country(code)) is not None}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        names = sorted(self._countries, key=len, reverse=True)
        return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)")
