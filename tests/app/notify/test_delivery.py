"""Messages really arrive: by SMTP under TLS and by HTTP, on loopback; and they go nowhere else."""

import hashlib
import hmac
import json
import ssl
from base64 import b64encode
from email import message_from_string, policy
from pathlib import Path

import pytest
from notify_world import Mailbox, Receiver, certificate, mail_server, web_server

from app.notify import Email, Notice, NotifyError, Settings, Webhook, send
from app.notify import mail as mail_channel
from app.notify import webhook as webhook_channel

NOTICE = Notice(
    "Situs, weekly: 2 new or worse violations",
    ("2 critical", "SIT-RES-001 (critical, 2): <b>*Stored* outside</b> [click](http://x) & more"),
    ("findings",),
    {"new_or_worse": 2},
)
CANARY = "p4ssw0rd-canary"


@pytest.fixture
def certificates(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """What the server shows, and what a client that trusts the company's authority believes."""
    public, both = certificate(tmp_path)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(both)
    return server, ssl.create_default_context(cafile=public)


def email(port: int, **more: object) -> Email:
    return Email("127.0.0.1", "audit@example.com", ("a@example.com", "b@example.com"), port, **more)


@pytest.mark.parametrize("implicit", [False, True], ids=["starttls", "tls"])
def test_mail_arrives_under_tls(certificates, monkeypatch: pytest.MonkeyPatch, implicit: bool) -> None:
    server, client = certificates
    monkeypatch.setenv("MAIL_PASSWORD", CANARY)
    box = Mailbox()
    settings = {"user": "audit@example.com", "password": "env:MAIL_PASSWORD"}
    with mail_server(box, server, implicit=implicit, password=CANARY) as port:
        mail_channel.send(email(port, security="tls" if implicit else "starttls", **settings), NOTICE, lambda: client)
    ((sender, to, text),) = box.mails
    assert (sender, to) == ("audit@example.com", ["a@example.com", "b@example.com"])
    message = message_from_string(text, policy=policy.default)
    assert message["Subject"] == NOTICE.subject
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "text/plain"
    assert message.get_content().splitlines() == list(NOTICE.lines)


def test_a_server_that_nobody_vouches_for_gets_nothing(certificates) -> None:
    server, _ = certificates
    box = Mailbox()
    with mail_server(box, server) as port, pytest.raises(NotifyError, match="certificate that this computer trusts"):
        mail_channel.send(email(port), NOTICE)
    assert box.mails == []


def test_a_server_without_tls_gets_nothing(certificates) -> None:
    box = Mailbox()
    with mail_server(box, None) as port, pytest.raises(NotifyError, match="does not offer TLS"):
        mail_channel.send(email(port), NOTICE)
    assert box.mails == []


def test_a_wrong_password_is_told_without_it(certificates, monkeypatch: pytest.MonkeyPatch) -> None:
    server, client = certificates
    monkeypatch.setenv("MAIL_PASSWORD", CANARY)
    settings = {"user": "audit@example.com", "password": "env:MAIL_PASSWORD"}
    with (
        mail_server(Mailbox(), server, password=CANARY[::-1]) as port,
        pytest.raises(NotifyError, match=r"refused the login of audit@example.com \(535\)") as caught,
    ):
        mail_channel.send(email(port, **settings), NOTICE, lambda: client)
    assert CANARY not in str(caught.value)


def test_a_full_mailbox_and_a_server_that_is_not_there(certificates) -> None:
    server, client = certificates
    box = Mailbox()
    box.refuse = True
    with mail_server(box, server) as port, pytest.raises(NotifyError, match="could not be handed"):
        mail_channel.send(email(port), NOTICE, lambda: client)
    with pytest.raises(NotifyError, match="could not be handed to 127"):
        mail_channel.send(email(1), NOTICE, lambda: client)


def test_a_subject_cannot_add_headers(certificates) -> None:
    server, client = certificates
    box = Mailbox()
    from app.notify.notice import plain

    wicked = plain("weekly\r\nBcc: eve@example.com")
    with mail_server(box, server) as port:
        mail_channel.send(email(port), Notice(wicked, (), ("test",)), lambda: client)
    message = message_from_string(box.mails[0][2], policy=policy.default)
    assert message["Bcc"] is None
    assert box.mails[0][1] == ["a@example.com", "b@example.com"]


# Webhooks


def hook(url: str, **more: object) -> Webhook:
    return Webhook("team", url, **more)


def test_a_generic_message_is_signed_as_the_specification_says(monkeypatch: pytest.MonkeyPatch) -> None:
    key = bytes(range(24))
    monkeypatch.setenv("HOOK_SECRET", "whsec_" + b64encode(key).decode())
    receiver = Receiver()
    with web_server(receiver) as url:
        webhook_channel.send(hook(f"{url}/in", secret="env:HOOK_SECRET"), NOTICE)  # noqa: S106
    ((path, headers, body),) = receiver.requests
    assert path == "/in"
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    told = json.loads(body)
    assert told["type"] == "situs.findings"
    assert told["data"]["counts"] == {"new_or_worse": 2}
    assert told["data"]["lines"] == list(NOTICE.lines)


def test_the_signature_of_the_specifications_own_example() -> None:
    """The example of the Standard Webhooks libraries: one secret, one message, one known signature."""
    headers = webhook_channel.signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_teams_and_slack_show_text_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    receiver = Receiver()
    with web_server(receiver) as url:
        monkeypatch.setenv("TEAMS", f"{url}/workflows/secret-in-the-path")
        monkeypatch.setenv("SLACK", f"{url}/services/T0/B0/secret")
        webhook_channel.send(hook("env:TEAMS", kind="teams"), NOTICE)
        webhook_channel.send(hook("env:SLACK", kind="slack"), NOTICE)
    teams, slack = (json.loads(r[2]) for r in receiver.requests)
    (attachment,) = teams["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    card = attachment["content"]
    assert (card["type"], card["body"][0]["inlines"][0]["text"]) == ("AdaptiveCard", NOTICE.subject)
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}  # no Markdown
    assert all(block["text"]["type"] == "plain_text" for block in slack["blocks"])
    assert slack["blocks"][2]["text"]["text"] == NOTICE.lines[1]
    assert slack["text"] == NOTICE.subject


def test_a_busy_receiver_is_asked_again_as_it_says() -> None:
    receiver, pauses = Receiver(), []
    receiver.answers = [(429, {"Retry-After": "7"}), (503, {})]
    with web_server(receiver) as url:
        webhook_channel.send(hook(url), NOTICE, pauses.append)
    assert len(receiver.requests) == 3
    assert pauses == [7.0, 2.0]
    assert len({headers["user-agent"] for _, headers, _ in receiver.requests}) == 1


@pytest.mark.parametrize(
    ("answers", "asked"), [([(404, {})], 1), ([(500, {})] * 3, 3), ([(301, {"Location": "http://127.0.0.1:1/"})], 1)]
)
def test_what_is_not_taken_is_told_without_the_address(answers, asked: int) -> None:
    receiver = Receiver()
    receiver.answers = list(answers)
    with web_server(receiver) as url, pytest.raises(NotifyError, match="HTTP") as caught:
        webhook_channel.send(hook(f"{url}/secret-in-the-path"), NOTICE, lambda _: None)
    assert len(receiver.requests) == asked
    assert "secret-in-the-path" not in str(caught.value)


def test_a_receiver_that_nobody_vouches_for_or_that_is_not_there(certificates) -> None:
    server, _ = certificates
    receiver = Receiver()
    with web_server(receiver, server) as url, pytest.raises(NotifyError, match="certificate"):
        webhook_channel.send(hook(url), NOTICE, lambda _: None)
    assert receiver.requests == []
    with pytest.raises(NotifyError, match="not taken: ConnectionError"):
        webhook_channel.send(hook("http://127.0.0.1:1/"), NOTICE, lambda _: None)


@pytest.mark.parametrize("url", ["http://example.com/x", "https://u:p@example.com/x", "ftp://x", "https://[::1"])
def test_addresses_from_the_vault_are_checked_too(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK", url)
    with pytest.raises(NotifyError, match="address of a webhook"):
        webhook_channel.send(hook("env:HOOK"), NOTICE)


def test_one_channel_that_fails_keeps_none_from_theirs() -> None:
    receiver = Receiver()
    with web_server(receiver) as url:
        settings = Settings(webhook=(Webhook("gone", "env:NOT_SET_ANYWHERE"), Webhook("there", url)))
        found = {d.channel: d.trouble for d in send(settings, NOTICE)}
        assert found == {"gone": "The environment variable NOT_SET_ANYWHERE is not set.", "there": ""}
        assert [d.channel for d in send(settings, NOTICE, "there")] == ["there"]
