"""Nothing hidden appears: names that are plain words, names that break out of what quotes them, in every form."""

import io
import re
import zipfile
from pathlib import Path

import pikepdf
import pytest
from msgspec.structs import replace
from pypdf import PdfReader
from report_estate import FRANKFURT, VIRGINIA, InventedSource, head

from app.report.choice import Choice, Scope
from app.report.content import Extras
from app.report.forms import FORMS
from app.report.produce import write
from app.report.redaction import Redacted
from app.report.source import Acceptance, FileRead, Place
from rules.judgement import Finding, Missing, Severity, Verdict
from scanners.model import Coverage, CoverageStatus

SECRETS = ("patients", "oncology", "ward", "lab", "cardio", "Jonas", "keller", "hospice", "morgue")
ESCAPES = ("x]; ward", "foo  [ward] is ward", '", asset.encrypted is ward', "ward: not read", "ward\\", "…ward")


def text_of(path: Path) -> str:
    """All that a file says: members of a zip, texts, attachments and metadata of a PDF."""
    body = path.read_bytes()
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            return "\n".join(book.read(name).decode("utf-8") for name in book.namelist())
    if path.suffix != ".pdf":
        return body.decode("utf-8")
    parts = [page.extract_text() for page in PdfReader(path).pages]
    with pikepdf.open(path) as pdf:
        parts += [pdf.attachments[name].get_file().read_bytes().decode("utf-8") for name in pdf.attachments]
        parts += [str(pdf.docinfo), pdf.Root.Metadata.read_bytes().decode("utf-8")]
        parts += [str(o.get("/Alt", "")) + str(o.get("/ActualText", "")) + str(o.get("/E", ""))
                  for o in pdf.objects if isinstance(o, pikepdf.Dictionary)]  # fmt: skip
        parts += [str(o.get("/Title", "")) for o in pdf.objects if isinstance(o, pikepdf.Dictionary)]
    return "\n".join(parts)


def estate() -> InventedSource:
    source = InventedSource(head())
    hall = Place("on_prem:hospice", "hospice, Germany", ("DE",), "eea", "declared", 51.3, 12.4)
    held = [source.add("patients", "storage.bucket", FRANKFURT, account="lab", data_class="personal")]
    held.append(source.add("ward", "database.table", VIRGINIA, account="oncology", data_class="personal"))
    held.append(source.add("cardio", "compute.nodegroup", hall, account="oncology", gpu_count=8))
    held += [source.add(name, "storage.bucket", FRANKFURT, account="oncology") for name in ESCAPES]
    flow = source.flow(held[0], held[1], "replication", "uncovered", importer="oncology")
    source.flow(held[0], "account:keller", "share")
    for name in ("patients", "hospice, Germany", *ESCAPES):
        seen = f'outside(asset.loc)  [asset.name is "{name}", asset.loc is "{name}"]; asset.encrypted == false'
        for cut in (len(seen), len(seen) - 30, len(seen) - 42):
            source.fail("SIT-KEY-001", held[0], seen[:cut], Severity.HIGH)
        source.fail("SIT-KEY-001", held[1], name)
    source.fail("SIT-XFER-001", flow, 'pd(flow)  [flow.src is "patients", policy.ropa is ["morgue", "ward", … 7 ite')
    lacks = (Missing("asset.encrypted (patients)", "not_read"), Missing('asset.tags["ward"]', "not_read"))
    source.found.append(
        Finding(
            "SIT-KEY-001", Verdict.NOT_CHECKED, Severity.HIGH, held[2].asset.uid, why="aws lab: ward", missing=lacks
        )
    )
    source.found.append(Finding("SIT-KEY-001", Verdict.ACCEPTED, Severity.HIGH, held[1].asset.uid, acceptance="morgue"))
    source.accepted.append(
        Acceptance("morgue", "SIT-KEY-001", held[1].asset.uid, "Jonas said so", "Jonas", second="keller")
    )
    source.read.append(FileRead("oncology.json", "Kubernetes list", "0" * 64, 10, 1, "ward was cut"))
    cell = Coverage(
        "lab", "aws", "lab", "hospice", "s3", "storage.bucket", CoverageStatus.DENIED, detail="lab: no ward"
    )
    source.cells.append(cell)
    return source


@pytest.fixture(scope="module")
def hidden() -> Redacted:
    return Redacted(estate(), b"secret")


@pytest.mark.parametrize("form", FORMS)
def test_no_plain_word_is_left_in_any_form(hidden: Redacted, form: str, tmp_path: Path) -> None:
    choice = Choice(redact=True, inventory=True, scope=Scope(accounts=("lab", "oncology")))
    path = tmp_path / f"report{FORMS[form]}"
    write(hidden, Extras(with_inventory=True), path, choice, form=form)
    told = text_of(path)
    assert [word for word in SECRETS if re.search(rf"(?<!\w){word}(?!\w)", told)] == []
    assert hidden.pseudonym("patients") in told or form in ("csv", "ciso-transfers") or "name-" in told


@pytest.mark.parametrize("form", FORMS)
def test_without_pseudonyms_the_words_are_there(form: str, tmp_path: Path) -> None:
    """What the test above looks for would be found."""
    path = tmp_path / f"report{FORMS[form]}"
    write(estate(), Extras(with_inventory=True), path, Choice(inventory=True), form=form)
    assert "patients" in text_of(path)


def test_what_a_rule_saw_keeps_what_cannot_be_a_name() -> None:
    source = InventedSource(head())
    held = source.add("patients", "storage.bucket", FRANKFURT)
    seen = 'asset.encrypted == false  [asset.encrypted is false, asset.name is "patients", asset.custody: not read]'
    source.fail("SIT-KEY-001", held, seen)
    (finding,) = Redacted(source, b"secret").findings()
    assert finding.why == "asset.encrypted == false  [asset.encrypted is false, asset.custody: not read]"


def test_a_declared_site_keeps_its_country_and_a_region_its_name() -> None:
    hidden = Redacted(estate(), b"secret")
    names = {p.place.name for p in hidden.assets()}
    assert {FRANKFURT.name, VIRGINIA.name} <= names
    (site,) = names - {FRANKFURT.name, VIRGINIA.name}
    assert site.startswith("site-")
    assert site.endswith(", Germany")
    (place,) = [p.place for p in hidden.assets() if p.place.name == site]
    assert (place.latitude, place.longitude, place.countries) == (None, None, ("DE",))


def test_a_scope_names_no_account() -> None:
    hidden = Redacted(estate(), b"secret")
    scope = hidden.scope(Scope(providers=("aws",), accounts=("lab",)))
    assert scope == replace(scope, providers=("aws",))
    assert "lab" not in scope.text
    assert {p.asset.account for p in hidden.assets()} >= {*scope.accounts}
