"""One asset out of several: some providers describe facets of a thing in documents of their own."""

from msgspec import UNSET
from msgspec.structs import replace

from scanners.model.entities import Asset, LocationKind


def merged(first: Asset, second: Asset) -> Asset:
    """Both assets of the same uid as one; nothing that either one read is lost, and nothing is made up.

    Attributes are united, the second's value counting where both state one. What is known goes before what is not:
    a place before an unknown place (and the name, account and type with it), tags that were read before unread ones.
    Aliases and evidence are united, in order, without repetition. Merging an asset with itself gives it back.
    """
    known, other = first, second
    if first.location.kind is LocationKind.UNKNOWN and second.location.kind is not LocationKind.UNKNOWN:
        known, other = second, first
    return replace(
        known,
        attributes={**first.attributes, **second.attributes},
        tags=other.tags if known.tags is UNSET else known.tags,
        partition=known.partition or other.partition,
        created_at=known.created_at or other.created_at,
        aliases=tuple(dict.fromkeys((*known.aliases, *other.aliases))),
        evidence=tuple(dict.fromkeys((*known.evidence, *other.evidence))),
    )
