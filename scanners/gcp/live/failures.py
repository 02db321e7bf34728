"""What Google's errors mean: which code they carry, and what they are for coverage.

Newer interfaces write `error.status` and, in `error.details`, an ErrorInfo with a reason; older ones (Compute, Storage,
SQL, BigQuery) write `error.errors[].reason` and sometimes no status. A service that is switched off answers 403, as a
refusal does.
"""

from typing import Any, Final

from scanners.coverage import MissedError
from scanners.live.door import NoAnswerError
from scanners.live.reach import common_failure
from scanners.live.rest import RestOperation
from scanners.members import member, records, text
from scanners.model import CoverageStatus

_OFF: Final = frozenset({"SERVICE_DISABLED", "accessNotConfigured", "API_DISABLED", "CONSUMER_SERVICE_DISABLED"})
_BILLING: Final = frozenset({"BILLING_DISABLED", "billingNotEnabled", "billingDisabled"})
PACE: Final = frozenset(
    {
        *("RATE_LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED", "RESOURCE_QUOTA_EXCEEDED", "rateLimitExceeded"),
        *("userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded"),
    }
)
_PERIMETER: Final = frozenset(
    {"SECURITY_POLICY_VIOLATED", "vpcServiceControls", "RESOURCES_NOT_IN_SAME_SERVICE_PERIMETER"}
)
_SCOPES: Final = frozenset({"ACCESS_TOKEN_SCOPE_INSUFFICIENT", "insufficientPermissions"})
_QUOTA_PROJECT: Final = frozenset({"USER_PROJECT_DENIED", "CONSUMER_INVALID", "CONSUMER_SUSPENDED"})
_TELLING: Final = _OFF | _BILLING | PACE | _PERIMETER | _SCOPES | _QUOTA_PROJECT
_LONGEST: Final = 300


def explain(status: int, body: Any) -> tuple[str, str]:
    """(code, message) of an error answer: the most telling of its reasons, else its status."""
    del status
    if isinstance(body, list) and body:  # streamed methods wrap their error in a list
        body = body[0]  # pyright: ignore[reportUnknownVariableType]
    error = member(body, "error")
    if isinstance(error, str):  # the token endpoint
        return error, ""
    message = (text(body, "error.message") or "")[:_LONGEST]
    reasons = [text(detail, "reason") for detail in records(body, "error.details") or []]
    reasons += [text(detail, "reason") for detail in records(body, "error.errors") or []]
    stated = text(body, "error.status") or ""
    known = [r for r in reasons if r]
    code = next((r for r in known if r in _TELLING), None) or stated or (known[0] if known else "")
    if code not in _TELLING and ("has not been used in project" in message or "it is disabled" in message):
        code = "SERVICE_DISABLED"
    return code, message


def is_denied(code: str) -> bool:
    """Whether a code in the call log says that a permission was missing."""
    return code in (
        "PERMISSION_DENIED",
        "forbidden",
        "IAM_PERMISSION_DENIED",
        "403",
        *_PERIMETER,
        *_SCOPES,
        *_QUOTA_PROJECT,
    )


def is_off(code: str) -> bool:
    """Whether a code in the call log says that a service is switched off."""
    return code in _OFF or code in _BILLING


def missed(error: NoAnswerError, operation: RestOperation, where: str) -> MissedError:
    """What a refusal or failure means for coverage: never "there is nothing"."""
    at = f"{operation.key} in {where}"
    code = error.code
    if error.status == 403 and "requires a quota project" in error.message:
        sentence = (
            f"{at}: a person's login needs a project that its calls count against: "
            "`gcloud auth application-default set-quota-project PROJECT`, or name a project under accounts."
        )
        return MissedError(CoverageStatus.DENIED, sentence, permission="serviceusage.services.use", denied_by="iam")
    if code in _OFF:
        consumer = _consumer(error.body)
        whose = f" in {consumer}" if consumer else ""
        return MissedError(CoverageStatus.DISABLED, f"{at}: {operation.host} is not enabled{whose}.")
    if code in _BILLING:
        return MissedError(CoverageStatus.DISABLED, f"{at}: the project has no billing account, so it answers nothing.")
    if code in PACE or error.status == 429:
        return MissedError(
            CoverageStatus.THROTTLED, f"{at}: still over Google's quota after all tries ({code or 429})."
        )
    if code in _PERIMETER:
        sentence = f"{at}: a service perimeter of the organisation does not let this login in."
        return MissedError(CoverageStatus.DENIED, sentence, permission=operation.permission, denied_by="scp")
    if code in _QUOTA_PROJECT:
        sentence = f"{at}: the login may not use its quota project; grant it serviceusage.services.use there ({code})."
        return MissedError(CoverageStatus.DENIED, sentence, permission="serviceusage.services.use", denied_by="iam")
    if code in _SCOPES and error.status == 403 and code.isupper():
        sentence = f"{at}: the access token lacks the scope cloud-platform; ask for a token with it ({code})."
        return MissedError(CoverageStatus.DENIED, sentence, permission=operation.permission, denied_by="iam")
    if error.status == 501 or code == "UNIMPLEMENTED" or (error.status == 404 and not error.message):
        return MissedError(CoverageStatus.UNSUPPORTED, f"{at}: Google does not offer this interface there.")
    return common_failure(error, operation, where)


def _consumer(body: Any) -> str | None:
    """The project in which an interface would have to be enabled, which may be another than the one asked about."""
    for detail in records(body, "error.details") or []:
        if found := text(detail, "metadata.consumer"):
            return found[:100]
    return None
