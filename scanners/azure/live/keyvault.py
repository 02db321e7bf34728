"""Keys of vaults and managed HSMs, by Resource Manager: no access to the data of a vault is needed, or used.

A list names the keys; type and rotation are in the document of each key where the list leaves them out.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, Final

from scanners.azure import document_types
from scanners.azure.live.declare import Collector, Parent, listing, one
from scanners.azure.live.reach import Reach
from scanners.coverage import MissedError
from scanners.live.rest import RestOperation
from scanners.members import has, records, text
from scanners.model import Item

_VERSION: Final = "2026-05-15"
_VAULT: Final = "Microsoft.KeyVault/vaults/{a}/keys"
_HSM: Final = "Microsoft.KeyVault/managedHSMs/{a}/keys"
KEYS: Final = listing(_VAULT, _VERSION)
KEY: Final = one(f"{_VAULT}/{{b}}", _VERSION, name="Microsoft.KeyVault/vaults/keys/one", optional=True)
HSM_KEYS: Final = listing(_HSM, _VERSION)
HSM_KEY: Final = one(f"{_HSM}/{{b}}", _VERSION, name="Microsoft.KeyVault/managedHSMs/keys/one", optional=True)


def _beside(document: dict[str, Any], vault: Parent) -> dict[str, Any]:
    """A key with the regions of its managed HSM, where these were read."""
    regions = records(vault.document, "properties.regions")
    return document if regions is None else {**document, "hsm": {"regions": regions}}


def _keys(native_type: str, several: RestOperation, single: RestOperation) -> Callable[[Reach, Parent], Iterator[Item]]:
    kind = document_types()[native_type]

    def run(reach: Reach, vault: Parent) -> Iterator[Item]:
        for document in reach.documents(several, **vault.slots):
            name = (text(document, "name") or "").rsplit("/", 1)[-1]
            document = _beside(document, vault)
            if not name or (has(document, "properties.kty") and has(document, "properties.rotationPolicy")):
                yield from reach.see(kind, document, vault, by=several)
            else:
                reach.spawn(lambda r, n=name, d=document: described(r, vault, n, d))

    def described(reach: Reach, vault: Parent, name: str, document: dict[str, Any]) -> Iterator[Item]:
        with suppress(MissedError):  # then what the list said stands, and the rest stays unread
            document = _beside(dict(reach.call(single, **{**vault.slots, "b": name})), vault)
        yield from reach.see(kind, document, vault, by=several)

    return run


def _collector(native_type: str, several: RestOperation, single: RestOperation) -> Collector:
    return Collector(
        "keyvault",
        ("key",),
        native_type.rsplit("/", 1)[0],
        (several, single),
        _keys(native_type, several, single),
        types=(document_types()[native_type],),
    )


COLLECTORS: Final[tuple[Collector, ...]] = (
    _collector("microsoft.keyvault/vaults/keys", KEYS, KEY),
    _collector("microsoft.keyvault/managedhsms/keys", HSM_KEYS, HSM_KEY),
)
