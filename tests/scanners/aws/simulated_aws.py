"""Collectors against answers that a test writes down; both questions and answers are checked by botocore's models."""

import json
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import botocore.loaders
import botocore.session
from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

from scanners.aws.live.declare import Collector, Operation
from scanners.aws.live.door import Door
from scanners.aws.live.reach import CollectorRun, Site
from scanners.coverage import Book
from scanners.live.limits import Limits
from scanners.model import Asset, Coverage, Evidence, Item, Relation, merged, problems
from scanners.runner import run_tasks

ACCOUNT = "111122223333"
REGION = "eu-central-1"
DENIED = ("AccessDeniedException", "User: arn:aws:iam::111122223333:user/x is not authorized to perform this")

_SESSION = botocore.session.Session()
_LOADER = botocore.loaders.Loader()


@cache
def _model(client: str) -> Any:
    return _SESSION.get_service_model(client)


@cache
def _pagination(client: str) -> dict[str, Any]:
    return cast("dict[str, Any]", _LOADER.load_service_model(client, "paginators-1")["pagination"])


@dataclass
class Played:
    """What a run gave."""

    items: list[Item]
    cells: list[Coverage]
    calls: Counter[str]
    parameters: dict[str, list[dict[str, Any]]]
    assets: dict[str, Asset] = field(default_factory=dict[str, Asset])

    def __post_init__(self) -> None:
        for item in self.items:
            if isinstance(item, Asset):
                assert problems(item.kind, item.attributes) == []
                seen = self.assets.get(item.uid)
                self.assets[item.uid] = item if seen is None else merged(seen, item)

    def relations(self, source: str | None = None) -> set[tuple[str, str]]:
        """(type, target) of all relations, or of those that leave one asset."""
        found = [item for item in self.items if isinstance(item, Relation)]
        return {(r.type, r.target) for r in found if source is None or r.source == source}

    def edge(self, source: str, type_: str, target: str) -> dict[str, Any]:
        """The attributes of one relation."""
        for item in self.items:
            if isinstance(item, Relation) and (item.source, item.type, item.target) == (source, type_, target):
                return item.attributes
        raise AssertionError((source, type_, target))

    def only(self, kind: str) -> Asset:
        """The one asset of a kind."""
        (found,) = [a for a in self.assets.values() if a.kind == kind]
        return found

    def statuses(self) -> dict[str, str]:
        """Status of coverage by kind."""
        return {cell.kind: cell.status.value for cell in self.cells}

    def status(self, service: str, kind: str) -> str:
        """Status of coverage of one kind of a service."""
        (found,) = [c.status.value for c in self.cells if (c.service, c.kind) == (service, kind)]
        return found

    @property
    def kept(self) -> str:
        """All evidence, as text: what a secret must not be found in."""
        return "".join(item.body.decode() for item in self.items if isinstance(item, Evidence))


def play(collectors: tuple[Collector, ...], answers: dict[str, Any], *, region: str = REGION) -> Played:
    """Runs collectors in one region of one account.

    An answer is a dict, a list of pages (tokens are put in), a function of the parameters, or (code, message) of an
    error. Operations without an answer answer nothing at all: `{}`.
    """
    book, door = Book("test", "aws"), _Door(answers)
    site = Site("test", ACCOUNT, "aws", cast("Door", door), book, Limits(6))
    site.regions = (region,)
    items: list[Item] = []
    tasks = [CollectorRun(site, collector, region).task(collector.run) for collector in collectors]
    assert run_tasks(tasks, items.extend)
    assert not door.wrong, door.wrong
    return Played(items, book.cells(), door.calls, door.parameters)


def denied(collectors: tuple[Collector, ...]) -> dict[str, Any]:
    """Answers that refuse every operation."""
    return {o.key: DENIED for c in collectors for o in c.operations}


def recorded(folder: Path, name: str) -> dict[str, Any]:
    """The body of a recording (`sagemaker/DescribeModel.1`) as boto3 gave it."""
    loaded = json.loads((folder / "aws" / f"{name}.json").read_text(encoding="utf-8"), object_hook=_times)
    return {key: value for key, value in loaded["body"].items() if key != "ResponseMetadata"}


def _times(value: dict[str, Any]) -> Any:
    if value.get("__class__") != "datetime":
        return value
    return datetime(tzinfo=UTC, **{k: v for k, v in value.items() if k != "__class__"})


class _Door:
    def __init__(self, answers: dict[str, Any]) -> None:
        self._answers = answers
        self.calls: Counter[str] = Counter()
        self.parameters: dict[str, list[dict[str, Any]]] = {}
        self.wrong: list[str] = []

    def standing(self, name: str, region: str) -> str:
        return "there"

    def client(self, name: str, region: str) -> Any:
        names = {xform_name(operation): operation for operation in _model(name).operation_names}

        def paginator(python: str) -> Any:
            return SimpleNamespace(_pagination_cfg=_pagination(name)[names[python]])

        return SimpleNamespace(meta=SimpleNamespace(method_to_api_mapping=names), get_paginator=paginator)

    def method(self, operation: Operation, region: str) -> Callable[..., dict[str, Any]]:
        def call(**parameters: Any) -> dict[str, Any]:
            self.calls[operation.key] += 1
            self.parameters.setdefault(operation.key, []).append(parameters)
            model = _model(operation.client).operation_model(operation.name)
            if model.input_shape is not None:
                report = ParamValidator().validate(parameters, model.input_shape)
                if report.has_errors():
                    self.wrong.append(f"{operation.key}: {report.generate_report()}")
            answer: Any = self._answers.get(operation.key, {})
            if callable(answer):
                answer = answer(parameters)
            if isinstance(answer, tuple):
                code, message = cast("tuple[str, str]", answer)
                raise ClientError({"Error": {"Code": code, "Message": message}}, operation.name)
            if isinstance(answer, list):
                answer = self._page(operation, cast("list[dict[str, Any]]", answer), parameters)
            self.wrong += _strange(answer, model.output_shape, operation.key)
            return deepcopy(cast("dict[str, Any]", answer))

        return call

    def _page(self, operation: Operation, found: list[dict[str, Any]], parameters: dict[str, Any]) -> dict[str, Any]:
        if operation.token is not None:
            given, told = operation.token
        else:
            model = _pagination(operation.client)[operation.name]
            given, told = model["input_token"], model["output_token"]
        number = int(parameters.get(given, 0))
        more = "" if operation.token is not None else _pagination(operation.client)[operation.name].get("more_results")
        if number + 1 == len(found):
            return {**found[number], **({more: False} if more else {})}
        return {**found[number], told: str(number + 1).zfill(8), **({more: True} if more else {})}


def _strange(value: Any, shape: Any, at: str) -> list[str]:
    """Members that AWS does not have: a test must not be green by an answer that cannot be."""
    if shape is None or value is None:
        return []
    if shape.type_name == "structure" and isinstance(value, dict) and not getattr(shape, "is_document_type", False):
        found: list[str] = []
        for name, inner in cast("dict[str, Any]", value).items():
            if name == "ResponseMetadata":
                continue
            if name not in shape.members:
                found.append(f"{at}.{name} does not exist")
            else:
                found += _strange(inner, shape.members[name], f"{at}.{name}")
        return found
    if shape.type_name == "list" and isinstance(value, list):
        return [w for inner in cast("list[Any]", value) for w in _strange(inner, shape.member, f"{at}[]")]
    if shape.type_name == "map" and isinstance(value, dict):
        return [
            w for inner in cast("dict[str, Any]", value).values() for w in _strange(inner, shape.value, f"{at}{{}}")
        ]
    return []
