"""Entry of the `situs` command: what to type, and which part of the program answers.

Nothing heavy is imported here: every command imports what it needs when it runs, so that `--help` answers at once.
"""

import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Final, cast

from app.cli.language import LANGUAGE, speak

if TYPE_CHECKING:
    import argparse

OK: Final = 0
FAILED: Final = 1
USAGE: Final = 2
FINDINGS: Final = 3
INCOMPLETE: Final = 4


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status (see `situs --help`); never raises for an error a user can meet."""
    from app.cli.arguments import check_sources, parser

    words = list(sys.argv[1:] if arguments is None else arguments)
    if arguments is None or os.environ.get(LANGUAGE):
        speak()
    if not words:
        return _call("app.desktop.start", "run", parser().parse_args([]))
    try:
        options = parser().parse_args(words)
        check_sources(options)
    except SystemExit as stop:  # argparse has said why
        return int(stop.code or 0)
    if options.self_test:
        return _call("app.desktop.selftest", "run", options)
    if options.first_window:
        return _call("app.desktop.start", "run", options)
    if not getattr(options, "run", None):
        parser().print_help(sys.stderr)
        return USAGE
    _mind_password(getattr(options, "store", None))
    module, function = cast(str, options.run).split(":")
    return _call(module, function, options)


def window() -> int:
    """Open the window; with words on the command line, run that command without a console (a schedule on Windows)."""
    from app.cli.arguments import parser

    if sys.argv[1:]:
        return main()

    return _call("app.desktop.start", "run", parser().parse_args([]))


def _mind_password(store: str | None) -> None:
    """Whoever is logged in to this computer can read the command lines of others."""
    login = (store or "").partition("://")[2].rpartition("@")[0]
    if ":" in login and not login.partition(":")[2].startswith("vault:"):
        from app.cli.terminal import say
        from app.texts import tr

        say(
            tr(
                "Mind: a password on the command line can be read by others on this computer. Put it into the vault "
                "and write postgresql://USER:vault:NAME@HOST/DATABASE, or use ~/.pgpass."
            )
        )


def _call(module: str, function: str, options: "argparse.Namespace") -> int:
    from app.cli.errors import explain

    try:
        command = cast("Callable[[argparse.Namespace], int]", getattr(import_module(module), function))
        return command(options)
    except KeyboardInterrupt:
        return explain(None)
    except Exception as error:  # the last door: every error becomes a sentence
        return explain(error)


if __name__ == "__main__":
    raise SystemExit(main())
