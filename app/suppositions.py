"""What can be supposed: more countries allowed, other mechanisms, other regions, with a sentence where it cannot."""

import difflib
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Final

from msgspec import UNSET
from msgspec.structs import replace

from app.texts import tr
from rules.policy.records import TOOLS
from scanners.model import Location, LocationKind

if TYPE_CHECKING:
    from rules.catalogue import Catalogue
    from rules.policy import Policy

NONE: Final = "none"
"""In place of a tool: the entry is gone."""

_FEW: Final = 8


class WhatIfError(Exception):
    """The question cannot be asked; the text is one sentence for people."""


def allowing(policy: "Policy", catalogue: "Catalogue", allow: Iterable[str], day: date, remarks: list[str]) -> "Policy":
    """The policy with more countries allowed; raises CatalogueError for what is no country."""
    more = frozenset(country for name in allow for country in catalogue.countries(name, day))
    given = policy.allowed_countries
    if given is UNSET:
        remarks.append(
            tr("The policy does not say which countries are allowed: only those named here count as allowed.")
        )
        return replace(policy, allowed_countries=more)
    if more <= given:
        remarks.append(tr("The policy allows these countries already."))
    return replace(policy, allowed_countries=given | more)


def resting(policy: "Policy", mechanism: Iterable[tuple[str, str]]) -> "Policy":
    """The policy with entries of the register on other mechanisms, or without them; raises WhatIfError."""
    register = policy.transfer_register
    if register is UNSET:
        raise WhatIfError(tr("--mechanism: the policy holds no transfer register."))
    entries = {entry.id: entry for entry in register}
    for name, tool in mechanism:
        if name not in entries:
            near = difflib.get_close_matches(name[:100], list(entries), 1, 0.5)
            hint = tr(" Did you mean {name}?").format(name=near[0]) if near else ""
            if not near and entries:
                listed = ", ".join([*entries][:_FEW]) + (" …" if len(entries) > _FEW else "")
                hint = tr(" It has: {names}.").format(names=listed)
            raise WhatIfError(tr("--mechanism {name}: the register has no such entry.").format(name=name[:100]) + hint)
        if tool == NONE:
            del entries[name]
        elif tool in TOOLS:
            entries[name] = replace(entries[name], tool=tool)
        else:
            raise WhatIfError(
                tr("--mechanism {name}={tool}: write one of {tools}.").format(
                    name=name, tool=tool[:40], tools=", ".join((*TOOLS, NONE))
                )
            )
    return replace(policy, transfer_register=tuple(entries.values()))


def location_of(provider: str, region: str, catalogue: "Catalogue", day: date) -> Location:
    """The place of a region of a provider, or a country where the provider is none of the catalogue's."""
    text = region.strip()
    for place in (
        Location(LocationKind.REGION, region=text.lower()),
        Location(LocationKind.MULTI_REGION, region=text),
    ):
        found = catalogue.place(provider, place, day)
        if found.countries:
            return place
    if text.upper() in catalogue.country_codes:
        return Location(LocationKind.ON_PREM, country=text.upper(), evidence="declared")
    near = _regions_like(provider, text, catalogue, day)
    hint = tr(" Did you mean {name}?").format(name=" / ".join(near)) if near else ""
    raise WhatIfError(
        tr("--move: the catalogue knows no region {region} of {provider}, nor a country of that code.").format(
            region=text[:60], provider=provider
        )
        + hint
    )


def _regions_like(provider: str, text: str, catalogue: "Catalogue", day: date) -> list[str]:
    """A few regions of a provider that lie where a text names, or are written nearly so."""
    regions, wanted = catalogue.regions(provider), text.casefold()
    places = ((r, catalogue.place(provider, Location(LocationKind.REGION, region=r), day).name) for r in regions)
    there = [region for region, name in places if wanted and wanted in str(name).casefold()]
    return there[:3] or difflib.get_close_matches(wanted[:100], regions, 2, 0.7)
