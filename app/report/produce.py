"""Writing a chosen report in a form, signed or locked where that is wanted. Window and command line call it."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from app.report.build import build_content
from app.report.choice import Choice
from app.report.content import Extras
from app.report.files import replacing
from app.report.forms import form_of
from app.report.kinds import KINDS
from app.report.source import ReportSource
from app.texts import speaking

if TYPE_CHECKING:
    from app.signing.keys import SigningKey
    from app.store import Store


class Sealing(Struct, frozen=True):
    """What is done to a PDF when it is there: signed by `key` (with a time stamp of `server`), or locked.

    A locked PDF (AES-256) asks for `password`; a file cannot be both signed and locked: sign the open one.
    """

    key: "SigningKey | None" = None
    reason: str = ""
    server: str = ""
    password: str = ""


def produce(
    store: "Store",
    judgement_id: int,
    path: Path,
    choice: Choice | None = None,
    *,
    form: str | None = None,
    sealing: Sealing | None = None,
    only: set[tuple[str, str]] | None = None,
) -> Path:
    """Writes one report and returns its path; the file appears whole (signed where wanted) or not at all.

    `form`: a key of `FORMS`; None: by the ending. `only` limits findings to these pairs of rule and subject. Raises
    ChoiceError, UnknownFormError, SigningError or ReportNotWrittenError with a sentence for people.
    """
    from app.report.fromhistory import chosen

    choice = choice or Choice()
    kept = sealing or Sealing()
    with speaking(choice.language):
        source, extras = chosen(store, judgement_id, choice, only)
        write(source, extras, path, choice, form=form or form_of(path), sealing=kept)
    return path


def write(
    source: ReportSource,
    extras: Extras,
    path: Path,
    choice: Choice,
    *,
    form: str,
    sealing: Sealing | None = None,
) -> None:
    """Writes a source in a form. Raises as `produce` does."""
    kept = sealing or Sealing()
    kind = KINDS[choice.kind]
    passes = choice.with_passes
    if form == "pdf":
        from app.report.pdf.writer import write_report

        write_report(source, extras, path, choice, kept)
    elif form == "html":
        from app.report.html.writer import write_html

        write_html(build_content(source, extras), path, kind)
    elif form == "xlsx":
        from app.report.machine.workbook import write_workbook

        write_workbook(source, path, with_passes=passes, compute=extras.compute)
    elif form.startswith("ciso-"):
        from app.report.machine import cisoassistant

        if form == "ciso-findings":
            cisoassistant.write_findings(source, path)
        else:
            cisoassistant.write_transfers(source, extras.activities, path)
    else:
        stream = _streams()[form]
        more = {"extras": extras} if form == "json" else {}
        with replacing(path) as target, target.open("wb") as file:
            stream(source, file, with_passes=passes, **more)
    if kept.key is not None and form != "pdf":
        from app.signing.sign import sign_file

        sign_file(path, kept.key, time_stamp_server=kept.server)


def _streams() -> dict[str, Callable[..., None]]:
    from app.report.csvform import stream_findings
    from app.report.jsonform import stream_json
    from app.report.machine.ocsf import stream_ocsf
    from app.report.machine.oscal import stream_oscal
    from app.report.machine.sarif import stream_sarif

    return {
        "json": stream_json,
        "csv": stream_findings,
        "ocsf": stream_ocsf,
        "oscal": stream_oscal,
        "sarif": stream_sarif,
    }
