"""A message on the screen, by what the operating system brings. Text goes by the environment, never into a script."""

import html
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from app.notify.errors import NotifyError
from app.notify.notice import Notice
from app.texts import tr

_SECONDS: Final = 20
_TOAST: Final = """
$ErrorActionPreference = 'Stop'
[void][Windows.UI.Notifications.ToastNotificationManager, Windows.UI.Notifications, ContentType = WindowsRuntime]
$kind = [Windows.UI.Notifications.ToastTemplateType]::ToastText02
$toast = [Windows.UI.Notifications.ToastNotificationManager]::GetTemplateContent($kind)
$texts = $toast.GetElementsByTagName('text')
[void]$texts.Item(0).AppendChild($toast.CreateTextNode($env:SITUS_NOTICE_TITLE))
[void]$texts.Item(1).AppendChild($toast.CreateTextNode($env:SITUS_NOTICE_BODY))
$shown = [Windows.UI.Notifications.ToastNotification]::new($toast)
[Windows.UI.Notifications.ToastNotificationManager]::CreateToastNotifier($env:SITUS_NOTICE_APP).Show($shown)
"""
_APPLE: Final = (
    'display notification (system attribute "SITUS_NOTICE_BODY") with title (system attribute "SITUS_NOTICE_TITLE")'
)
_APP_ID: Final = "Situs.Situs"


def send(notice: Notice) -> None:
    """Show it. Raises NotifyError where this computer has no way to."""
    words = _command(notice)
    told = {
        "SITUS_NOTICE_TITLE": notice.subject,
        "SITUS_NOTICE_BODY": "\n".join(notice.lines[:4]),
        "SITUS_NOTICE_APP": _APP_ID,
    }
    try:
        done = subprocess.run(  # noqa: S603 - words in a list; text from outside goes by the environment
            words,
            env={**os.environ, **told},
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotifyError(
            tr("The screen could not be reached: {reason}.").format(reason=type(error).__name__)
        ) from None
    if done.returncode:
        raise NotifyError(
            tr("The screen could not be reached: {program} ended with {status}.").format(
                program=Path(words[0]).name,
                status=done.returncode,
            )
        )


def _command(notice: Notice) -> list[str]:
    if sys.platform == "win32":
        root = os.environ.get("SYSTEMROOT", r"C:\Windows")
        shell = rf"{root}\System32\WindowsPowerShell\v1.0\powershell.exe"
        return [shell, "-NoProfile", "-NonInteractive", "-WindowStyle", "Hidden", "-Command", _TOAST]
    if sys.platform == "darwin":
        return ["/usr/bin/osascript", "-e", _APPLE]
    program = shutil.which("notify-send")
    if program is None:
        raise NotifyError(tr("This computer has no notify-send; on Debian: apt-get install libnotify-bin."))
    body = html.escape("\n".join(notice.lines[:4]), quote=False)  # some desktops read markup in the body
    return [program, "--app-name=Situs", "--", notice.subject, body]
