"""`situs notify`: who is told about audits, and whether messages arrive."""

import argparse
from typing import TYPE_CHECKING

from app.cli.errors import UsageError
from app.cli.latest import put_json
from app.cli.main import FAILED, OK
from app.cli.terminal import put, say
from app.notify import Delivery, NotifyError, Settings, load, send, tell, test_notice
from app.settings import data_folder
from app.texts import tr

if TYPE_CHECKING:
    from pathlib import Path

    from app.job import Outcome
    from app.schedule import Run


def test(options: argparse.Namespace) -> int:
    """Send a test message by every channel, or by one; fails where one was not delivered."""
    settings = load(data_folder())
    names = _names(settings)
    if options.channel and options.channel not in names:
        raise UsageError(
            tr("--channel {name}: there is no such channel; there are: {names}.").format(
                name=options.channel[:60], names=", ".join(names) or tr("none")
            )
        )
    if not names:
        raise NotifyError(
            tr("Nobody is told: {file} names no channel. `situs notify show` prints an example.").format(
                file=data_folder() / "notify.toml"
            )
        )
    return _say(send(settings, test_notice(), options.channel))


def show(options: argparse.Namespace) -> int:
    """Who is told what; with an example where nobody is."""
    settings = load(data_folder())
    if options.format == "json":
        put_json(settings)
        return OK
    put(tr("File: {file}").format(file=data_folder() / "notify.toml"))
    if not settings.anyone:
        from app.notify.settings import EXAMPLE

        put(tr("Nobody is told. An example of this file:"))
        put(EXAMPLE.rstrip())
        return OK
    put(
        tr("Told are {events}; violations from {severity} on, {what}.").format(
            events=", ".join(tr(e) for e in settings.events),
            severity=tr(settings.severity),
            what=tr("counts and titles of rules") if settings.titles else tr("counts only"),
        )
    )
    for name in _names(settings):
        put("  " + name)
    return OK


def after(
    name: str,
    where: "str | Path",
    *,
    run: "Run | None" = None,
    outcome: "Outcome | None" = None,
    missed: "list[Run] | None" = None,
) -> None:
    """Tell people about an audit. A message that does not arrive is said, and changes nothing about the audit."""
    try:
        _say(tell(data_folder(), name, where, run=run, outcome=outcome, missed=missed or ()), quiet=True)
    except NotifyError as error:
        say(tr("Nobody was told: {reason}").format(reason=error))


def failed(where: "str | Path", error: BaseException) -> None:
    """Tell people that an audit which nobody watches failed."""
    from app.schedule.history import FAILED as STATE
    from app.schedule.history import Run
    from app.troubles import sentence_of

    reason = sentence_of(error) or tr("Something went wrong inside the program ({kind}).").format(
        kind=type(error).__name__
    )
    run = Run(0, "audit", "", "person", None, None, None, STATE, reason, None, None)
    after("audit", where, run=run)


def _say(deliveries: list[Delivery], quiet: bool = False) -> int:
    for one in deliveries:
        if one.trouble:
            say(tr("{channel}: NOT delivered. {trouble}").format(channel=one.channel, trouble=one.trouble))
        elif not quiet:
            say(tr("{channel}: delivered.").format(channel=one.channel))
    return FAILED if any(one.trouble for one in deliveries) else OK


def _names(settings: Settings) -> list[str]:
    names = ["desktop"] if settings.desktop is not None else []
    names += ["email"] if settings.email is not None else []
    return names + [hook.name for hook in settings.webhook]
