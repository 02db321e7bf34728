"""What an error of Azure Resource Manager means for coverage: never "there is nothing"."""

import re
from typing import Any, Final, cast

from scanners.coverage import MissedError
from scanners.live.door import NoAnswerError
from scanners.live.reach import common_failure
from scanners.live.rest import RestOperation
from scanners.members import records, text
from scanners.model import CoverageStatus

_OFF: Final = re.compile(
    r"MissingSubscriptionRegistration|SubscriptionNotRegistered|MissingRegistrationForType|not registered",
    re.IGNORECASE,
)
_GONE: Final = frozenset({"ReadOnlyDisabledSubscription", "DisabledSubscription", "SubscriptionIsOverQuotaForSku"})
_UNSUPPORTED: Final = frozenset(
    {
        "ApiVersionNotSupported",
        "FeatureNotSupported",
        "InvalidApiVersionParameter",
        "InvalidResourceNamespace",
        "InvalidResourceType",
        "LocationNotAvailableForResourceType",
        "NoRegisteredProviderFound",
        "UnsupportedApiVersion",
    }
)
_ACTION: Final = re.compile(r"authorization to perform action '([A-Za-z0-9./*_-]{3,200})'")
_DENY: Final = re.compile(r"deny assignment", re.IGNORECASE)
_CODE: Final = re.compile(r"^[A-Za-z0-9._-]{1,80}$")


def explain(status: int, body: Any) -> tuple[str, str]:
    """(code, message) of an error answer. Resource Manager wraps both in `error`; some services answer without."""
    del status
    if not isinstance(body, dict):
        return "", ""
    answer = cast("dict[str, Any]", body)
    inner = answer.get("error", answer)
    if not isinstance(inner, dict):
        inner = answer
    code, message = text(inner, "code") or "", text(inner, "message") or ""
    details = records(inner, "details") or []
    more = [word for item in details for name in ("code", "message") if (word := text(item, name)) is not None]
    return (code if _CODE.match(code) else "unnamed" if code else ""), " ".join([message, *more])


def missed(error: NoAnswerError, operation: RestOperation, where: str) -> MissedError:
    """The failure of a call as a status of coverage with one sentence; the text of Azure is used, never passed on."""
    at = f"{operation.key} in {where}"
    code = f" ({error.code})" if error.code else ""
    if error.status in (400, 403, 404, 409) and _OFF.search(f"{error.code} {error.message}"):
        sentence = f"{at}: the resource provider is not registered in this subscription{code}."
        return MissedError(CoverageStatus.DISABLED, sentence)
    if error.code in _GONE:
        return MissedError(CoverageStatus.DISABLED, f"{at}: the subscription is disabled{code}.")
    if error.code == "SubscriptionNotFound":
        sentence = f"{at}: the login may not see this subscription, or it is gone{code}."
        return MissedError(CoverageStatus.DENIED, sentence, permission=operation.permission, denied_by="rbac")
    if error.status in (400, 404, 409) and error.code in _UNSUPPORTED:
        return MissedError(CoverageStatus.UNSUPPORTED, f"{at}: this cloud does not offer it{code}.")
    if error.status == 403:
        named = _ACTION.search(error.message)
        permission = named[1] if named is not None else operation.permission
        by = "a deny assignment forbids" if _DENY.search(f"{error.code} {error.message}") else "no role grants"
        return MissedError(
            CoverageStatus.DENIED, f"{at}: {by} {permission}{code}.", permission=permission, denied_by="rbac"
        )
    return common_failure(error, operation, where)


def is_denied(code: str) -> bool:
    """Whether an error code says that a permission is missing."""
    return code in ("AuthorizationFailed", "LinkedAuthorizationFailed", "DenyAssignmentAuthorizationFailed", "403") or (
        code in ("Forbidden", "AuthorizationPermissionMismatch", "SubscriptionNotFound")
    )


def is_off(code: str) -> bool:
    """Whether an error code says that a provider or a subscription is switched off."""
    return bool(_OFF.search(code)) or code in _GONE
