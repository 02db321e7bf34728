"""The one door to the network: which operations may be called, and a record of every call.

Three locks, each enough by itself. An operation whose name or permission can return the contents of data cannot be
declared (`check_operation`). A call of an operation that is not declared is refused before anything is sent (`Guard`).
The permissions that a cloud administrator grants are printed from the same declarations.
"""

import logging
import re
import threading
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

_LOG: Final = logging.getLogger("situs.calls")
_READS: Final = re.compile(r"^(?:List|Describe|Get|Search|BatchGet)(?=[A-Z]|$)")
_CONTENTS: Final = re.compile(
    r"^(?:"
    r"(?:Batch)?Get(?:Object(?!LockConfiguration$)|Item|Records?$|SecretValue|Parameters?(?:ByPath|History)?$)\w*"
    r"|Get(?:LogEvents|LogRecord|LogObject|QueryResults\w*|TableData|QueryExecution|StatementResult|Statement|Vectors?|Session|Data)"
    r"|Get(?:PasswordData|ConsoleOutput|ConsoleScreenshot|LaunchTemplateData|AuthorizationToken|DownloadUrlForLayer)"
    r"|Get(?:Function|FunctionConfiguration|Template|File|Blob|SnapshotBlock|DataAccess|ClusterCredentials\w*)"
    r"|Get(?:SensitiveDataOccurrences|RecoveryPointRestoreMetadata|PublicKey|ParametersForImport|EntityRecords)"
    r"|Get(?:SessionToken|FederationToken|RoleCredentials|Credentials\w*|InvocationStep|KnowledgeBaseDocuments)"
    r"|BatchGet(?:Item|Image|SecretValue|Record)"
    r"|List(?:Objects\w*|ObjectVersions|MultipartUploads|Parts|Vectors|SnapshotBlocks|ChangedBlocks)"
    r"|DescribeVpnConnections|DescribeInstanceAttribute"
    r")$"
)


class RefusedError(Exception):
    """A call that no scanner declares was stopped before anything was sent."""


class Call(Struct, frozen=True):
    """One call as it is logged: never a parameter, an answer or a secret.

    `status` is `ok`, the provider's error code, or the name of the failure; `attempts` counts tries, `seconds` all of
    them with the waits between.
    """

    operation: str
    account: str
    region: str
    status: str
    attempts: int
    seconds: float


class CallCount(Struct):
    """Calls of one operation in one place that ended alike."""

    operation: str
    account: str
    region: str
    status: str
    calls: int = 0
    attempts: int = 0
    seconds: float = 0.0
    slowest: float = 0.0


class CallLog:
    """Counts calls. Safe for several threads; each call is also logged to `situs.calls` at level DEBUG."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, str, str, str], CallCount] = {}

    def add(self, call: Call) -> None:
        """Takes one call."""
        key = (call.operation, call.account, call.region, call.status)
        with self._lock:
            count = self._counts.get(key)
            if count is None:
                count = self._counts[key] = CallCount(*key)
            count.calls += 1
            count.attempts += call.attempts
            count.seconds += call.seconds
            count.slowest = max(count.slowest, call.seconds)
        if _LOG.isEnabledFor(logging.DEBUG):
            _LOG.debug(
                "%s %s %s %s %d %.3f",
                call.operation,
                call.account,
                call.region,
                call.status,
                call.attempts,
                call.seconds,
            )

    def counts(self) -> list[CallCount]:
        """Calls by operation, account, region and status, sorted; times in seconds, rounded to milliseconds."""
        with self._lock:
            rows = [CallCount(*(getattr(c, name) for name in c.__struct_fields__)) for c in self._counts.values()]
        for row in rows:
            row.seconds, row.slowest = round(row.seconds, 3), round(row.slowest, 3)
        return sorted(rows, key=lambda c: (c.operation, c.account, c.region, c.status))

    @property
    def total(self) -> int:
        """How many calls were made."""
        with self._lock:
            return sum(c.calls for c in self._counts.values())


class Guard:
    """Lets through only declared operations.

    `allowed` names operations as `client.Operation` (`s3.ListBuckets`).
    """

    def __init__(self, allowed: Iterable[str]) -> None:
        self.allowed = frozenset(allowed)

    def permit(self, operation: str) -> None:
        """Returns where the operation is declared. Raises RefusedError where it is not."""
        if operation not in self.allowed:
            raise RefusedError(f"{operation} is not an operation that Situs declares; it was not sent.")


def check_operation(name: str) -> None:
    """Raises ValueError for an operation that does not merely list or describe, or that returns contents of data."""
    if not _READS.match(name):
        raise ValueError(f"{name}: only operations that list, describe or get can be declared")
    if _CONTENTS.match(name):
        raise ValueError(f"{name} returns the contents of data and cannot be declared")
