"""Kinds of assets, types of relations, and every attribute a rule may read: name, type, kinds, meaning.

Types: `bool`, `int`, `float`, `str`, `date` (ISO 8601 text), `place` (a `Location`; resolved at judgement),
`a|b|c` (one of these words), `list[T]`, `{name: T, …}` (a record), `map` (text to text). In every type but the words
and `bool`, `None` is allowed and means "read, and there is none"; words spell it out (`none`). Absent: "not read".
`by_judgement` attributes are worked out when judging (from catalogue, policy and relations); a scanner may state them
itself only where the provider's own answer does.
"""

from dataclasses import dataclass
from typing import Any, Final

from scanners.model.attributes import CORE_TABLE, TABLE

KINDS: Final[dict[str, str]] = {
    "account": "account, subscription or project",
    "account.region": "one region of an account",
    "ai.account": "AI service account, workspace or domain",
    "ai.customization": "fine-tuning or customisation job",
    "ai.endpoint": "endpoint or deployment that answers with a model",
    "ai.inference_profile": "routing profile for model calls",
    "ai.model": "model",
    "backup.vault": "backup vault or plan target",
    "compute.cluster": "compute or GPU cluster",
    "compute.instance": "machine",
    "compute.nodegroup": "group of machines or reserved capacity",
    "database.instance": "database",
    "database.table": "database table",
    "governance.policy": "guardrail or policy of the cloud",
    "identity": "role or principal that can reach data",
    "key": "encryption key",
    "log.group": "log store",
    "log.trail": "audit log or export of logs",
    "network.endpoint": "private endpoint",
    "network.peering": "link between networks",
    "network.vpc": "network",
    "replication": "replication rule or plan",
    "secret": "secret store entry or vault",
    "site": "declared or on-premises place",
    "storage.bucket": "storage bucket or account",
    "storage.filesystem": "file system",
    "storage.image": "machine image",
    "storage.registry": "container or artefact registry",
    "storage.snapshot": "disk or database snapshot",
    "storage.volume": "disk or volume",
    "training.job": "training or processing job",
    "training.notebook": "notebook or interactive workspace",
    "transfer.job": "data transfer job or pipeline",
    "warehouse": "data warehouse or dataset",
}
"""Kind → what it is called in front of people (singular)."""

RELATIONS: Final[dict[str, str]] = {
    "reads": "job, notebook, model server or transfer job → data it reads",
    "writes": "job or service → data it writes",
    "replicates_to": "data or key → copy kept in step",
    "backs_up_to": "data → vault, snapshot or backup that holds its copy",
    "encrypted_by": "data, model or disk → key",
    "runs_on": "job, pod or endpoint → machine, node group or cluster",
    "member_of": "part → whole; account → organisation; deployment → its account",
    "peers_with": "network → network",
    "shared_with": "asset → account, tenant, domain or `public` that may read it",
    "deployed_as": "model → endpoint",
    "logs_to": "anything → log store, bucket or workspace",
    "trained_from": "model → job, dataset or base model",
    "overflows_to": "AI deployment → deployment that takes its overflow",
    "trusts": "account or identity → principal that may act as it",
}
"""Type of relation → direction and meaning. The targets of `shared_with` and `trusts` are `account:ID` (with the
provider's own id), `organization:ID`, `tenant:ID`, `domain:NAME` or `public`."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute: its type in the little language above, the kinds that carry it, and what it means."""

    name: str
    type: str
    kinds: frozenset[str]
    meaning: str
    by_judgement: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind with its attributes, core ones included."""

    name: str
    label: str
    attributes: dict[str, Attribute]


def _expand(pattern: str) -> frozenset[str]:
    found: set[str] = set()
    for part in pattern.split():
        stem = part.removesuffix("*")
        matches = {k for k in KINDS if k == part or (part.endswith("*") and k.startswith(stem))}
        if not matches:
            raise ValueError(f"no kind matches {part!r}")
        found |= matches
    return frozenset(found)


def _read(table: str, kinds_column: bool) -> dict[str, Attribute]:
    found: dict[str, Attribute] = {}
    for line in table.strip().splitlines():
        cells = [cell.strip() for cell in line.split(" ; ")]
        name, type_ = cells[0], cells[1]
        kinds = _expand(cells[2]) if kinds_column else frozenset(KINDS)
        if name.rstrip("~") in found:
            raise ValueError(f"attribute {name!r} is declared twice")
        found[name.rstrip("~")] = Attribute(name.rstrip("~"), type_, kinds, cells[-1], name.endswith("~"))
    return found


CORE: Final[dict[str, Attribute]] = _read(CORE_TABLE, kinds_column=False)
"""What every asset has, whatever its kind."""

ATTRIBUTES: Final[dict[str, Attribute]] = _read(TABLE, kinds_column=True)
"""What some kinds have, by name. One name means one thing everywhere."""


def attributes_of(kind: str) -> Kind:
    """The kind with its core and own attributes. Raises KeyError for a kind that is not in `KINDS`."""
    label = KINDS[kind]
    own = {name: a for name, a in ATTRIBUTES.items() if kind in a.kinds}
    return Kind(kind, label, CORE | own)


_UNTOLD: Final = frozenset({"used"})
"""Questions of yes or no that may have no answer; to all others null is none: what was not read stays absent."""


def problems(kind: str, attributes: dict[str, Any]) -> list[str]:
    """What is wrong with the attributes a scanner gave to an asset of this kind; an empty list if nothing.

    Checks names, and the outermost type of values; used by tests of normalisers and when exported files are read with
    checks on. `managed_by` is a core attribute that scanners state among the others. Attributes that only judgement
    may set are reported unless the table lets scanners state them.
    """
    found: list[str] = []
    for name, value in attributes.items():
        attribute = CORE["managed_by"] if name == "managed_by" else ATTRIBUTES.get(name)
        if attribute is None:
            found.append(f"{name}: no such attribute")
        elif kind not in attribute.kinds:
            found.append(f"{name}: not an attribute of {kind}")
        elif not _fits(value, attribute.type) or (value is None and attribute.type == "bool" and name not in _UNTOLD):
            found.append(f"{name}: {value!r} is not of type {attribute.type}")
    return found


def _fits(value: Any, type_: str) -> bool:
    if "|" in type_ and not type_.startswith(("list[", "{")):
        return isinstance(value, str) and value in type_.split("|")
    if value is None:
        return True
    if type_.startswith("list["):
        return isinstance(value, list | tuple) and all(_fits(v, type_[5:-1]) for v in value)  # pyright: ignore[reportUnknownVariableType]
    if type_.startswith("{"):
        return isinstance(value, dict)
    expected: dict[str, type | tuple[type, ...]] = {
        "bool": bool,
        "int": int,
        "float": (int, float),
        "str": str,
        "date": str,
        "place": dict,
        "map": dict,
    }
    if type_ in ("int", "float") and isinstance(value, bool):
        return False
    return isinstance(value, expected[type_])
