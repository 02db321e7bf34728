"""One built report for the tests that only read it."""

from pathlib import Path

import pytest
from report_estate import telling

from app.report.build import build_content
from app.report.content import ReportContent
from app.report.pdf import style
from app.report.pdf.writer import write_pdf

style.MACHINE = ()  # type: ignore[misc] # what the tests expect does not depend on the machine


@pytest.fixture(scope="session")
def content() -> ReportContent:
    """The telling estate as content."""
    return build_content(telling())


@pytest.fixture(scope="session")
def pdf(tmp_path_factory: pytest.TempPathFactory, content: ReportContent) -> Path:
    """The telling estate as PDF."""
    path = tmp_path_factory.mktemp("report") / "report.pdf"
    write_pdf(content, path)
    return path
