"""`situs updates`: whether a newer version was published. Nothing is asked unless an address was chosen."""

import argparse
from typing import Any

from app.cli.main import OK
from app.cli.verbs import MakeVerb
from app.texts import tr


def words(verbs: Any, verb: MakeVerb) -> None:
    """The words of the command."""
    made = verb(verbs, "updates", "app.cli.updating:updates", tr("whether a newer version was published"), store=False)
    made.add_argument(
        "--address", metavar="URL", help=tr('who is asked (default: "updates" in the settings; none: nobody is asked)')
    )
    made.add_argument("--keep", action="store_true", help=tr("keep the address in the settings"))
    made.add_argument("--format", choices=["text", "json"], default="text", help=tr("what to print on stdout"))


def updates(options: argparse.Namespace) -> int:
    """Ask, and tell. Exit status 0 whether or not there is a newer one."""
    import msgspec

    from app import __version__
    from app.cli.latest import put_json
    from app.cli.terminal import put, say
    from app.settings import data_folder, load_preferences, save_preferences
    from app.updates import in_words, look

    chosen = load_preferences(data_folder())
    address = options.address or chosen.updates
    if not address:
        say(
            tr(
                "This is Situs {version}. Nobody is asked for newer versions: no address is chosen. Your IT or the "
                "publisher names one; `situs updates --address URL --keep` asks it and keeps it."
            ).format(version=__version__)
        )
        if options.format == "json":
            put_json({"version": __version__, "published": None})
        return OK
    found = look(address)
    if options.keep and address != chosen.updates:
        save_preferences(data_folder(), msgspec.structs.replace(chosen, updates=address))
    if options.format == "json":
        put_json({"version": __version__, "published": found, "newer": found.newer})
    else:
        put(in_words(found))
    return OK
