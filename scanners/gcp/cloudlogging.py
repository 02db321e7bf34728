"""Cloud Logging: log buckets and the sinks that send logs elsewhere. Log lines are never read."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from scanners.documents import DocumentType
from scanners.gcp.names import full_name, last
from scanners.gcp.orgpolicy import GLOBAL
from scanners.gcp.resourcemanager import facet
from scanners.gcp.subject import Subject, gcp_type, put_any
from scanners.members import flag, has, number, records, text
from scanners.model import Asset, Relation

_HOST: Final = "logging.googleapis.com"
_TERM: Final = re.compile(
    r"""\(?\s*(?:logname\s*(?P<sign>[:=])\s*"?(?P<name>[^"\s()]+)"?|log_id\(\s*"(?P<id>[^"]+)"\s*\))\s*\)?"""
)
_ACTIVITY: Final = re.compile(r"cloudaudit\.googleapis\.com(?:/|%2f)activity$")


def _bucket(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data
    attributes: dict[str, Any] = {}
    key = text(data, "cmekSettings.kmsKeyName")
    full = has(data, "lifecycleState") or has(data, "retentionDays")
    yield from subject.encryption("log.group", attributes, key, shown=full)
    kept = number(data, "retentionDays")
    if kept is not None:
        attributes |= {"retention_days": kept, "expire_days": kept, "unlimited": False}
    locked = flag(data, "locked")
    if locked is None and full and not has(data, "locked"):
        locked = last(subject.uid) == "_Required"  # which is always locked; elsewhere Google leaves out what is false
    put_any(attributes, immutable=locked)
    yield subject.asset("log.group", subject.place(), attributes, labels_at=None)


def _sink(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data
    attributes: dict[str, Any] = {}
    disabled = flag(data, "disabled")
    if disabled is not None or (has(data, "destination") and not has(data, "disabled")):
        attributes["active"] = disabled is not True
    # A project's sink sees the logs of every region; there are no regional ones.
    attributes["covers_all_regions"] = True
    if has(data, "destination") and _takes_activity(text(data, "filter")) and _unnarrowed(subject):
        attributes["management_events"] = True
    yield subject.asset("log.trail", GLOBAL, attributes, labels_at=None)
    destination = text(data, "destination")
    if destination:
        target = full_name(f"//{destination}")
        if target:
            yield subject.relation("logs_to", target)


def _takes_activity(condition: str | None) -> bool:
    """Whether a sink's filter takes all records of administrative calls: it is empty, or names logs and nothing else,
    theirs among them. A filter with further terms may leave some out."""
    if not condition:
        return True
    terms = [_TERM.fullmatch(part.strip()) for part in re.split(r"\sor\s", condition.lower())]
    if None in terms:
        return False
    named = [(m["name"] or m["id"] or "", m["sign"]) for m in terms if m is not None]
    return any(_ACTIVITY.search(n) or (sign == ":" and n.endswith("cloudaudit.googleapis.com")) for n, sign in named)


def _unnarrowed(subject: Subject) -> bool:
    """Whether nothing beside the filter narrows a sink: an exclusion, or, above projects, that it takes only the own
    records of the folder or organisation."""
    exclusions = records(subject.data, "exclusions") or []
    if any(flag(exclusion, "disabled") is not True for exclusion in exclusions):
        return False
    holder = subject.uid.partition("googleapis.com/")[2].split("/")[0]
    return holder == "projects" or flag(subject.data, "includeChildren") is True


def _takes_access(sink: Mapping[str, Any], below: bool) -> bool:
    """Whether a sink can take records of accesses by Google's staff: its filter names them, or names nothing."""
    if flag(sink, "disabled") is True or (below and flag(sink, "includeChildren") is not True):
        return False
    if last(text(sink, "name")) in ("_Default", "_Required"):
        return False  # these keep the records in the project itself
    condition = (text(sink, "filter") or "").lower()
    return not condition or "access_transparency" in condition or "cloudaudit" in condition


def _exported(subject: Subject) -> Iterator[Asset | Relation]:
    """That no sink of a project, or above it, exports accesses by Google's staff."""
    chain = records(subject.data, "chain") or []
    sinks = [(sink, n > 0) for n, level in enumerate(chain) for sink in records(level, "sinks") or []]
    if chain and not any(_takes_access(sink, below) for sink, below in sinks):
        holder = "/".join(subject.uid.partition("googleapis.com/")[2].split("/")[:2])
        yield from facet(subject, holder, {"operator_log_exported": False})


TYPES: tuple[DocumentType, ...] = (
    gcp_type(
        f"{_HOST}/LogBucket",
        "logging",
        ("log.group",),
        ("cmekSettings.kmsKeyName", "createTime", "lifecycleState", "locked", "name", "retentionDays"),
        _bucket,
    ),
    gcp_type(
        f"{_HOST}/LogSink",
        "logging",
        ("log.trail",),
        (
            *("createTime", "destination", "disabled", "filter", "includeChildren", "interceptChildren", "name"),
            *("exclusions[].name", "exclusions[].filter", "exclusions[].disabled"),
        ),
        _sink,
    ),
    gcp_type(
        f"{_HOST}/OperatorAccessExport",
        "logging",
        ("account",),
        (
            "chain[].holder",
            *(f"chain[].sinks[].{m}" for m in ("destination", "disabled", "filter", "includeChildren", "name")),
        ),
        _exported,
    ),
)
