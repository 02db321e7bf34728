"""What an error of AWS or of the network means for coverage: never "there is nothing"."""

import re
from typing import Final

from botocore import exceptions as boto

from scanners.aws.live.declare import Operation
from scanners.coverage import MissedError
from scanners.guard import RefusedError
from scanners.model import CoverageStatus


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_DENIED: Final = _words(
    """AccessDenied AccessDeniedException AccessDeniedFault AuthorizationError AuthorizationErrorException Forbidden 403
    NotAuthorized NotAuthorizedException UnauthorizedAccess UnauthorizedException UnauthorizedOperation
    AllAccessDisabled InsufficientPermissionsException"""
)
_THROTTLED: Final = _words(
    """Throttling ThrottlingException ThrottledException RequestThrottled RequestThrottledException RequestLimitExceeded
    TooManyRequestsException TooManyRequests SlowDown BandwidthLimitExceeded PriorRequestNotComplete 429
    ProvisionedThroughputExceededException EC2ThrottledException LimitExceededException"""
)
_EXPIRED: Final = _words(
    """ExpiredToken ExpiredTokenException RequestExpired TokenRefreshRequired InvalidToken InvalidAccessKeyId
    UnrecognizedClientException InvalidClientTokenId AuthFailure SignatureDoesNotMatch InvalidSignatureException
    MissingAuthenticationToken IncompleteSignature"""
)
_OFF: Final = frozenset({"OptInRequired", "SubscriptionRequiredException", "NotSignedUp"})
_UNSUPPORTED: Final = _words(
    """UnknownOperationException UnsupportedOperation UnsupportedOperationException InvalidAction NotImplemented 501
    UnsupportedMethod OperationNotSupportedException MethodNotAllowed 405"""
)
_NOT_HERE: Final = re.compile(
    r"not (?:currently )?(?:supported|available|enabled) in (?:this|the) region", re.IGNORECASE
)
_ACTION: Final = re.compile(r"not authorized to perform:? ([a-z0-9-]{1,40}:[A-Za-z0-9*]{1,80})")
_CODE: Final = re.compile(r"^[A-Za-z0-9._:-]{1,80}$")
_POLICY: Final = re.compile(r"explicit deny in an? (service control|resource control) policy", re.IGNORECASE)
_LAYERS: Final = re.compile(
    r"explicit deny in an? ([a-z -]+?) policy"
    r"|no (identity-based|resource-based|session|permissions boundary|VPC endpoint) ",
    re.IGNORECASE,
)


def code_of(error: Exception) -> str:
    """The provider's error code (`unnamed` where it is no plain word), or the name of the failure."""
    if isinstance(error, boto.ClientError):
        code = str(error.response.get("Error", {}).get("Code") or "ClientError")
        return code if _CODE.match(code) else "unnamed"
    return type(error).__name__


def not_offered(operation: Operation, region: str, surely: bool) -> MissedError:
    """A service that AWS does not have in a region, or, where no table says so, whose endpoint has no name there."""
    sentence = f"{operation.client} in {region}: AWS does not offer this service there."
    if not surely:
        sentence = f"{operation.client} in {region}: the endpoint's name is unknown; it may not be offered there."
    return MissedError(CoverageStatus.UNSUPPORTED, sentence, unresolved=True, absent=surely)


def missed(error: Exception, operation: Operation, region: str) -> MissedError:
    """The failure of a call as a status of coverage with one sentence; the text of AWS is used, never passed on."""
    where = f"{operation.key} in {region}"
    if isinstance(error, boto.ClientError):
        return _answered(error, operation, where)
    if isinstance(error, boto.ConnectTimeoutError | boto.ReadTimeoutError):
        return MissedError(CoverageStatus.TIMEOUT, f"{where}: no answer in time.")
    if isinstance(error, boto.UnknownServiceError | boto.UnknownEndpointError | boto.NoRegionError):
        return MissedError(CoverageStatus.UNSUPPORTED, f"{where}: this service has no known endpoint there.")
    if isinstance(error, boto.EndpointConnectionError):
        if _unresolved(error):
            sentence = f"{where}: the endpoint's name is unknown to the network; the service may not be offered there."
            return MissedError(CoverageStatus.UNSUPPORTED, sentence, unresolved=True)
        return MissedError(CoverageStatus.ERROR, f"{where}: the endpoint cannot be reached; check network and proxy.")
    if isinstance(error, boto.SSLError):
        return MissedError(CoverageStatus.ERROR, f"{where}: the certificate of the endpoint is not trusted here.")
    if isinstance(error, boto.NoCredentialsError | boto.PartialCredentialsError):
        return MissedError(CoverageStatus.EXPIRED, f"{where}: there are no credentials (any more).")
    if isinstance(error, boto.CredentialRetrievalError | boto.TokenRetrievalError | boto.SSOError):
        return MissedError(CoverageStatus.EXPIRED, f"{where}: the login could not be renewed; sign in again.")
    if isinstance(error, RefusedError):
        return MissedError(CoverageStatus.ERROR, str(error))
    if isinstance(error, boto.HTTPClientError | boto.ConnectionError):
        return MissedError(CoverageStatus.ERROR, f"{where}: the connection broke ({type(error).__name__}).")
    return MissedError(CoverageStatus.ERROR, f"{where}: the answer could not be read ({type(error).__name__}).")


def _answered(error: boto.ClientError, operation: Operation, where: str) -> MissedError:
    code = code_of(error)
    text = str(error.response.get("Error", {}).get("Message") or "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0
    if any(mark in text for mark in operation.off):  # a watcher that is off holds nothing: that is an answer
        sentence = f"{where}: the service is not switched on in this account."
        return MissedError(CoverageStatus.DISABLED, sentence, absent=True)
    if code in _OFF:
        return MissedError(CoverageStatus.DISABLED, f"{where}: the service is not switched on in this account.")
    if code in _EXPIRED:
        sentence = f"{where}: AWS did not accept the credentials ({code}); they expired, or the region is not enabled."
        return MissedError(CoverageStatus.EXPIRED, sentence)
    if _NOT_HERE.search(text) or code in _UNSUPPORTED:
        return MissedError(CoverageStatus.UNSUPPORTED, f"{where}: the service does not offer this there ({code}).")
    if code in _DENIED or (status == 403 and code not in _THROTTLED):
        return _denied(text, operation, where)
    if code in _THROTTLED or status == 429:
        return MissedError(CoverageStatus.THROTTLED, f"{where}: still throttled after all tries ({code}).")
    if code in ("RequestTimeout", "RequestTimeoutException") or status in (408, 504):
        return MissedError(CoverageStatus.TIMEOUT, f"{where}: AWS gave up waiting ({code}).")
    if status >= 500:
        return MissedError(CoverageStatus.ERROR, f"{where}: AWS answered with a fault of its own ({code}).")
    return MissedError(CoverageStatus.ERROR, f"{where}: AWS refused the call ({code}).")


def _denied(text: str, operation: Operation, where: str) -> MissedError:
    named = _ACTION.search(text)
    permission = named[1] if named and "*" not in named[1] else operation.permission
    layer = _POLICY.search(text)
    if layer:
        sentence = f"{where}: a {layer[1].lower()} policy of the organisation forbids {permission}."
        return MissedError(CoverageStatus.DENIED, sentence, permission=permission, denied_by="scp")
    layers = _LAYERS.search(text)
    by = f" (by the {next(g for g in layers.groups() if g).lower()} policy)" if layers else ""
    sentence = f"{where}: {permission} is not granted{by}."
    return MissedError(CoverageStatus.DENIED, sentence, permission=permission, denied_by="iam")


def _unresolved(error: boto.EndpointConnectionError) -> bool:
    found = str(error.kwargs.get("error", ""))
    return "NameResolution" in found or "Name or service not known" in found or "getaddrinfo" in found


def is_denied(code: str) -> bool:
    """Whether an error code says that a permission is missing."""
    return code in _DENIED
