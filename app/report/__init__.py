"""One content model → PDF, HTML, workbook, CSV, JSON, OCSF, OSCAL, SARIF.

`app.report.produce.produce` writes a chosen report; what can be chosen stands in `app.report.choice`. Nothing heavy is
imported here.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from app.report.forms import FORMS, UnknownFormError, form_of

if TYPE_CHECKING:
    from app.report.source import ReportSource

__all__ = ["FORMS", "UnknownFormError", "check_names", "form_of", "write_reports"]


def check_names(paths: Iterable[Path]) -> None:
    """Raises UnknownFormError for a name whose ending is not one of the forms, before any work is done."""
    for path in paths:
        form_of(Path(path))


def write_reports(source: "ReportSource", paths: Iterable[Path], *, with_passes: bool = False) -> list[Path]:
    """Writes the full report of a source that no store stands behind to each path, and returns the paths.

    Raises UnknownFormError before anything is written; ReportNotWrittenError (of `app.report.files`) for a file that
    cannot be.
    """
    from app.report.choice import Choice
    from app.report.content import Extras
    from app.report.produce import write

    wanted = [Path(p) for p in paths]
    check_names(wanted)
    choice = Choice(with_passes=with_passes)
    for path in wanted:
        write(source, Extras(with_passes=with_passes), path, choice, form=form_of(path))
    return wanted
