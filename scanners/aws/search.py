"""Search and vector stores: Amazon OpenSearch domains and serverless collections."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any, Final

from scanners.aws.policies import access, parse
from scanners.aws.subject import Subject, named, rest
from scanners.documents import DocumentType, Origin
from scanners.members import flag, is_null, member, put, records, text, texts
from scanners.model import Asset, Relation

_OLD_TLS: Final = ("Policy-Min-TLS-1-0-2019-07",)


def domain(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A domain; a domain in a private network cannot be reached from outside whatever its policy says."""
    name = text(document, "DomainName") or ""
    subject = Subject(document, origin, named(document, "ARN", "DomainArn"), "es", f"domain/{name}")
    key = text(document, "EncryptionAtRestOptions.KmsKeyId")
    attributes = rest(flag(document, "EncryptionAtRestOptions.Enabled"), key)
    put(attributes, "https_only", flag(document, "DomainEndpointOptions.EnforceHTTPS"))
    tls = text(document, "DomainEndpointOptions.TLSSecurityPolicy")
    if tls is not None:
        attributes["tls_min_below_12"] = tls in _OLD_TLS
    for options in ("ClusterConfig", "ElasticsearchClusterConfig"):
        put(attributes, "cross_zone", flag(document, f"{options}.ZoneAwarenessEnabled"))
    vpc = named(document, "VPCOptions.VPCId")
    policy = parse(member(document, "AccessPolicies"))
    allowed = access(policy, subject.account) if policy is not None else None
    if vpc or member(document, "VPCOptions.SubnetIds"):
        attributes["public_network"] = False
        attributes["public_access"] = "none"
        if not is_null(document, "AccessPolicies") and (allowed is None or not allowed.whole):
            attributes["relations_read"] = []  # who else may come in through that network is not known
        put(attributes, "vpc", vpc)
    elif is_null(document, "VPCOptions"):
        attributes["public_network"] = True
        attributes["vpc"] = None
        if allowed is not None:
            allowed.tell(attributes)
    native = "AWS::OpenSearch::Domain"
    yield subject.asset("database.instance", native, name, attributes)
    yield from subject.encrypted_by("EncryptionAtRestOptions.KmsKeyId")
    yield from subject.in_vpc(vpc)
    for party in sorted(allowed.parties if allowed is not None else ()):
        if party != "public" or attributes.get("public_access") != "none":
            yield from subject.relation("shared_with", party)


def collection(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A serverless collection; always encrypted."""
    identity = text(document, "id") or ""
    subject = Subject(document, origin, text(document, "arn"), "aoss", f"collection/{identity}")
    key = text(document, "kmsKeyArn")
    attributes = rest(True, None if key in (None, "auto") else key)
    attributes["https_only"] = True
    if key == "auto":
        attributes["custody"] = "provider"
    spare = text(document, "standbyReplicas")
    if spare is not None:
        attributes["cross_zone"] = spare == "ENABLED"
    name = text(document, "name") or identity
    _reached(document, name, attributes)
    yield subject.asset("database.instance", "AWS::OpenSearchServerless::Collection", name, attributes)
    if key != "auto":
        yield from subject.encrypted_by("kmsKeyArn")


def _reached(document: Any, name: str, attributes: dict[str, Any]) -> None:
    """Whether network policies let the internet or private endpoints in. `Networks` are the rules of all of them; a
    collection that none names cannot be reached at all."""
    policies = records(document, "Networks")
    if policies is None:
        return
    own = [p for p in policies if any(_names(rule, name) for rule in records(p, "Rules") or [])]
    attributes["public_network"] = any(flag(p, "AllowFromPublic") for p in own)
    attributes["private_endpoint"] = any(texts(p, "SourceVPCEs") for p in own)


def _names(rule: Any, name: str) -> bool:
    patterns = texts(rule, "Resource") or []
    return text(rule, "ResourceType") == "collection" and any(fnmatchcase(f"collection/{name}", p) for p in patterns)


_DOMAIN: Final = (
    "DomainName",
    "ARN",
    "DomainArn",
    "EncryptionAtRestOptions.Enabled",
    "EncryptionAtRestOptions.KmsKeyId",
    "NodeToNodeEncryptionOptions.Enabled",
    "DomainEndpointOptions.EnforceHTTPS",
    "DomainEndpointOptions.TLSSecurityPolicy",
    "ClusterConfig.ZoneAwarenessEnabled",
    "ElasticsearchClusterConfig.ZoneAwarenessEnabled",
    "VPCOptions.VPCId",
    "VPCOptions.SubnetIds",
    "AccessPolicies",
    "Tags",
)

TYPES: Final = (
    DocumentType("AWS::OpenSearch::Domain", "opensearch", ("database.instance",), _DOMAIN, domain),
    DocumentType("AWS::Elasticsearch::Domain", "opensearch", ("database.instance",), _DOMAIN, domain),
    DocumentType(
        "AWS::OpenSearchServerless::Collection",
        "opensearchserverless",
        ("database.instance",),
        ("id", "arn", "name", "type", "kmsKeyArn", "standbyReplicas", "Networks", "tags"),
        collection,
    ),
)
