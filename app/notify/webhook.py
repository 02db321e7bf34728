"""A message by HTTPS: to Microsoft Teams (a workflow with an Adaptive Card), to Slack, or to any receiver.

Every message is signed as the Standard Webhooks specification says where a secret is named: the headers `webhook-id`,
`webhook-timestamp` and `webhook-signature` (`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`). Text is put
where Teams and Slack interpret no markup. Redirects are not followed: a message goes where it was sent, or nowhere.
"""

import hashlib
import hmac
import time
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

import msgspec

from app import __version__
from app.notify.errors import NotifyError
from app.notify.notice import Notice
from app.notify.settings import Webhook, check_address, revealed
from app.texts import tr

_TRIES: Final = 3
_SECONDS: Final = 20
_LONGEST_WAIT: Final = 30.0
_AGAIN: Final = (429, 500, 502, 503, 504)
_PREFIX: Final = "whsec_"


def send(hook: Webhook, notice: Notice, pause: Callable[[float], None] = time.sleep) -> None:
    """Deliver, again where the receiver is busy. Raises NotifyError; the address is never in its text."""
    import requests

    url = revealed(hook.url)
    check_address(url)
    now = datetime.now(UTC)
    number = f"msg_{uuid4().hex}"
    body = msgspec.json.encode(_PAYLOADS[hook.kind](notice, now))
    headers = {"Content-Type": "application/json", "User-Agent": f"Situs/{__version__}"}
    if hook.secret:
        headers |= signature(revealed(hook.secret), number, int(now.timestamp()), body)
    reason = ""
    for attempt in range(1, _TRIES + 1):
        try:
            answer = requests.post(url, data=body, headers=headers, timeout=_SECONDS, allow_redirects=False)
        except requests.exceptions.SSLError:
            raise NotifyError(
                tr("The receiver of {name} has no certificate that this computer trusts.").format(name=hook.name)
            ) from None
        except requests.exceptions.RequestException as error:
            reason, wait = type(error).__name__, float(attempt)
        else:
            if 200 <= answer.status_code < 300:
                return
            reason, wait = f"HTTP {answer.status_code}", _wait(answer.headers, attempt)
            if answer.status_code not in _AGAIN:
                break
        if attempt < _TRIES:
            pause(wait)
    raise NotifyError(tr("The message to {name} was not taken: {reason}.").format(name=hook.name, reason=reason))


def signature(secret: str, number: str, seconds: int, body: bytes) -> dict[str, str]:
    """The three headers that sign a message. `secret`: any text, or `whsec_` and base64."""
    key = secret.encode("utf-8")
    if secret.startswith(_PREFIX):
        try:
            key = b64decode(secret.removeprefix(_PREFIX), validate=True)
        except (Base64Error, ValueError):
            raise NotifyError(tr("The secret of a webhook that begins with whsec_ goes on in base64.")) from None
    signed = hmac.digest(key, f"{number}.{seconds}.".encode("ascii") + body, hashlib.sha256)
    return {
        "webhook-id": number,
        "webhook-timestamp": str(seconds),
        "webhook-signature": f"v1,{b64encode(signed).decode('ascii')}",
    }


def _wait(headers: Mapping[str, str], attempt: int) -> float:
    try:
        return min(_LONGEST_WAIT, max(0.0, float(headers.get("Retry-After", attempt))))
    except ValueError:
        return float(attempt)


def _generic(notice: Notice, now: datetime) -> dict[str, Any]:
    return {
        "type": f"situs.{notice.events[0]}",
        "timestamp": now.isoformat(timespec="seconds"),
        "data": {
            "subject": notice.subject,
            "lines": notice.lines,
            "events": notice.events,
            "counts": notice.counts,
            "program": f"situs {__version__}",
        },
    }


def _teams(notice: Notice, now: datetime) -> dict[str, Any]:
    del now

    def text(line: str, **style: str) -> dict[str, Any]:
        # A RichTextBlock shows text as it is; a TextBlock would read it as Markdown.
        return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": line, **style}]}

    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [text(notice.subject, weight="Bolder", size="Medium"), *map(text, notice.lines)],
    }
    return {
        "type": "message",
        "attachments": [
            {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
        ],
    }


def _slack(notice: Notice, now: datetime) -> dict[str, Any]:
    del now

    def text(line: str) -> dict[str, Any]:
        return {"type": "section", "text": {"type": "plain_text", "text": line, "emoji": False}}

    # `text` is what shows in a list of messages; there Slack reads &, < and > as control characters.
    plain = notice.subject.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return {"text": plain, "blocks": [text(notice.subject), *map(text, notice.lines[:40])]}


_PAYLOADS: Final[dict[str, Callable[[Notice, datetime], dict[str, Any]]]] = {
    "generic": _generic,
    "teams": _teams,
    "slack": _slack,
}
