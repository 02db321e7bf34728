"""Editions of the catalogue: signed, checked, previewed, installed, taken back."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from app.cli.main import main
from app.edition import file as editions
from app.edition import installed, keys
from app.edition.changes import KEYS, facts
from app.edition.file import MANIFEST, SIGNATURE, EditionError
from resources import ROOT
from rules.catalogue import Catalogue
from rules.catalogue.tables import FILES, rows

SECRET = "a phrase for tests only"  # noqa: S105 - protects nothing


@pytest.fixture(autouse=True)
def _passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITUS_KEY_PASSPHRASE", SECRET)


@pytest.fixture
def key(tmp_path: Path, home: Path) -> Path:
    assert main(["catalogue", "key", "--out", str(tmp_path / "counsel")]) == 0
    return tmp_path / "counsel.pem"


def changed(folder: Path, name: str, change: Callable[[str], str], as_of: str = "2027-01-15") -> Path:
    """The fact files of the program with one of them changed, as of another day."""
    folder.mkdir()
    for path in (ROOT / "catalogue").iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    meta = f'version = "test"\nas_of = {as_of}\n'
    (folder / "meta.toml").write_text(meta, encoding="utf-8")
    (folder / name).write_text(change((folder / name).read_text(encoding="utf-8")), encoding="utf-8")
    return folder


def without_the_uk(text: str) -> str:
    """The adequacy decision for the United Kingdom ends early."""
    assert "2031-12-27" in text
    return text.replace("2031-12-27", "2026-06-30")


def packed(folder: Path, key: Path, out: Path) -> Path:
    assert main(["catalogue", "pack", "--from", str(folder), "--key", str(key), "--out", str(out)]) == 0
    return out


@pytest.fixture
def newer(tmp_path: Path, key: Path) -> Path:
    source = changed(tmp_path / "facts", "adequacy.csv", without_the_uk)
    return packed(source, key, tmp_path / "new.situs-catalogue")


def trust(tmp_path: Path) -> None:
    assert main(["catalogue", "trust", str(tmp_path / "counsel.pub.pem"), "--name", "Legal counsel"]) == 0


def test_only_a_trusted_signature_counts(newer: Path, tmp_path: Path, home: Path, capsys):
    assert main(["catalogue", "install", str(newer)]) == 2
    assert "not trusted here" in capsys.readouterr().err
    assert installed.current() is Catalogue.load()
    trust(tmp_path)
    assert main(["catalogue", "install", str(newer)]) == 0
    found = installed.current()
    assert (found.version, found.as_of.isoformat()) == ("test", "2027-01-15")
    assert not found.adequacy_valid("GB", found.as_of)
    assert installed.current() is found
    capsys.readouterr()
    assert main(["catalogue", "show"]) == 0
    assert "signed by Legal counsel" in capsys.readouterr().out
    mark = keys.trusted_keys(home)[0].fingerprint
    assert main(["catalogue", "distrust", mark[:8]]) == 0
    with pytest.raises(EditionError, match="does not count any more"):
        installed.current()
    assert main(["judge", "--store", str(tmp_path / "no.db")]) != 0
    assert main(["catalogue", "remove"]) == 0
    assert installed.current() is Catalogue.load()


@pytest.mark.parametrize("name", ["adequacy.csv", MANIFEST, SIGNATURE, "more.csv", "law.yaml"])
def test_nothing_that_was_altered_counts(newer: Path, tmp_path: Path, home: Path, name: str, capsys):
    trust(tmp_path)
    with zipfile.ZipFile(newer) as archive:
        members = {n: archive.read(n) for n in archive.namelist()}
    if name == "law.yaml":
        del members[name]
    else:
        members[name] = members.get(name, b"")[:-1] + b"x"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for member, body in members.items():
            archive.writestr(member, body)
    newer.write_bytes(out.getvalue())
    assert main(["catalogue", "install", str(newer)]) == 2
    assert "Nothing was changed" in capsys.readouterr().err or name == MANIFEST
    assert installed.current() is Catalogue.load()


def test_what_was_altered_after_it_was_installed_does_not_count(newer: Path, tmp_path: Path, home: Path):
    trust(tmp_path)
    assert main(["catalogue", "install", str(newer)]) == 0
    path = home / installed.FILE
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(EditionError, match="catalogue remove"):
        installed.current()


@pytest.mark.parametrize("body", [b"", b"PK\x05\x06" + b"\0" * 18, b"not a zip", b"PK\x03\x04" + b"\xff" * 200])
def test_other_files_are_no_editions(body: bytes, tmp_path: Path, home: Path, capsys):
    path = tmp_path / "x.situs-catalogue"
    path.write_bytes(body)
    assert main(["catalogue", "install", str(path)]) == 2
    assert "x.situs-catalogue" in capsys.readouterr().err


def test_a_member_that_grows_without_end_is_refused(tmp_path: Path, home: Path, capsys):
    path = tmp_path / "bomb.situs-catalogue"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MANIFEST, b" " * (9 * 1024 * 1024))
    assert path.stat().st_size < 100_000
    assert main(["catalogue", "install", str(path)]) == 2
    assert "too large" in capsys.readouterr().err


def test_a_damaged_byte_in_a_compressed_member_is_a_sentence(newer: Path, tmp_path: Path, home: Path, capsys):
    trust(tmp_path)
    body = bytearray(newer.read_bytes())
    for at in range(len(body) // 3, len(body) // 3 + 40):
        body[at] ^= 0xFF
    newer.write_bytes(bytes(body))
    capsys.readouterr()
    assert main(["catalogue", "install", str(newer)]) == 2
    said = capsys.readouterr().err
    assert "damaged" in said or "not as it was signed" in said
    assert "inside the program" not in said
    assert installed.current() is Catalogue.load()


def test_facts_of_a_day_that_is_still_to_come_would_never_be_too_old(
    tmp_path: Path, key: Path, home: Path, monkeypatch, capsys
):
    trust(tmp_path)
    source = changed(tmp_path / "facts", "adequacy.csv", without_the_uk, "2062-01-15")
    out = tmp_path / "far.situs-catalogue"
    words = ["catalogue", "pack", "--from", str(source), "--key", str(key), "--out", str(out)]
    assert main(words) == 2
    assert "still to come" in capsys.readouterr().err
    with monkeypatch.context() as patch:
        patch.setattr(editions, "_AHEAD", 99_999)
        packed(source, key, out)
    assert main(["catalogue", "install", str(out)]) == 2
    assert "still to come" in capsys.readouterr().err
    assert installed.current() is Catalogue.load()


def test_nobody_to_ask_for_a_passphrase_is_a_sentence(tmp_path: Path, home: Path, monkeypatch, capsys):
    monkeypatch.delenv("SITUS_KEY_PASSPHRASE")
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert main(["catalogue", "key", "--out", str(tmp_path / "k")]) == 2
    assert "SITUS_KEY_PASSPHRASE" in capsys.readouterr().err
    assert not (tmp_path / "k.pem").exists()


def test_an_older_edition_needs_a_word(tmp_path: Path, key: Path, home: Path, capsys):
    trust(tmp_path)
    source = changed(tmp_path / "old", "adequacy.csv", without_the_uk, "2026-01-01")
    old = packed(source, key, tmp_path / "old.situs-catalogue")
    assert main(["catalogue", "install", str(old)]) == 2
    assert "older" in capsys.readouterr().err
    capsys.readouterr()
    assert main(["catalogue", "install", "--older", str(old)]) == 0
    assert "does not count" in capsys.readouterr().err
    assert installed.standing().set_aside == "test"
    assert installed.current() is Catalogue.load()


def test_facts_without_source_are_not_packed(tmp_path: Path, key: Path, capsys):
    source = changed(tmp_path / "bad", "adequacy.csv", lambda text: text + "XX,decision,2026-01-01,,no\n")
    out = tmp_path / "bad.situs-catalogue"
    assert main(["catalogue", "pack", "--from", str(source), "--key", str(key), "--out", str(out)]) == 2
    assert "adequacy.csv" in capsys.readouterr().err
    assert not out.exists()


def test_law_that_rules_cite_must_be_there(tmp_path: Path, key: Path, home: Path, capsys):
    trust(tmp_path)
    source = changed(tmp_path / "law", "law.yaml", lambda text: text.replace("gdpr.art44", "gdpr.art444"))
    out = packed(source, key, tmp_path / "law.situs-catalogue")
    assert main(["catalogue", "install", str(out)]) == 2
    assert "gdpr.art44" in capsys.readouterr().err
    assert installed.current() is Catalogue.load()


def test_a_change_of_law_in_a_country_is_a_fact_of_its_own(tmp_path: Path, key: Path, home: Path, capsys):
    trust(tmp_path)
    capsys.readouterr()
    row = "dates:\n- {date: '2026-11-01', what: An act, country: IN, source: s, confidence: verified}\n"
    source = changed(tmp_path / "law", "law.yaml", lambda text: text.replace("dates:\n", row))
    out = packed(source, key, tmp_path / "law.situs-catalogue")
    assert main(["catalogue", "preview", str(out), "--format", "json"]) == 0
    (fact,) = json.loads(capsys.readouterr().out)["facts"]
    assert (fact["file"], fact["key"], fact["change"]) == ("law.yaml", "IN 2026-11-01 An act", "new")


def test_a_column_that_an_edition_does_not_have_is_no_change_of_every_row(
    tmp_path: Path, key: Path, home: Path, capsys
):
    """Editions from before countries had codes of three letters say nothing else of them."""
    trust(tmp_path)
    capsys.readouterr()

    def before(text: str) -> str:
        kept = [dict(row) for row in csv.DictReader(io.StringIO(text, newline=""))]
        out = io.StringIO(newline="")
        columns = [c for c in kept[0] if c not in ("iso3", "unclear_names", "names_source")]
        writer = csv.DictWriter(out, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows({**row, "name": "Deutschland"} if row["iso2"] == "DE" else row for row in kept)
        return out.getvalue()

    out = packed(changed(tmp_path / "old", "jurisdictions.csv", before), key, tmp_path / "old.situs-catalogue")
    assert main(["catalogue", "preview", str(out), "--format", "json"]) == 0
    (fact,) = json.loads(capsys.readouterr().out)["facts"]
    assert (fact["key"], fact["cells"]) == ("DE", {"name": ["Germany", "Deutschland"]})


def test_the_preview_tells_facts_and_findings_and_stores_nothing(newer: Path, tmp_path: Path, world, capsys):
    trust(tmp_path)
    capsys.readouterr()
    store = tmp_path / "situs.db"
    before = store.read_bytes()
    assert main(["catalogue", "preview", str(newer), "--format", "json", *world[0]]) == 0
    found = json.loads(capsys.readouterr().out)
    (fact,) = found["facts"]
    assert (fact["file"], fact["change"]) == ("adequacy.csv", "changed")
    assert fact["cells"]["valid_until"] == ["2031-12-27", "2026-06-30"]
    told = {c["rule"]: (c["change"], c["before"], c["after"]) for c in found["findings"]["changes"]}
    assert told["SIT-RES-001"] == ("new", None, ["fail", "critical"])
    assert told["SIT-RES-002"] == ("gone", ["fail", "high"], None)  # the graver rule stands for it
    assert told["SIT-XFER-011"] == ("changed", ["fail", "high"], ["fail", "critical"])
    assert store.read_bytes() == before
    assert main(["catalogue", "preview", str(newer), *world[0]]) == 0
    text = capsys.readouterr().out
    assert "1 fact changes" in text
    assert "SIT-RES-001" in text
    # what the preview says is what judging by the installed edition gives
    assert main(["catalogue", "install", str(newer)]) == 0
    capsys.readouterr()
    assert main(["judge", "--policy", str(world[1]), "--as-of", "2026-11-22", "--format", "json", *world[0]]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["versions"]["catalogue"].endswith(installed.current().digest)
    rules = {f["rule"] for f in report["findings"] if f.get("asset") == "//storage.googleapis.com/to-gb"}
    assert rules & {"SIT-RES-001", "SIT-RES-002"} == {"SIT-RES-001"}


def test_the_same_facts_change_nothing(world, tmp_path: Path, key: Path, capsys):
    trust(tmp_path)
    same = packed(changed(tmp_path / "same", "adequacy.csv", str), key, tmp_path / "same.situs-catalogue")
    capsys.readouterr()
    assert main(["catalogue", "preview", str(same), "--format", "json", *world[0]]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["facts"] == []
    assert found["findings"]["changes"] == []


def test_facts_are_written_changed_and_packed_again(tmp_path: Path, key: Path, home: Path):
    out = tmp_path / "out"
    assert main(["catalogue", "facts", "--out", str(out)]) == 0
    assert {p.name for p in out.iterdir()} == {*FILES, "law.yaml", "meta.toml"}
    assert facts(editions.built_in(), editions.Edition({p.name: p.read_bytes() for p in out.iterdir()})) == []
    assert main(["catalogue", "facts", "--out", str(out)]) == 2


def test_the_same_facts_and_key_give_the_same_bytes(tmp_path: Path, key: Path):
    source = changed(tmp_path / "f", "adequacy.csv", str)
    one, other = (packed(source, key, tmp_path / f"{n}.situs-catalogue").read_bytes() for n in "ab")
    assert one == other


def test_rows_are_told_apart_by_their_keys():
    assert KEYS.keys() == FILES.keys()
    for name, body in editions.built_in().files.items():
        if name in KEYS:
            found = [" ".join(row[k] for k in KEYS[name]) for row in rows(name, body)]
            assert len(found) == len(set(found)), name


def test_keys_are_kept_apart(tmp_path: Path, key: Path, home: Path, monkeypatch, capsys):
    assert main(["catalogue", "key", "--out", str(tmp_path / "counsel")]) == 2
    assert "never overwritten" in capsys.readouterr().err
    assert b"ENCRYPTED" in key.read_bytes()
    monkeypatch.setenv("SITUS_KEY_PASSPHRASE", "another phrase")
    out = str(tmp_path / "x.situs-catalogue")
    words = ["catalogue", "pack", "--from", str(ROOT / "catalogue"), "--key", str(key), "--out", out]
    assert main(words) == 2
    assert "passphrase is wrong" in capsys.readouterr().err
    monkeypatch.delenv("SITUS_KEY_PASSPHRASE")
    assert main(words) == 2
    assert "SITUS_KEY_PASSPHRASE" in capsys.readouterr().err
    assert main(["catalogue", "trust", str(key)]) == 2  # a private key is no public one
    assert "no public key" in capsys.readouterr().err
