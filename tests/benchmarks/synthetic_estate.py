"""An invented estate of any size with a fixed seed: three clouds, sixteen kinds, about 0.4 relations for each asset.

`dense` adds further relations for each asset: membership, logs, what machines read, what jobs run on.

`alike` is the share of assets that are made by one of five modules for each account and kind, and so have the settings
of others; the rest have settings of their own. `order` is the share of settings that are as they should be: 0.8 gives
an estate in decent order, of which three to six in a hundred verdicts fail or cannot be told; 0.4 a troubled one.
"""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from scanners.model import (
    Asset,
    Coverage,
    CoverageStatus,
    Evidence,
    Item,
    Location,
    LocationKind,
    Relation,
    canonical,
    digest,
)

SEEN: Final = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
BATCH: Final = 500
PER_ACCOUNT: Final = 5000
_MODULES: Final = 5
PROVIDERS: Final = ("aws", "aws", "azure", "gcp")
REGIONS: Final = {
    "aws": (("eu-central-1", "eu-west-1", "eu-north-1"), ("us-east-1", "ap-southeast-2")),
    "azure": (("westeurope", "germanywestcentral", "swedencentral"), ("eastus", "australiaeast")),
    "gcp": (("europe-west3", "europe-west4", "europe-north1"), ("us-central1", "australia-southeast1")),
}
KINDS: Final = {
    "storage.snapshot": 150,
    "storage.volume": 130,
    "compute.instance": 180,
    "storage.bucket": 100,
    "identity": 230,
    "database.instance": 50,
    "database.table": 30,
    "key": 40,
    "log.group": 40,
    "secret": 30,
    "training.job": 20,
    "storage.image": 15,
    "storage.filesystem": 10,
    "ai.model": 6,
    "ai.endpoint": 5,
    "compute.cluster": 4,
}
"""Kinds, and how many of a thousand assets are of each."""

CLASSES: Final = ("internal",) * 11 + ("personal",) * 5 + ("health",) * 3 + ("public",)
MACHINES: Final = ("m5.large", "m5.2xlarge", "c6i.xlarge", "t3.medium", "r5.4xlarge")

RULES: Final = (
    "SIT-ACC-001",
    "SIT-ACC-003",
    "SIT-ACC-004",
    "SIT-ACC-006",
    "SIT-AI-001",
    "SIT-AI-015",
    "SIT-CLS-001",
    "SIT-CLS-003",
    "SIT-EXPO-001",
    "SIT-EXPO-002",
    "SIT-EXPO-003",
    "SIT-EXPO-007",
    "SIT-EXPO-009",
    "SIT-KEY-001",
    "SIT-KEY-002",
    "SIT-KEY-003",
    "SIT-KEY-006",
    "SIT-KEY-007",
    "SIT-KEY-008",
    "SIT-KEY-011",
    "SIT-RES-001",
    "SIT-RES-002",
    "SIT-RES-003",
    "SIT-RES-004",
    "SIT-RES-005",
    "SIT-RES-006",
    "SIT-RES-007",
    "SIT-RES-008",
    "SIT-RET-001",
    "SIT-RET-002",
    "SIT-RET-003",
    "SIT-RET-005",
    "SIT-RET-006",
    "SIT-RET-007",
    "SIT-RSL-001",
    "SIT-SOV-004",
    "SIT-XFER-001",
    "SIT-XFER-006",
    "SIT-XFER-008",
    "SIT-XFER-013",
)
"""Forty rules of the pack that apply to these kinds."""

POLICY: Final = """
organisation = "Example Imaging SE"
allowed_countries = ["EEA"]
trusted_accounts = ["222233334444"]
external_key_classes = ["special_category"]
unclassified_as = "unclassified"
transfer_register = []
anonymity_assessments = []

[tag_map.data-classification]
internal = "unclassified"
personal = "personal"
health = "special_category"
public = "public"

[required_custody]
personal = "provider"
special_category = "external"

[retention_days]
personal = 1095
special_category = 3650

[[accounts]]
id = "222233334444"
entity = "Example Imaging SE"
country = "DE"

[[ropa]]
id = "VVT-07"
name = "Training of the tumour detector"
resources = []
countries = ["DE"]
recipients = []
ends = 2031-12-31
"""


class Dice(random.Random):
    """Chance with a memory of how orderly things are."""

    order: float = 0.8

    def good(self, right: Any, *wrong: Any) -> Any:
        """Mostly the right value; else one of the others."""
        return right if self.random() < self.order else self.choice(wrong)


def _encryption(dice: Dice, secret: bool) -> dict[str, Any]:
    found = {"encrypted": dice.good(True, False), "encryption": "AES256"}
    if secret:
        found["custody"] = dice.good("external", "provider", "customer")
    else:
        found["custody"] = "provider"  # taken away again where a relation names the key
    return found


def _snapshot(dice: Dice, secret: bool, provider: str) -> dict[str, Any]:
    return {
        **_encryption(dice, secret),
        "public_access": dice.good("none", "public"),
        "managed_by_backup": dice.random() < 0.5,
        "relations_read": ["encrypted_by", "shared_with", "backs_up_to"],
    }


def _volume(dice: Dice, secret: bool, provider: str) -> dict[str, Any]:
    attached = dice.random() < 0.9
    found = {**_encryption(dice, secret), "attached": attached, "relations_read": ["encrypted_by", "shared_with"]}
    if not attached:
        days = dice.good(dice.randrange(60), 400)
        found["idle_since"] = (SEEN - timedelta(days=days)).isoformat()
    return found


def _instance(dice: Dice, secret: bool, provider: str) -> dict[str, Any]:
    return {
        "instance_type": "p4d.24xlarge" if dice.random() < 0.05 and provider == "aws" else dice.choice(MACHINES),
        **({} if provider == "aws" else {"gpu_count": 0}),
        "public_ip": dice.good(False, True),
        "open_ports": [{"from": "10.0.0.0/8", "port": 443}] if dice.random() < 0.5 else [],
        "vpc": f"vpc-{dice.randrange(40):08x}",
        "relations_read": ["reads"],
    }


def _stored(dice: Dice, secret: bool, provider: str) -> dict[str, Any]:
    return {
        **_encryption(dice, secret),
        "public_access": dice.good("none", "possible", "public"),
        "https_only": dice.good(True, False),
        "tls_min_below_12": dice.good(False, True),
        "versioning": dice.random() < 0.5,
        "expire_days": dice.good(dice.choice((30, 90, 180, 365, 730, 1000)), None, 3000),
        "read_logging": dice.good(True, False),
        "backup_retention_days": dice.choice((7, 14, 30, 35)),
        "relations_read": ["encrypted_by", "shared_with", "replicates_to", "backs_up_to"],
        **({} if provider == "aws" else {"secondary_loc": None}),
    }


def _bucket(dice: Dice, secret: bool, provider: str) -> dict[str, Any]:
    found = _stored(dice, secret, provider)
    del found["backup_retention_days"]
    found["noncurrent_expire_days"] = dice.good(dice.choice((7, 30, 60)), None)
    found["soft_delete_days"] = dice.good(7, 90)
    found["lock_days"] = dice.good(None, 3650)
    if provider == "azure":
        found |= {"shared_key_auth": dice.good(False, True), "cross_tenant_copy": False}
    return found


def _key(dice: Dice, secret: bool, provider: str) -> dict[str, Any]:
    return {
        "custody": dice.choice(("provider", "customer", "customer_hsm", "external")),
        "state": dice.good("enabled", "disabled"),
        "rotatable": True,
        "rotation_state": dice.good("on", "off"),
        "rotation_days": 365,
        "purge_protection": True,
        "destroy_delay_days": 30,
        "relations_read": ["encrypted_by", "shared_with"],
    }


def _other(kind: str) -> Callable[[Dice, bool, str], dict[str, Any]]:
    def made(dice: Dice, secret: bool, provider: str) -> dict[str, Any]:
        match kind:
            case "log.group":
                return {"retention_days": dice.good(365, 30), "unlimited": dice.good(False, True), "immutable": True}
            case "secret":
                return {"purge_protection": True, "destroy_delay_days": 30, "relations_read": ["encrypted_by"]}
            case "training.job":
                return {
                    "gpu_count": 8,
                    "ended_at": (SEEN - timedelta(hours=dice.randrange(900))).isoformat(),
                    "relations_read": ["reads", "writes"],
                }
            case "ai.model":
                return {"vendor_base": False, "public_access": "none", "relations_read": ["trained_from"]}
            case "ai.endpoint":
                return {"processing_scope": dice.good("region", "global"), "relations_read": ["deployed_as"]}
            case "compute.cluster":
                return {"api_public": False, "secrets_encrypted": True, "gpu_count": 0}
            case _:
                return {}

    return made


_MADE: Final = {
    "storage.snapshot": _snapshot,
    "storage.image": _snapshot,
    "storage.volume": _volume,
    "compute.instance": _instance,
    "storage.bucket": _bucket,
    "database.instance": _stored,
    "database.table": _stored,
    "storage.filesystem": _stored,
    "key": _key,
}


class Modules:
    """Settings as they come about: most things are made by one of a few modules of their account, some by hand."""

    def __init__(self, dice: Dice, alike: float) -> None:
        self._dice = dice
        self._alike = alike
        self._made: dict[tuple[str, str, bool], list[dict[str, Any]]] = {}

    def attributes(self, kind: str, secret: bool, provider: str, account: str) -> dict[str, Any]:
        """The attributes of a new asset; dates are always its own."""
        dice = self._dice
        made = self._made.setdefault((account, kind, secret), [])
        by_module = dice.random() < self._alike
        if by_module and len(made) >= _MODULES:
            found = dict(dice.choice(made))
            for name in ("idle_since", "ended_at"):
                if name in found:
                    found[name] = (SEEN - timedelta(days=dice.good(dice.randrange(60), 400))).isoformat()
            return found
        found = _MADE.get(kind, _other(kind))(dice, secret, provider)
        if by_module:
            made.append(dict(found))
        return found


def estate(
    count: int, seed: int = 7, order: float = 0.8, alike: float = 0.9, dense: float = 0.0
) -> Iterator[list[Item]]:
    """Batches of assets, their documents and relations, then the coverage of every account."""
    more = Dice(seed + 1)
    dice = Dice(seed)
    dice.order = order
    modules = Modules(dice, alike)
    kinds = dice.choices(list(KINDS), list(KINDS.values()), k=count)
    recent: dict[str, list[tuple[str, str]]] = {}
    items: list[Item] = []
    for number, kind in enumerate(kinds):
        provider = PROVIDERS[number // PER_ACCOUNT % 4]
        account = f"{100000000000 + number // PER_ACCOUNT:012d}"
        home, away = REGIONS[provider]
        data = dice.choice(CLASSES)
        lawful = data in ("internal", "public") or dice.random() < order
        region = dice.choice(home if lawful and dice.random() < 0.99 else away)
        uid = f"{provider}://{account}/{region}/{kind.replace('.', '/')}/{dice.getrandbits(64):016x}"
        tags = {"owner": f"team-{number % 40}", "env": dice.choice(("prod", "test", "dev")), "name": f"thing-{number}"}
        if dice.random() < order:
            tags["data-classification"] = data
        if data in ("personal", "health"):
            tags["ropa-id"] = dice.good("VVT-07", "VVT-99")
        attributes = modules.attributes(kind, data == "health", provider, account)
        body = canonical({"uid": uid})
        key = digest(body)
        made: list[Item] = [Evidence(key, body, "list", f"export.json:{number}", SEEN)]
        known = recent.setdefault(account, []) if number % PER_ACCOUNT else recent.setdefault(account, [(uid, kind)])
        relations = [
            Relation(source, type_, target, {}, key) for source, type_, target in _related(dice, uid, kind, known)
        ]
        relations += [Relation(*ends, {}, key) for ends in _further(more, uid, known, dense)]
        if any(relation.type == "encrypted_by" for relation in relations) and data != "health":
            attributes.pop("custody", None)
        if kind in ("storage.snapshot", "storage.image") and dice.random() < 0.4:
            volumes = [u for u, k in known[-60:] if k == "storage.volume"]
            if volumes:
                attributes["source_uid"] = dice.choice(volumes)
        made.append(
            Asset(
                uid,
                provider,
                account,
                kind,
                f"{provider}.{kind}",
                f"thing-{number}",
                Location(LocationKind.REGION, region),
                attributes,
                tags,
                created_at=SEEN - timedelta(minutes=dice.good(dice.randrange(80 * 1440), 400 * 1440)),
                evidence=(key,),
            )
        )
        items += [*made, *relations]
        known.append((uid, kind))
        if len(items) >= BATCH:
            yield items
            items = []
    yield items
    yield [
        Coverage("bench", PROVIDERS[n % 4], f"{100000000000 + n:012d}", "*", k, k, CoverageStatus.COLLECTED)
        for n in range((count - 1) // PER_ACCOUNT + 1)
        for k in KINDS
    ]


def _related(dice: Dice, uid: str, kind: str, known: list[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    """What relates a new asset to those before it in its account."""

    def one(*wanted: str) -> str | None:
        found = [u for u, k in known[-200:] if k in wanted]
        return dice.choice(found) if found else None

    if kind.startswith(("storage.", "database.")) and dice.random() < 0.4:
        target = one("key")
        if target:
            yield uid, "encrypted_by", target
    if kind == "storage.bucket" and dice.random() < 0.1:
        target = one("storage.bucket")
        if target:
            yield uid, "replicates_to", target
    if kind == "database.instance" and dice.random() < 0.1:
        target = one("storage.snapshot")
        if target:
            yield uid, "backs_up_to", target
    if kind == "training.job":
        for type_ in ("reads", "reads", "writes"):
            target = one("storage.bucket")
            if target:
                yield uid, type_, target
    if kind == "ai.model":
        target = one("training.job")
        if target:
            yield target, "writes", uid
    if kind == "ai.endpoint":
        target = one("ai.model")
        if target:
            yield target, "deployed_as", uid
    if kind in ("storage.bucket", "storage.snapshot") and dice.random() < 0.01:
        yield uid, "shared_with", "account:222233334444"


_FURTHER: Final = (
    ("member_of", ("compute.cluster", "compute.instance")),
    ("member_of", ("compute.cluster", "compute.instance")),
    ("member_of", ("compute.cluster", "compute.instance")),
    ("runs_on", ("compute.instance", "compute.cluster")),
    ("logs_to", ("log.group",)),
    ("reads", ("storage.bucket", "database.instance", "storage.filesystem")),
)


def _further(dice: Dice, uid: str, known: list[tuple[str, str]], dense: float) -> Iterator[tuple[str, str, str]]:
    """About `dense` further relations of an asset, a third of which move data."""
    count = int(dense) + (dice.random() < dense % 1)
    for _ in range(count if known else 0):
        type_, kinds = dice.choice(_FURTHER)
        for _ in range(20):
            target, kind = dice.choice(known[-200:])
            if kind in kinds and target != uid:
                yield uid, type_, target
                break
