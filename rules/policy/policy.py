"""The policy: typed fields, the decisions that are still to be taken, and the defaults that are in use."""

import difflib
import hashlib
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Self, cast

import msgspec
from msgspec import UNSET, Struct, UnsetType

from rules.catalogue import Catalogue
from rules.catalogue.records import shown
from rules.outlines import Outline
from rules.policy.classify import Classification, Classifier, Line
from rules.policy.fields import DECISIONS, OTHER, SETTINGS
from rules.policy.reading import PolicyError, Reader, Wrong, parse
from rules.policy.records import (
    Account,
    Assessment,
    ExitPlan,
    KeyOperator,
    LogRetention,
    Processor,
    RecordOfProcessing,
    TransferEntry,
)
from scanners.model import KINDS, Asset

_ENTRIES: Final[dict[str, type[Struct]]] = {
    "transfer_register": TransferEntry,
    "accounts": Account,
    "processors": Processor,
    "key_operators": KeyOperator,
    "ropa": RecordOfProcessing,
    "anonymity_assessments": Assessment,
    "exit_plans": ExitPlan,
}
_CONDITIONS: Final = ("account", "kind", "name", "uid", "provider")


class Policy(Struct, frozen=True, kw_only=True, dict=True):
    """What the organisation has decided. A *decision* that was not taken is `UNSET`; a *threshold* has its default.

    Names and meanings are those of `fields.SETTINGS`. `allowed_countries` are ISO codes, resolved on the as-of date.
    `given` names what the file states; `digest` is the SHA-256 of the file (line ends made plain), in hexadecimal.
    """

    name: str
    digest: str
    given: frozenset[str]
    organisation: str | None = None
    classifier: Classifier

    allowed_countries: frozenset[str] | UnsetType
    tag_map: dict[str, dict[str, str]] | UnsetType
    reid_tag: str | UnsetType
    required_custody: dict[str, str] | UnsetType
    external_key_classes: tuple[str, ...] | UnsetType
    confidential_required_for: tuple[str, ...] | UnsetType
    transfer_register: tuple[TransferEntry, ...] | UnsetType
    trusted_accounts: tuple[str, ...] | UnsetType
    accounts: tuple[Account, ...] | UnsetType
    processors: tuple[Processor, ...] | UnsetType
    key_operators: tuple[KeyOperator, ...] | UnsetType
    approved_ai_services: tuple[str, ...] | UnsetType
    ropa: tuple[RecordOfProcessing, ...] | UnsetType
    anonymity_assessments: tuple[Assessment, ...] | UnsetType
    exit_plans: tuple[ExitPlan, ...] | UnsetType
    sovereign_level: int | UnsetType
    required_boundary: dict[str, tuple[str, ...]] | UnsetType
    operator_approval_required: bool | UnsetType
    retention_days: dict[str, int] | UnsetType
    zero_retention_required: bool | UnsetType

    unclassified_as: str | None
    tia_max_age_days: int
    assessment_max_age_days: int
    exit_plan_max_age_days: int
    erasure_grace_days: int
    backup_retention_max: int
    snapshot_max_age_days: int
    orphan_max_age_days: int
    artefact_max_age_days: int
    log_retention: LogRetention
    key_rotation_days: int
    min_destroy_delay_days: int
    refused_reasons: tuple[str, ...]
    gpai_flop_notice: float
    training_utilisation_low: float
    training_utilisation_high: float
    max_provider_share: float
    max_foreign_share: float
    criticality_metric: str
    coverage_min: float
    mandatory_services: tuple[str, ...]
    facts_max_age_days: int
    severities: dict[str, str]

    @classmethod
    def load(cls, path: Path, catalogue: Catalogue, as_of: date) -> Self:
        """The policy in a TOML file. Raises PolicyError with file, line and key of everything that is wrong."""
        try:
            body = path.read_bytes()
        except OSError as error:
            reason = error.strerror or str(error)
            raise PolicyError([f"{path}: the policy cannot be read ({reason})."]) from error
        return cls.parse(body, catalogue, as_of, path.name)

    @classmethod
    def parse(cls, text: str | bytes, catalogue: Catalogue, as_of: date, name: str = "policy") -> Self:
        """The policy in a TOML text; `name` is what messages call it. Raises PolicyError as `load` does."""
        body = (text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text).replace(b"\r\n", b"\n")
        document, lines = parse(body, name)
        reader = Reader(name, lines, catalogue, as_of)
        values: dict[str, Any] = {}
        types = {key: setting.type for key, setting in SETTINGS.items()} | OTHER
        for key, value in document.items():
            try:
                if key not in types:
                    raise reader.unknown(key, (key,), types, "settings")
                values[key] = reader.read(types[key], value, (key,))
                _check(reader, key, values[key])
            except Wrong:
                continue
        with suppress(Wrong):  # it has noted the problem
            _check_utilisation(reader, values)
        if reader.problems:
            raise PolicyError(reader.problems)
        return cls._made(name, hashlib.sha256(body).hexdigest(), values)

    @classmethod
    def none(cls) -> Self:
        """The policy where none was given: every decision UNSET, every threshold at its default."""
        return cls._made("no policy", hashlib.sha256(b"").hexdigest(), {})

    @classmethod
    def _made(cls, name: str, digest: str, values: dict[str, Any]) -> Self:
        fields: dict[str, Any] = {s.name: UNSET if s.decision else s.default for s in SETTINGS.values()}
        for key in SETTINGS:
            if key in values:
                fields[key] = _typed(key, values[key])
        classifier = Classifier(
            values.get("tag_map", {}),
            values.get("tags", {}),
            [Line(entry) for entry in values.get("classify", ())],
        )
        organisation = values.get("organisation")
        return cls(
            name=name,
            digest=digest,
            given=frozenset(values),
            organisation=organisation,
            classifier=classifier,
            **fields,
        )

    def classify(self, asset: Asset | Outline) -> Classification:
        """Class, owner and other marks of an asset, from its tags or from the policy's lines."""
        return self.classifier.classify(asset)

    def class_when_unclassified(self, ai_input: bool) -> str:
        """How data without a class are treated; by default as personal when an AI service takes them in."""
        return self.unclassified_as or ("personal" if ai_input else "unclassified")

    def missing_decision(self, field: str) -> bool:
        """Whether this field is a decision that has not been taken. False for thresholds and unknown names."""
        return field in DECISIONS and getattr(self, field) is UNSET

    @property
    def missing_decisions(self) -> dict[str, str]:
        """Every decision that has not been taken, with the question to put to the organisation."""
        return {name: question for name, question in DECISIONS.items() if self.missing_decision(name)}

    def printed_defaults(self) -> list[str]:
        """One line for each threshold that the file leaves at its default: name, value, and why."""
        return [
            f"{s.name} = {_printed(s.default)}: {s.sentence}"
            for s in SETTINGS.values()
            if not s.decision and s.name not in self.given
        ]

    def as_variables(self) -> dict[str, Any]:
        """The policy as conditions see it: plain maps and lists, dates as ISO text; decisions not taken left out."""
        return self._variables

    @cached_property
    def _variables(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name in SETTINGS:
            value = getattr(self, name)
            if value is UNSET or value is None:
                continue
            found[name] = value if isinstance(value, frozenset) else _in_order(msgspec.to_builtins(value))
        return found


def _in_order(value: Any) -> Any:
    """Lists and maps of a setting in one order, however the file has them: which line comes first means nothing."""
    if isinstance(value, list | tuple):
        items = cast("list[Any] | tuple[Any, ...]", value)
        return type(items)(sorted(map(_in_order, items), key=lambda item: msgspec.json.encode(item, order="sorted")))
    if isinstance(value, dict):
        return {name: _in_order(item) for name, item in sorted(cast("dict[str, Any]", value).items())}
    return value


def _check(reader: Reader, key: str, value: Any) -> None:
    """What a value alone in its type cannot show. Raises Wrong after noting what is wrong."""
    failed: Wrong | None = None
    if key == "log_retention" and value["min"] > value["max"]:
        failed = reader.wrong((key, "min"), f"{value['min']} days at least is more than {value['max']} days at most.")
    if key == "classify":
        for number, entry in enumerate(value):
            if not any(name in entry for name in _CONDITIONS):
                failed = reader.wrong((key, number), f"needs at least one of {', '.join(_CONDITIONS)}: which assets?")
            if not any(name not in (*_CONDITIONS, "note") for name in entry):
                failed = reader.wrong((key, number), "says nothing about the assets it names: data_class is missing.")
            kind = entry.get("kind")
            if kind and not any(k == kind or ("*" in kind and k.startswith(kind.split("*")[0])) for k in KINDS):
                close = difflib.get_close_matches(str(kind)[:60], list(KINDS), n=1, cutoff=0.5)
                hint = f" Did you mean “{close[0]}”?" if close else f" Known kinds: {', '.join(KINDS)}."
                failed = reader.wrong((key, number, "kind"), f"“{shown(kind, 60)}” is not a kind of asset.{hint}", kind)
    if failed is not None:
        raise failed


def _check_utilisation(reader: Reader, values: Mapping[str, Any]) -> None:
    """The range of training compute must be one: turned round, its high end would say too little. Raises Wrong."""
    low, high = (
        values.get(name, SETTINGS[name].default) for name in ("training_utilisation_low", "training_utilisation_high")
    )
    if not 0 < high >= low:
        name = "training_utilisation_high" if "training_utilisation_high" in values else "training_utilisation_low"
        said = f"the high end ({high}) must be above 0 and not below the low end ({low})."
        raise reader.wrong((name,), said)


def _typed(key: str, value: Any) -> Any:
    if key == "log_retention":
        return LogRetention(**value)
    made = _ENTRIES.get(key)
    if made is None:
        return value
    return tuple(made(**{k: _sorted(v) for k, v in entry.items()}) for entry in value)


def _sorted(value: Any) -> Any:
    return tuple(sorted(cast("frozenset[str]", value))) if isinstance(value, frozenset) else value


def _printed(value: Any) -> str:
    if isinstance(value, LogRetention):
        return f"{value.min} to {value.max} days"
    if isinstance(value, tuple | dict):
        return ", ".join(cast("tuple[str, ...] | dict[str, str]", value)) or "none"
    return "personal for AI inputs, unclassified elsewhere" if value is None else str(value)
