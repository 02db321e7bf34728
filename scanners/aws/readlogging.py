"""Whether reads of the data in a bucket or a table are logged by CloudTrail, as far as its selectors tell.

The document of the store carries what may log its data events: `Watchers`, the trails that hold for its region and the
event data stores of the account, each with its state and selectors, and `WatchersRead`, true where these are all there
are and each was read. A selector that takes only some objects, callers or operations is neither a yes nor a no
(CloudTrail User Guide, "Logging data events").
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from scanners.members import flag, is_null, records, text, texts, word

_OPERATORS: Final = ("Equals", "StartsWith", "EndsWith", "NotEquals", "NotStartsWith", "NotEndsWith")
MEMBERS: Final = (
    *(f"Watchers[].{name}" for name in ("TrailARN", "IsLogging", "LatestDeliveryError")),
    *(f"Watchers[].{name}" for name in ("EventDataStoreArn", "Status", "MultiRegionEnabled")),
    *(f"Watchers[].EventSelectors[].{name}" for name in ("ReadWriteType", "DataResources")),
    "Watchers[].AdvancedEventSelectors[].FieldSelectors[].Field",
    *(f"Watchers[].AdvancedEventSelectors[].FieldSelectors[].{name}" for name in _OPERATORS),
    "WatchersRead",
)
Answer = Literal["all", "some", "none"]


@dataclass(frozen=True, slots=True)
class Watched:
    """A store as selectors name it: the type of what lies in it, how its ARN begins, and what stands for all stores.

    `whole`: the ARN of an event is that of the store; otherwise it goes on with the name of an object.
    """

    kind: str
    arn: str
    every: tuple[str, ...]
    whole: bool

    @classmethod
    def bucket(cls, arn: str) -> "Watched":
        """A general purpose bucket of S3."""
        head = arn.split(":::")[0]
        return cls("AWS::S3::Object", f"{arn}/", (head, f"{head}:::"), False)

    @classmethod
    def table(cls, arn: str) -> "Watched":
        """A table of DynamoDB."""
        return cls("AWS::DynamoDB::Table", arn, (":".join(arn.split(":")[:3]),), True)


def reads_logged(document: Any, store: Watched, region: str | None) -> bool | None:
    """Whether all reads are logged; None where only some are, or where what may log them was not wholly read."""
    answers = [_watches(watcher, store, region) for watcher in records(document, "Watchers") or []]
    if "all" in answers:
        return True
    if flag(document, "WatchersRead") is not True or any(answer != "none" for answer in answers):
        return None
    return False


def _watches(watcher: Mapping[str, Any], store: Watched, region: str | None) -> Answer | None:
    """What of the reads a trail or event data store logs; None where that was not read."""
    active = _active(watcher, region)
    takes = _takes(watcher, store)
    if active is False or takes == "none":
        return "none"
    return takes if active is True else None


def _active(watcher: Mapping[str, Any], region: str | None) -> bool | None:
    arn = text(watcher, "EventDataStoreArn")
    if arn is None:
        logging = flag(watcher, "IsLogging")
        return logging and not text(watcher, "LatestDeliveryError")
    everywhere = flag(watcher, "MultiRegionEnabled")
    if everywhere is None:
        return None
    if not everywhere and (region is None or f":{region}:" not in arn):
        return False
    status = word(watcher, "Status")
    return True if status == "enabled" else False if status in ("stopped_ingestion", "pending_deletion") else None


def _takes(watcher: Mapping[str, Any], store: Watched) -> Answer | None:
    basic, advanced = records(watcher, "EventSelectors"), records(watcher, "AdvancedEventSelectors")
    if basic is None and advanced is None:
        return None
    answers: list[Answer] = []
    answers.extend(_basic(selector, store) for selector in basic or [])
    answers.extend(_advanced(records(selector, "FieldSelectors") or [], store) for selector in advanced or [])
    return "all" if "all" in answers else "some" if "some" in answers else "none"


def _basic(selector: Mapping[str, Any], store: Watched) -> Answer:
    answers: list[Answer] = []
    for resource in records(selector, "DataResources") or []:
        if text(resource, "Type") == store.kind:
            answers.extend(_named(value, store) for value in texts(resource, "Values") or [])
    if "all" not in answers and "some" not in answers:
        return "none"
    kind = text(selector, "ReadWriteType")
    if kind == "WriteOnly":
        return "none"
    return "all" if "all" in answers and kind in ("All", "ReadOnly") else "some"


def _named(value: str, store: Watched) -> Answer:
    """What an ARN of a simple selector takes of the store."""
    if value == store.arn or value in store.every:
        return "all"
    return "some" if value.startswith(store.arn) or store.arn.startswith(value) else "none"


def _advanced(fields: list[Mapping[str, Any]], store: Watched) -> Answer:
    """What a selector takes: its fields narrow each other."""
    named = [text(field, "Field") for field in fields]
    if len(set(named)) < len(named):
        return "some"  # a form that is not documented
    stated = dict(zip(named, fields, strict=True))
    if "Data" not in _equal(stated.pop("eventCategory", None)):
        return "none"
    kinds = _equal(stated.pop("resources.type", None))
    if kinds and store.kind not in kinds:
        return "none"
    narrowed = not kinds  # every selector of data events names the types: another form is not documented
    reads = stated.pop("readOnly", None)
    if reads is not None:
        if _equal(reads) == ["false"]:
            return "none"
        narrowed = _equal(reads) != ["true"]
    where = stated.pop("resources.ARN", None)
    takes: Answer = "all" if where is None else _selected(where, store)
    if takes == "none":
        return "none"
    return "some" if narrowed or stated else takes


def _equal(field: Mapping[str, Any] | None) -> list[str]:
    return (texts(field, "Equals") or []) if field is not None else []


def _selected(field: Mapping[str, Any], store: Watched) -> Answer:
    """What the field `resources.ARN` takes of the store."""
    begins, equal = texts(field, "StartsWith") or [], texts(field, "Equals") or []
    if not (begins or equal) or any(field.get(operator) for operator in _OPERATORS[2:]):
        return "some"
    if any(store.arn.startswith(value) for value in begins) or (store.whole and store.arn in equal):
        return "all"
    return "some" if any(value.startswith(store.arn) for value in (*begins, *equal)) else "none"


def put_reads(document: Any, attributes: dict[str, Any], store: Watched, region: str | None, others: str = "") -> None:
    """Sets `read_logging` where it is known. `others` names the member that tells of another way to log reads: that
    there is none counts only where that member was read too."""
    logged = reads_logged(document, store, region)
    if logged is True or (logged is False and (not others or is_null(document, others))):
        attributes["read_logging"] = logged
