"""The evidence pack: a zip for auditors with the report, its machine forms, and the documents that findings rest on.

Every file stands in `SHA256SUMS`, which is signed where the report is; `VERIFY.txt` says how to check it with public
tools alone: sha256sum, openssl and pdfsig. The same input gives the same bytes, signatures aside.
"""

import hashlib
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.report.choice import Choice
from app.report.csvform import write_compute
from app.report.files import replacing
from app.report.forms import FORMS
from app.report.fromhistory import chosen
from app.report.produce import Sealing, produce
from app.texts import speaking, tr

if TYPE_CHECKING:
    from app.store import Store

SUMS: Final = "SHA256SUMS"
SIGNATURE: Final = "SHA256SUMS.p7s"
HOW: Final = "VERIFY.txt"
CERTIFICATE: Final = "signer.pem"
COMPUTE: Final = "training-compute.csv"
_FORMS: Final = ("pdf", "html", "json", "csv", "xlsx", "ocsf", "oscal", "sarif")
_MOMENT: Final = (2000, 1, 1, 0, 0, 0)
_PIECE: Final = 1 << 20
_OPENSSL: Final = (
    f"       openssl cms -verify -inform DER -in {SIGNATURE} -content {SUMS} -binary"
    f" -CAfile {CERTIFICATE} -partial_chain -purpose any -out /dev/null"
)


def write_pack(
    store: "Store",
    judgement_id: int,
    path: Path,
    choice: Choice | None = None,
    *,
    sealing: Sealing | None = None,
    documents: bool = True,
) -> Path:
    """Writes the pack and returns its path; the file appears whole or not at all.

    `documents` puts in the evidence of the findings; a redacted pack never holds it, since it names everything. Raises
    ChoiceError, SigningError, KnownStoreError or ReportNotWrittenError.
    """
    choice = choice or Choice()
    kept = sealing or Sealing()
    with (
        speaking(choice.language),
        replacing(path) as target,
        tempfile.TemporaryDirectory(prefix="situs-") as folder,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as pack,
    ):
        sums: list[tuple[str, str]] = []
        for form in _FORMS:
            made = Path(folder) / f"report{FORMS[form]}"
            produce(store, judgement_id, made, choice, form=form, sealing=kept if form == "pdf" else None)
            sums.append((made.name, _add(pack, made.name, made)))
            made.unlink()
        compute = chosen(store, judgement_id, choice)[1].compute
        if compute is not None:
            made = Path(folder) / COMPUTE
            write_compute(compute, made)
            sums.append((COMPUTE, _add(pack, COMPUTE, made)))
        if documents and not choice.redact:
            for digest, body in _documents(store, judgement_id, choice):
                name = f"evidence/{digest}.json"
                _write(pack, name, body)
                sums.append((name, hashlib.sha256(body).hexdigest()))
        how = _how(kept).encode("utf-8")
        _write(pack, HOW, how)
        sums.append((HOW, hashlib.sha256(how).hexdigest()))
        listed = "".join(f"{digest}  {name}\n" for name, digest in sums).encode("utf-8")
        _write(pack, SUMS, listed)
        if kept.key is not None:
            from app.signing.sign import sign_bytes

            signature = sign_bytes(listed, kept.key, time_stamp_server=kept.server)
            _write(pack, SIGNATURE, signature)
            _write(pack, CERTIFICATE, kept.key.certificate_pem())
    return path


def _documents(store: "Store", judgement_id: int, choice: Choice) -> Iterator[tuple[str, bytes]]:
    """The documents that failing and accepted findings rest on, each once, in ascending order of digest."""
    source, _ = chosen(store, judgement_id, choice)
    wanted = {d for f in source.findings() if f.verdict.value in ("fail", "accepted") for d in f.evidence}
    for digest in sorted(wanted):
        try:
            yield digest, store.evidence(digest).body
        except KeyError:
            continue  # the report names it; that it is gone is for `verify` to say


def _add(pack: zipfile.ZipFile, name: str, path: Path) -> str:
    """Puts a file in piece by piece; returns its digest."""
    whole = hashlib.sha256()
    with path.open("rb") as file, pack.open(_entry(name), "w", force_zip64=True) as out:
        while piece := file.read(_PIECE):
            whole.update(piece)
            out.write(piece)
    return whole.hexdigest()


def _write(pack: zipfile.ZipFile, name: str, body: bytes) -> None:
    pack.writestr(_entry(name), body)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _MOMENT)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


def _how(sealing: Sealing) -> str:
    """How to check the pack without this program."""
    lines = [
        tr("How to check this evidence pack with public tools"),
        "",
        tr("1. Every file is the one that was packed (Linux, macOS, Git Bash on Windows):"),
        f"       sha256sum -c {SUMS}",
        tr("   Windows PowerShell, one file at a time, to be compared with its line in {file}:").format(file=SUMS),
        "       Get-FileHash report.pdf -Algorithm SHA256",
        "",
        tr("2. Each document of evidence is named after its SHA-256; the findings in report.json name these digests:"),
        "       sha256sum evidence/*.json",
        "",
    ]
    if sealing.key is not None:
        lines += [
            tr("3. The list of digests is signed; the certificate of the signer is {file}:").format(file=CERTIFICATE),
            _OPENSSL,
            tr("   SHA-256 of the certificate, to be compared with what the signer tells you:"),
            f"       {sealing.key.identity.fingerprint}",
            "",
            tr("4. The PDF is signed as well:"),
            "       pdfsig report.pdf",
            "",
        ]
    else:
        lines += [
            tr("3. Nothing here is signed: the digests show that the files fit each other, not who made them."),
            "",
        ]
    lines += [
        tr("The PDF holds a manifest (situs-manifest.json) with the digests of what is attached to it:"),
        "       pdfdetach -saveall report.pdf",
        "",
    ]
    return "\n".join(lines)
