"""Data that command lines, variables and images of a job name; of their values only the addresses were kept."""

import re
from collections.abc import Iterator
from typing import Any, Final

from scanners.aws.subject import Subject
from scanners.documents import is_written
from scanners.members import records, text, texts
from scanners.model import Relation
from scanners.references import uid_of

_IMAGE: Final = re.compile(
    r"^(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.[a-z.]+|on\.aws)/([^:@\s]+)", re.ASCII
)


def addressed(subject: Subject, document: Any, *paths: str) -> Iterator[Relation]:
    """What members that were kept by the prefix `arguments:` read and write: written where the name says so."""
    for path in paths:
        for entry in records(document, path) or []:
            name = text(entry, "name") or ""
            type_ = "writes" if is_written(name) else "reads"
            for address in texts(entry, "addresses") or []:
                target = uid_of(address, context=subject.uid)
                if target is not None and not _is_identity(target):
                    yield from subject.relation(type_, target, {"argument": name} if name else None)


def image(subject: Subject, address: str | None) -> Iterator[Relation]:
    """The registry of the own account that an image comes from; images of AWS and of strangers hold no own data."""
    match = _IMAGE.match(address or "")
    if match is not None and match[1] == subject.account:
        target = subject.arn("ecr", f"repository/{match[3]}", region=match[2], account=match[1])
        yield from subject.relation("reads", target, {"role": "code"})


def _is_identity(uid: str) -> bool:
    """ARNs of roles, keys and jobs stand in arguments as well; they hold no data."""
    return uid.startswith("arn:") and uid.split(":", 5)[2] not in (
        "s3", "s3express", "s3tables", "fsx", "elasticfilesystem", "dynamodb", "rds", "redshift", "kinesis", "ecr",
    )  # fmt: skip
