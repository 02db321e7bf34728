"""Streams that carry data on: Kinesis, Managed Streaming for Kafka, Data Firehose."""

from collections.abc import Iterator
from typing import Any, Final

from scanners.aws.subject import Subject, named
from scanners.documents import DocumentType, Origin
from scanners.members import records, text
from scanners.model import Asset, Relation

_STANDING: Final = {"continuous": True}
_OUTSIDE: Final = (
    ("HttpEndpointDestination", "EndpointConfiguration.Url"),
    ("SnowflakeDestination", "AccountUrl"),
    ("SplunkDestination", "HECEndpoint"),
)
_SUFFIXES: Final = ("Configuration", "Description")


def stream(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A Kinesis stream."""
    name = named(document, "StreamName", "Name") or ""
    subject = Subject(document, origin, named(document, "StreamARN", "Arn"), "kinesis", f"stream/{name}")
    yield subject.asset(
        "transfer.job", "AWS::Kinesis::Stream", name, dict(_STANDING), created="StreamCreationTimestamp"
    )
    for path in ("KeyId", "StreamEncryption.KeyId"):
        yield from subject.encrypted_by(path)


def kafka(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A Kafka cluster."""
    name = text(document, "ClusterName") or ""
    subject = Subject(document, origin, named(document, "ClusterArn", "Arn"), "kafka", f"cluster/{name}")
    yield subject.asset("transfer.job", "AWS::MSK::Cluster", name, dict(_STANDING), created="CreationTime")
    for path in ("EncryptionInfo", "Provisioned.EncryptionInfo"):
        yield from subject.encrypted_by(f"{path}.EncryptionAtRest.DataVolumeKMSKeyId")


def delivery(document: Any, origin: Origin) -> Iterator[Asset | Relation]:
    """A delivery stream: from a stream to a bucket, or to a service outside AWS."""
    name = text(document, "DeliveryStreamName") or ""
    arn = named(document, "DeliveryStreamARN", "Arn")
    subject = Subject(document, origin, arn, "firehose", f"deliverystream/{name}")
    yield subject.asset(
        "transfer.job", "AWS::KinesisFirehose::DeliveryStream", name, dict(_STANDING), created="CreateTimestamp"
    )
    for path in (
        "Source.KinesisStreamSourceDescription.KinesisStreamARN",
        "KinesisStreamSourceConfiguration.KinesisStreamARN",
    ):
        yield from subject.relation("reads", text(document, path), _STANDING)
    for target in [document, *(records(document, "Destinations") or [])]:
        for suffix in _SUFFIXES:
            for sort in ("ExtendedS3Destination", "S3Destination"):
                bucket = text(target, f"{sort}{suffix}.BucketARN")
                yield from subject.relation("writes", subject.bucket(bucket), _STANDING)
            for sort, path in _OUTSIDE:
                yield from subject.touches("writes", f"{sort}{suffix}.{path}", _STANDING, document=target)


_TARGETS: Final = tuple(
    f"{holder}{sort}{suffix}.{path}"
    for holder in ("", "Destinations[].")
    for suffix in _SUFFIXES
    for sort, path in (("ExtendedS3Destination", "BucketARN"), ("S3Destination", "BucketARN"), *_OUTSIDE)
)

TYPES: Final = (
    DocumentType(
        "AWS::Kinesis::Stream",
        "kinesis",
        ("transfer.job",),
        (
            "StreamName",
            "Name",
            "StreamARN",
            "Arn",
            "StreamCreationTimestamp",
            "EncryptionType",
            "KeyId",
            "StreamEncryption.EncryptionType",
            "StreamEncryption.KeyId",
            "RetentionPeriodHours",
            "Tags",
        ),
        stream,
    ),
    DocumentType(
        "AWS::MSK::Cluster",
        "kafka",
        ("transfer.job",),
        (
            "ClusterName",
            "ClusterArn",
            "Arn",
            "CreationTime",
            "EncryptionInfo.EncryptionAtRest.DataVolumeKMSKeyId",
            "EncryptionInfo.EncryptionInTransit.ClientBroker",
            "Provisioned.EncryptionInfo.EncryptionAtRest.DataVolumeKMSKeyId",
            "Provisioned.EncryptionInfo.EncryptionInTransit.ClientBroker",
            "Tags",
        ),
        kafka,
    ),
    DocumentType(
        "AWS::KinesisFirehose::DeliveryStream",
        "firehose",
        ("transfer.job",),
        (
            "DeliveryStreamName",
            "DeliveryStreamARN",
            "Arn",
            "DeliveryStreamType",
            "CreateTimestamp",
            "Source.KinesisStreamSourceDescription.KinesisStreamARN",
            "KinesisStreamSourceConfiguration.KinesisStreamARN",
            *_TARGETS,
            "Tags",
        ),
        delivery,
    ),
)
