"""One content model → PDF, CSV, JSON. `write_reports` takes the form from the ending of each file's name."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from app.texts import tr

if TYPE_CHECKING:
    from app.report.source import ReportSource

FORMS = (".pdf", ".json", ".csv")


class UnknownFormError(ValueError):
    """A report was asked for in a form that there is not; the text is a sentence for people."""


def check_names(paths: Iterable[Path]) -> None:
    """Raises UnknownFormError for a name whose ending is not one of the forms, before any work is done."""
    for path in paths:
        if Path(path).suffix.lower() not in FORMS:
            raise UnknownFormError(
                tr("“{name}”: the ending tells the form, and has to be one of {forms}.").format(
                    name=Path(path).name, forms=", ".join(FORMS)
                )
            )


def write_reports(source: "ReportSource", paths: Iterable[Path], *, with_passes: bool = False) -> list[Path]:
    """Writes a report to each path and returns the paths.

    Raises UnknownFormError before anything is written; ReportNotWrittenError (of `app.report.files`) for a file that
    cannot be.
    """
    wanted = [Path(p) for p in paths]
    check_names(wanted)
    for path in wanted:
        form = path.suffix.lower()
        if form == ".pdf":
            from app.report.pdf.writer import write_report

            write_report(source, path, with_passes=with_passes)
        elif form == ".json":
            from app.report.jsonform import write_json

            write_json(source, path, with_passes=with_passes)
        else:
            from app.report.csvform import write_findings

            write_findings(source, path, with_passes=with_passes)
    return wanted
