"""The words of `situs catalogue`."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.texts import tr

_RUN = "app.cli.catalogues"


def words(verbs: Any, verb: Callable[..., argparse.ArgumentParser]) -> None:
    """`catalogue show`, `preview`, `install`, `remove`, `trust`, `distrust`, `facts`, `pack` and `key`."""
    show = verb(
        verbs, "show", f"{_RUN}:show", tr("which edition counts, its age, and whose keys are trusted"), store=False
    )
    _form(show)
    preview = verb(verbs, "preview", f"{_RUN}:preview", tr("facts and findings that an edition would change"))
    preview.add_argument("file", type=Path, metavar="FILE", help=tr("a signed edition (.situs-catalogue)"))
    _form(preview)
    install = verb(verbs, "install", f"{_RUN}:install", tr("make a signed edition count"), store=False)
    install.add_argument("file", type=Path, metavar="FILE", help=tr("a signed edition (.situs-catalogue)"))
    install.add_argument("--older", action="store_true", help=tr("also one that is older than what counts now"))
    verb(verbs, "remove", f"{_RUN}:remove", tr("go back to the edition of the program"), store=False)
    trust = verb(verbs, "trust", f"{_RUN}:trust", tr("trust the editions that a key signed"), store=False)
    trust.add_argument("key", type=Path, metavar="FILE", help=tr("a public key (PEM)"))
    trust.add_argument("--name", metavar="TEXT", help=tr("whose key it is"))
    distrust = verb(verbs, "distrust", f"{_RUN}:distrust", tr("trust a key no longer"), store=False)
    distrust.add_argument("fingerprint", metavar="FINGERPRINT", help=tr("its beginning is enough"))
    facts = verb(verbs, "facts", f"{_RUN}:facts", tr("write the fact files that count, to be changed"), store=False)
    facts.add_argument("--out", type=Path, required=True, metavar="DIR")
    pack = verb(verbs, "pack", f"{_RUN}:pack", tr("sign a folder of fact files as an edition"), store=False)
    pack.add_argument("--from", dest="source", type=Path, required=True, metavar="DIR")
    pack.add_argument("--key", type=Path, required=True, metavar="FILE", help=tr("a private key (PEM)"))
    pack.add_argument("--out", type=Path, required=True, metavar="FILE", help=tr("its name ends in .situs-catalogue"))
    key = verb(verbs, "key", f"{_RUN}:new_key", tr("make a key pair to sign editions with"), store=False)
    key.add_argument("--out", type=Path, required=True, metavar="NAME", help=tr("NAME.pem and NAME.pub.pem"))


def _form(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--format", choices=["text", "json"], default="text", help=tr("what to print on stdout"))
