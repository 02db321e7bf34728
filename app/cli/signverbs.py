"""Words of the commands that sign and verify."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.texts import tr

MakeVerb = Callable[..., argparse.ArgumentParser]
_RUN = "app.cli.signatures"


def signing(verbs: Any, verb: MakeVerb) -> None:
    """`sign`, `verify` and `signing-key`."""
    sign = verb(verbs, "sign", f"{_RUN}:sign", tr("sign a report: PAdES in a PDF, FILE.p7s beside others"), store=False)
    sign.add_argument("files", type=Path, nargs="+", metavar="FILE")
    sign.add_argument("--out", type=Path, metavar="FILE", help=tr("signed copy (default: the PDF itself)"))
    sign.add_argument("--trust", type=Path, metavar="FILE", help=tr("certificates to trust as well (PEM or DER)"))
    key_options(sign)
    check = verb(
        verbs, "verify", f"{_RUN}:verify", tr("is a report as it was signed, and is its evidence still there?")
    )
    check.add_argument("files", type=Path, nargs="+", metavar="FILE")
    check.add_argument("--trust", type=Path, metavar="FILE", help=tr("certificates to trust as well (PEM or DER)"))
    check.add_argument(
        "--online", action="store_true", help=tr("ask those whom the certificates name whether they were revoked")
    )
    check.add_argument("--format", choices=["text", "json"], default="text", help=tr("what to print on stdout"))
    keys = verbs.add_parser("signing-key", help=tr("keys to sign with")).add_subparsers(
        title=tr("commands"), metavar="COMMAND", required=True
    )
    make = verb(keys, "make", f"{_RUN}:make_key", tr("make a key on this computer"), store=False)
    make.add_argument("--name", required=True, metavar="NAME", help=tr("who signs"))
    make.add_argument("--replace", action="store_true", help=tr("put the present key aside and make a new one"))
    verb(keys, "list", f"{_RUN}:show_keys", tr("list the keys that can sign here"), store=False)


def key_options(verb: argparse.ArgumentParser) -> None:
    """Which key, why, and which time stamp server."""
    verb.add_argument(
        "--key", metavar="KEY", help=tr("own (made on this computer, default), a .p12 file, or windows:THUMBPRINT")
    )
    verb.add_argument("--reason", metavar="TEXT", help=tr("why it is signed, as it stands in the signature"))
    verb.add_argument(
        "--time-stamp", metavar="URL", help=tr("ask this server (RFC 3161) for a time stamp; only a digest is sent")
    )


def report_options(report: argparse.ArgumentParser) -> None:
    """What can be chosen in a report."""
    forms = ["pdf", "html", "xlsx", "csv", "json", "ocsf", "oscal", "sarif", "ciso-findings", "ciso-transfers", "pack"]
    report.add_argument(
        "--format", nargs="+", choices=forms, metavar="FORM",
        help=tr("one or more of {forms} (default: by the ending of --out); pack: all of them in a zip").format(
            forms=", ".join(forms)
        ),
    )  # fmt: skip
    report.add_argument("--out", type=Path, metavar="FILE", help=tr("with several forms: the name without its ending"))
    report.add_argument(
        "--kind", metavar="KIND", help=tr("what kind of report (default: full); --list-kinds tells all")
    )
    report.add_argument("--list-kinds", action="store_true", help=tr("list the kinds of report"))
    report.add_argument("--lang", metavar="LANG", help=tr("language: en or de; texts of rules and law stay English"))
    report.add_argument(
        "--scope", nargs="+", action="extend", default=[], metavar="NAME=VALUE",
        help=tr("only these assets: provider=aws account=… class=personal country=US kind=storage."),
    )  # fmt: skip
    report.add_argument("--redact", action="store_true", help=tr("hide names and accounts behind pseudonyms"))
    report.add_argument(
        "--framework", metavar="NAME",
        help=tr("by requirement of a law or standard (`situs frameworks list`); json and csv give the view itself"),
    )  # fmt: skip
    report.add_argument(
        "--from", dest="earlier", type=int, metavar="SCAN", help=tr("scan to compare with, for --kind delta")
    )
    report.add_argument("--with-passes", action="store_true", help=tr("list what passed as well"))
    report.add_argument("--inventory", action="store_true", help=tr("list every asset in an annex"))
    report.add_argument("--logo", metavar="FILE", help=tr("PNG or JPEG for the cover (default: that of the settings)"))
    report.add_argument("--lock", action="store_true", help=tr("lock the PDF with a password (AES-256)"))
    report.add_argument("--sign", action="store_true", help=tr("sign what is written (see `situs sign --help`)"))
    key_options(report)
