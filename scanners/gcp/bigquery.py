"""BigQuery datasets and tables."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.documents import DocumentType
from scanners.gcp.iam import CLOSED, grantee
from scanners.gcp.places import as_value, place
from scanners.gcp.subject import Subject, gcp_type, put_any, tls_only, whole
from scanners.members import date_text, has, records, text, texts
from scanners.model import Asset, Relation

_DAY_MS: Final = 86_400_000


def _dataset(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data
    attributes: dict[str, Any] = {}
    full = has(data, "access") or has(data, "creationTime")  # rows of the list have neither
    key = text(data, "defaultEncryptionConfiguration.kmsKeyName")
    yield from subject.encryption("warehouse", attributes, key, shown=full)
    expiry = whole(data, "defaultTableExpirationMs")
    if expiry is not None or (full and not has(data, "defaultTableExpirationMs")):
        attributes["expire_days"] = expiry // _DAY_MS if expiry is not None else None
    if full:
        # Reads of BigQuery are always logged, and its interface answers over TLS only.
        attributes |= {"read_logging": True, "https_only": True, "secondary_loc": None}
    hours = whole(data, "maxTimeTravelHours")
    if hours is not None:
        attributes["soft_delete_days"] = hours // 24
    access = records(data, "access")
    attributes["relations_read"] = []
    if access is not None:
        found = _readers(subject, access)
        if "public" in found:
            attributes["public_access"] = "public"
        if all(_known(entry) for entry in access) and len(access) < 500:
            attributes["relations_read"] = ["shared_with", *(() if "public" in found else (CLOSED,))]
        for target, roles in sorted(found.items()):
            yield subject.relation("shared_with", target, role=", ".join(sorted(roles)[:10]))
    location = subject.place("location", service="bigquery")
    replicas = records(data, "replicas")
    if replicas is not None:
        others = sorted({w.lower() for r in replicas if (w := text(r, "location"))} - {(location.region or "").lower()})
        copies = [place(other, "bigquery") for other in others]
        single = copies[0] if len(copies) == 1 else place(None, "bigquery", others)
        attributes["secondary_loc"] = as_value(single) if copies else None
    yield subject.asset("warehouse", location, attributes)


def _known(entry: Any) -> bool:
    """Whether an entry of an access list is of a form that `_readers` understands, or of the project itself."""
    group = text(entry, "specialGroup")
    if group is not None:
        return group in ("allAuthenticatedUsers", "projectOwners", "projectReaders", "projectWriters")
    if (member := text(entry, "iamMember")) is not None:
        return grantee(member) is not None or member.startswith("deleted:")
    named = (
        "domain",
        "userByEmail",
        "groupByEmail",
        "view.projectId",
        "routine.projectId",
        "dataset.dataset.projectId",
    )
    return any(text(entry, at) is not None for at in named)


def _readers(subject: Subject, access: list[Any]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for entry in access:
        group = text(entry, "specialGroup")
        member = text(entry, "iamMember")
        target: str | None = None
        if group == "allAuthenticatedUsers":
            target = "public"
        elif member:
            target = grantee(member)
        elif domain := text(entry, "domain"):
            target = f"domain:{domain.lower()}"
        elif mail := text(entry, "userByEmail") or text(entry, "groupByEmail"):
            kind = "serviceAccount" if mail.endswith("gserviceaccount.com") else "user"
            target = grantee(f"{kind}:{mail}")
        else:
            for at in ("view.projectId", "routine.projectId", "dataset.dataset.projectId"):
                if project := text(entry, at):
                    target = f"account:{project}"
        if target and target != f"account:{subject.account}" and len(found) < 500:
            found.setdefault(target, set()).add(text(entry, "role") or "reader")
    return found


def _table(subject: Subject) -> Iterator[Asset | Relation]:
    data = subject.data
    attributes: dict[str, Any] = {}
    put_any(attributes, https_only=tls_only(subject))
    full = has(data, "creationTime") and (has(data, "schema") or has(data, "numBytes") or has(data, "lastModifiedTime"))
    yield from subject.encryption(
        "database.table", attributes, text(data, "encryptionConfiguration.kmsKeyName"), shown=full
    )
    if has(data, "expirationTime") and (created := whole(data, "creationTime")) is not None:
        expires = whole(data, "expirationTime")
        if expires is not None:
            attributes["expire_days"] = max(0, (expires - created) // _DAY_MS)
    elif (partition := whole(data, "timePartitioning.expirationMs")) is not None:
        attributes["expire_days"] = partition // _DAY_MS
    elif full and not has(data, "timePartitioning") and not date_text(data, "expirationTime"):
        attributes["expire_days"] = None
    yield subject.asset("database.table", subject.place("location", service="bigquery"), attributes)
    yield subject.relation("member_of", subject.uid.rsplit("/tables/", 1)[0])
    # BigLake reads buckets of Google; BigQuery Omni those of AWS and Azure.
    yield from subject.data_at(
        "reads", *(texts(data, "externalDataConfiguration.sourceUris") or []), role="external table"
    )


TYPES: tuple[DocumentType, ...] = (
    gcp_type(
        "bigquery.googleapis.com/Dataset",
        "bigquery",
        ("warehouse",),
        (
            *(
                "access",
                "creationTime",
                "datasetReference",
                "defaultEncryptionConfiguration",
                "defaultTableExpirationMs",
            ),
            *("labels", "location", "maxTimeTravelHours", "replicas", "type", "linkedDatasetSource"),
        ),
        _dataset,
    ),
    gcp_type(
        "bigquery.googleapis.com/Table",
        "bigquery",
        ("database.table",),
        (
            *("creationTime", "encryptionConfiguration", "expirationTime", "labels", "lastModifiedTime", "location"),
            *("tableReference", "timePartitioning.expirationMs", "timePartitioning.type", "type"),
            "uris:externalDataConfiguration.sourceUris",
        ),
        _table,
    ),
)
