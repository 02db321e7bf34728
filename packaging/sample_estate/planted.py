"""One planted problem, and the subjects of its findings."""

from dataclasses import dataclass, field
from typing import Final

from awsitems import arn, key_id
from gcpentries import HOME, key_name, vertex_name
from identity import (
    ANALYTICS,
    CLINICAL,
    DATA,
    RESEARCH,
    TRAIN,
    hexadecimal,
)

BOTH: Final = (1, 2)


@dataclass
class Problem:
    """One problem: in which scans it is there, and the findings that it leads to, each with a sentence."""

    name: str
    what: str
    scans: tuple[int, ...] = BOTH
    fails: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])

    def fail(self, rule: str, subject: str, why: str) -> "Problem":
        """Adds a finding: the rule without its prefix, a uid or `kind: source > target`, and why."""
        self.fails.append((f"SIT-{rule}", subject, why))
        return self


def s3(name: str) -> str:
    return f"arn:aws:s3:::{name}"


def gs(name: str) -> str:
    return f"//storage.googleapis.com/{name}"


def azure_uid(subscription: str, path: str) -> str:
    group = "rg-clinical-ai" if subscription == CLINICAL else "rg-research"
    return f"/subscriptions/{subscription}/resourcegroups/{group}/providers/{path.lower()}"


def vertex(plural: str, name: str, location: str = HOME) -> str:
    return f"//aiplatform.googleapis.com/{vertex_name(plural, name, location)}"


def kms_key(name: str, *, multi: bool = False) -> str:
    return arn("kms", "eu-central-1", DATA, f"key/{key_id(name, multi)}")


def gcp_key(name: str) -> str:
    return f"//cloudkms.googleapis.com/{key_name(name)}"


def flow(kind: str, source: str, target: str) -> str:
    return f"{kind}: {source} > {target}"


def disk(name: str) -> str:
    return arn("ec2", "us-east-1", RESEARCH, f"volume/vol-{hexadecimal(f'vol/{name}', 17)}")


def instance(name: str) -> str:
    return arn("ec2", "us-east-1", RESEARCH, f"instance/i-{hexadecimal(f'i/{name}', 17)}")


def dataset(name: str) -> str:
    return f"//bigquery.googleapis.com/projects/{ANALYTICS}/datasets/{name}"


def compute(name: str) -> str:
    return f"//compute.googleapis.com/projects/{TRAIN}/{name}"
