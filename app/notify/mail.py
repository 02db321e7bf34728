"""A message by SMTP under TLS: STARTTLS before anything is said, or TLS from the first byte. Never in the clear."""

import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Final

from app import __version__
from app.notify.errors import NotifyError
from app.notify.notice import Notice
from app.notify.settings import Email, port_of, revealed
from app.texts import tr

_SECONDS: Final = 30


def send(email: Email, notice: Notice, context: Callable[[], ssl.SSLContext] = ssl.create_default_context) -> None:
    """Deliver to the server. Raises NotifyError with what the server said, without the password."""
    message = EmailMessage()
    message["Subject"] = notice.subject
    message["From"] = email.sender
    message["To"] = ", ".join(email.to)
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=email.sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message["User-Agent"] = f"Situs {__version__}"
    message.set_content("\n".join(["", *notice.lines, ""]).lstrip("\n"))
    password = revealed(email.password) if email.password else ""
    try:
        if email.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(email.server, port_of(email), timeout=_SECONDS, context=context())
        else:
            server = smtplib.SMTP(email.server, port_of(email), timeout=_SECONDS)
        with server:
            if email.security == "starttls":
                server.starttls(context=context())
                server.ehlo()
            if email.user:
                server.login(email.user, password)
            server.send_message(message, email.sender, email.to)
    except ssl.SSLError as error:
        raise NotifyError(
            tr("{server} has no certificate that this computer trusts ({reason}); nothing was sent.").format(
                server=email.server, reason=error.reason or type(error).__name__
            )
        ) from None
    except smtplib.SMTPNotSupportedError:
        raise NotifyError(
            tr("{server} does not offer TLS or a login; nothing was sent.").format(server=email.server)
        ) from None
    except smtplib.SMTPAuthenticationError as error:
        raise NotifyError(
            tr("{server} refused the login of {user} ({code}).").format(
                server=email.server, user=email.user, code=error.smtp_code
            )
        ) from None
    except (smtplib.SMTPException, OSError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise NotifyError(
            tr("The mail could not be handed to {server}: {reason}.").format(server=email.server, reason=reason)
        ) from None
