"""The forms of a report, told by the ending of a file's name."""

from pathlib import Path
from typing import Final

from app.texts import tr

FORMS: Final = {
    "pdf": ".pdf",
    "html": ".html",
    "json": ".json",
    "csv": ".csv",
    "xlsx": ".xlsx",
    "ocsf": ".ocsf.json",
    "oscal": ".oscal.json",
    "sarif": ".sarif",
    "ciso-findings": ".ciso-findings.xlsx",
    "ciso-transfers": ".ciso-transfers.xlsx",
}
"""Form → ending of its files. `.sarif.json` and `.htm` are understood as well."""


class UnknownFormError(ValueError):
    """A report was asked for in a form that there is not; the text is a sentence for people."""


def form_of(path: Path) -> str:
    """The form that a file's name ends in. Raises UnknownFormError."""
    name = path.name.lower()
    for form, ending in sorted(FORMS.items(), key=lambda f: -len(f[1])):
        if name.endswith(ending):
            return form
    if name.endswith(".sarif.json"):
        return "sarif"
    if name.endswith(".htm"):
        return "html"
    raise UnknownFormError(
        tr("“{name}”: the ending tells the form, and has to be one of {forms}.").format(
            name=path.name, forms=", ".join(FORMS.values())
        )
    )
