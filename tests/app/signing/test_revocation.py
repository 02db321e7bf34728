"""What is told about revocation, from the file or from issuers on loopback; signatures that outlive certificates."""

import io
import shutil
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from issuers import Issuers
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.signers import PdfTimeStamper
from signing_world import DAY

from app.report.pdf.pen import open_pen
from app.signing.errors import SigningError
from app.signing.sign import run, sign_file
from app.signing.stamps import time_stamper
from app.verification import Verification, verify


@pytest.fixture
def issuers(tmp_path: Path) -> Iterator[Issuers]:
    made = Issuers(tmp_path)
    yield made
    made.close()


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """A PDF of one page."""
    path = tmp_path / "page.pdf"
    pen = open_pen(path, (300, 200))
    pen.drawString(20, 100, "Seventeen buckets")
    pen.showPage()
    pen.save()
    return path


def told(found: Verification, what: str = "revocation") -> list[tuple[str, str]]:
    return [(c.outcome.value, c.text) for c in found.checks if c.what == what]


@pytest.mark.parametrize("ways", ["ocsp", "crl", "ocsp crl"])
def test_a_good_certificate_is_told_with_the_moment_and_only_when_asked(
    issuers: Issuers, sheet: Path, ways: str
) -> None:
    sign_file(sheet, issuers.key_of("Anna Example", ways=ways))
    quiet = verify(sheet, trust=issuers.trust)
    assert issuers.asked == []
    assert quiet.good
    [(outcome, text)] = told(quiet)
    assert (outcome, "was not asked; --online" in text) == ("not_checked", True)
    asked = verify(sheet, trust=issuers.trust, online=True)
    [(outcome, text)] = told(asked)
    assert outcome == "ok"
    assert f"was not revoked on {datetime.now(UTC):%Y-%m-%d}" in text
    assert "was asked now" in text
    assert "/crl/0" in issuers.asked


@pytest.mark.parametrize("ways", ["ocsp", "crl"])
def test_a_revoked_certificate_without_a_stamp_is_wrong(issuers: Issuers, sheet: Path, ways: str) -> None:
    sign_file(sheet, issuers.key_of("Anna Example", ways=ways))
    issuers.revoke(datetime.now(UTC) - DAY)
    found = verify(sheet, trust=issuers.trust, online=True)
    assert not found.good
    [(outcome, text)] = told(found)
    assert outcome == "wrong"
    assert "was revoked on" in text
    assert "key" in text.lower()
    assert verify(sheet, trust=issuers.trust).good
    assert told(verify(sheet, trust=issuers.trust))[0][0] == "not_checked"


def test_issuers_that_do_not_answer_are_never_a_good_answer(issuers: Issuers, sheet: Path) -> None:
    sign_file(sheet, issuers.key_of("Anna Example", ways="ocsp crl"))
    issuers.silent = True
    [(outcome, text)] = told(verify(sheet, trust=issuers.trust, online=True))
    assert outcome == "not_checked"
    assert "could not be asked" in text


def test_a_certificate_that_names_nobody_is_told_so(issuers: Issuers, sheet: Path) -> None:
    sign_file(sheet, issuers.key_of("Anna Example", ways=""))
    [(outcome, text)] = told(verify(sheet, trust=issuers.trust, online=True))
    assert (outcome, "names nobody to ask" in text) == ("note", True)
    assert issuers.asked == []


def test_nobody_is_called_whom_only_a_strangers_certificate_names(issuers: Issuers, sheet: Path) -> None:
    sign_file(sheet, issuers.key_of("Mallory"))
    [(outcome, text)] = told(verify(sheet, online=True))
    assert (outcome, "does not know who vouches" in text) == ("not_checked", True)
    assert issuers.asked == []


def test_nobody_is_called_about_a_file_that_was_altered(issuers: Issuers, sheet: Path) -> None:
    sign_file(sheet, issuers.key_of("Anna Example"))
    body = bytearray(sheet.read_bytes())
    place = body.index(b"endobj")
    body[place - 3] ^= 1
    sheet.write_bytes(bytes(body))
    assert not verify(sheet, trust=issuers.trust, online=True).good
    assert issuers.asked == []


def test_a_stamped_signature_keeps_the_answers_and_needs_nobody(issuers: Issuers, sheet: Path) -> None:
    said: list[str] = []
    key = issuers.key_of("Anna Example")
    sign_file(sheet, key, time_stamp_server=f"{issuers.address}/stamp", trust=issuers.trust, tell=said.append)
    assert "B-LTA" in said[0]
    issuers.asked.clear()
    issuers.silent = True
    found = verify(sheet, trust=issuers.trust)
    assert found.good
    assert issuers.asked == []
    assert [outcome for outcome, _ in told(found)] == ["ok", "ok"]
    assert all("the file keeps" in text for _, text in told(found))
    assert any("covers the whole file" in text for _, text in told(found, "time_stamp"))


def test_what_was_signed_before_the_revocation_stands(issuers: Issuers, sheet: Path) -> None:
    issuers.stamp_moment = datetime.now(UTC) - 10 * DAY
    issuers.answers_at = datetime.now(UTC).replace(microsecond=0)
    sign_file(sheet, issuers.key_of("Anna Example"), time_stamp_server=f"{issuers.address}/stamp", trust=issuers.trust)
    issuers.revoke(datetime.now(UTC) - DAY)
    found = verify(sheet, trust=issuers.trust, online=True)
    assert found.good
    outcome, text = told(found)[0]
    assert outcome == "note"
    assert "what was signed before stands" in text


def test_what_was_signed_after_the_revocation_does_not(issuers: Issuers, sheet: Path) -> None:
    key = issuers.key_of("Anna Example", ways="ocsp")
    issuers.silent = False
    issuers.answers_at = datetime.now(UTC).replace(microsecond=0)  # one second holds the good answer and the other
    sign_file(sheet, key, time_stamp_server=f"{issuers.address}/stamp", trust=issuers.trust)
    issuers.revoke(datetime.now(UTC) - 2 * DAY)
    found = verify(sheet, trust=issuers.trust, online=True)
    assert told(found)[0][0] == "wrong"


def test_nothing_is_signed_with_a_revoked_certificate_once_it_is_known(issuers: Issuers, sheet: Path) -> None:
    before = sheet.read_bytes()
    key = issuers.key_of("Anna Example")
    issuers.revoke(datetime.now(UTC) - DAY)
    with pytest.raises(SigningError, match=r"was revoked on .*: nothing is signed"):
        sign_file(sheet, key, time_stamp_server=f"{issuers.address}/stamp", trust=issuers.trust)
    assert sheet.read_bytes() == before


def test_where_nobody_can_be_asked_the_stamp_alone_remains(issuers: Issuers, sheet: Path) -> None:
    said: list[str] = []
    key = issuers.key_of("Anna Example", ways="")
    sign_file(sheet, key, time_stamp_server=f"{issuers.address}/stamp", trust=issuers.trust, tell=said.append)
    assert "nothing about revocation" in said[0]
    found = verify(sheet, trust=issuers.trust)
    assert found.good
    assert told(found)[0][0] == "note"


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="pdfsig of poppler-utils is not installed")
def test_pdfsig_agrees_on_the_signature_and_on_the_stamp_of_the_whole(issuers: Issuers, sheet: Path) -> None:
    sign_file(sheet, issuers.key_of("Anna Example"), time_stamp_server=f"{issuers.address}/stamp", trust=issuers.trust)
    shown = subprocess.run(["pdfsig", str(sheet)], capture_output=True, text=True, check=False).stdout
    assert shown.count("Signature is Valid") + shown.count("Type: ETSI.RFC3161") >= 1
    assert "Signature is Valid" in shown
    assert "Total document signed" in shown
    body = bytearray(sheet.read_bytes())
    body[body.index(b"endobj") - 3] ^= 1
    sheet.write_bytes(bytes(body))
    shown = subprocess.run(["pdfsig", str(sheet)], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" not in shown
    assert not verify(sheet, trust=issuers.trust).good


def _content(writer: Any) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b"0 0 300 200 re f"))
    writer.update_container(page)


def _picture(writer: Any) -> None:
    name = generic.NameObject
    box = generic.ArrayObject([generic.NumberObject(n) for n in (0, 0, 300, 200)])
    drawn = generic.StreamObject({name("/Subtype"): name("/Form"), name("/BBox"): box}, stream_data=b"0 0 300 200 re f")
    note = generic.DictionaryObject(
        {
            name("/Type"): name("/Annot"),
            name("/Subtype"): name("/Stamp"),
            name("/Rect"): box,
            name("/AP"): generic.DictionaryObject({name("/N"): writer.add_object(drawn)}),
        }
    )
    writer.register_annotation(writer.find_page_for_modification(0)[0], writer.add_object(note))


def _root(writer: Any) -> None:
    writer.root["/OpenAction"] = generic.ArrayObject([])
    writer.update_root()


@pytest.mark.parametrize("change", [_content, _picture, _root])
def test_a_stamp_of_the_whole_hides_no_change(issuers: Issuers, sheet: Path, change: Callable[[Any], None]) -> None:
    """Whoever has the file can have it stamped: a stamp makes nothing good that was added before it."""
    server = f"{issuers.address}/stamp"
    sign_file(sheet, issuers.key_of("Anna Example"), time_stamp_server=server, trust=issuers.trust)
    assert verify(sheet, trust=issuers.trust).good
    writer = IncrementalPdfFileWriter(io.BytesIO(sheet.read_bytes()))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    again = IncrementalPdfFileWriter(io.BytesIO(out.getvalue()))
    stamped = io.BytesIO()
    run(PdfTimeStamper(time_stamper(server)).async_timestamp_pdf(again, "sha256", output=stamped))
    sheet.write_bytes(stamped.getvalue())
    found = verify(sheet, trust=issuers.trust)
    assert not found.good
    assert any("something was added to it after" in text for _, text in told(found, "signature"))


def test_a_second_stamp_of_the_whole_is_no_change(issuers: Issuers, sheet: Path) -> None:
    server = f"{issuers.address}/stamp"
    sign_file(sheet, issuers.key_of("Anna Example"), time_stamp_server=server, trust=issuers.trust)
    again = IncrementalPdfFileWriter(io.BytesIO(sheet.read_bytes()))
    stamped = io.BytesIO()
    run(PdfTimeStamper(time_stamper(server)).async_timestamp_pdf(again, "sha256", output=stamped))
    sheet.write_bytes(stamped.getvalue())
    assert verify(sheet, trust=issuers.trust).good
