"""Registers from files into the policy: round trips, what people write in cells, and a sentence for each mistake."""

import json
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.cli.main import main
from app.register.entries import Entries, read_register
from app.register.policyfile import merge, toml
from app.register.sheets import MEANINGS, SHEETS, RegisterError
from app.register.tablefile import Sheet, read_tables, write_tables
from rules.catalogue import Catalogue
from rules.policy import Policy, PolicyError

DAY = date(2026, 11, 22)
CATALOGUE = Catalogue.load()
POLICY = """# our policy
allowed_countries = ["EEA"]   # decided in May
organisation = "Example SE"

# the contract with the subsidiary
[[transfer_register]]
id = "SCC-1"
importer = "Example Inc."
country = "US"
tool = "scc"
data_classes = ["personal"]

# retention was decided later
[retention_days]
personal = 730
"""
ENTRY = {
    "id": "SCC-2",
    "importer": "Imaging KK",
    "country": "in",
    "tool": "scc",
    "data_classes": "personal; pseudonymised",
}


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "policy.toml"
    path.write_bytes(POLICY.encode())
    return path


def as_file(path: Path, rows: list[dict[str, object]], name: str = "transfer_register") -> Path:
    columns = list(dict.fromkeys(c for row in rows for c in row))
    write_tables(path, [Sheet(name, columns, [[row.get(c) for c in columns] for row in rows])])
    return path


def load(path: Path) -> Policy:
    return Policy.load(path, CATALOGUE, DAY)


@pytest.mark.parametrize("form", ["xlsx", "csv", "json"])
def test_entries_reach_the_policy_and_nothing_else_changes(tmp_path, policy, form):
    file = as_file(
        tmp_path / f"register.{form}", [{**ENTRY, "expires": "31.03.2028", "assets": "arn:aws:s3:::a;arn:aws:s3:::b"}]
    )
    assert main(["register", "import", str(file), "--policy", str(policy)]) == 0
    entries = {e.id: e for e in load(policy).transfer_register}
    assert set(entries) == {"SCC-1", "SCC-2"}
    new = entries["SCC-2"]
    assert (new.country, new.expires, new.data_classes) == ("IN", date(2028, 3, 31), ("personal", "pseudonymised"))
    assert new.assets == ("arn:aws:s3:::a", "arn:aws:s3:::b")
    assert policy.read_text(encoding="utf-8").startswith(POLICY)
    assert (tmp_path / "policy.toml.bak").read_bytes() == POLICY.encode()


def test_importing_again_changes_nothing_and_a_change_replaces_only_its_entry(tmp_path, policy):
    file = as_file(tmp_path / "r.json", [ENTRY])
    for _ in range(2):
        assert main(["register", "import", str(file), "--policy", str(policy)]) == 0
    first = policy.read_bytes()
    assert (tmp_path / "policy.toml.bak").read_bytes() == POLICY.encode()  # the second import wrote nothing
    as_file(file, [{**ENTRY, "tia_date": "2026-01-05"}])
    assert main(["register", "import", str(file), "--policy", str(policy)]) == 0
    entries = {e.id: e for e in load(policy).transfer_register}
    assert entries["SCC-2"].tia_date == date(2026, 1, 5)
    assert len(entries) == 2
    assert policy.read_bytes().count(b"# >>> transfer_register") == 1
    assert (tmp_path / "policy.toml.bak").read_bytes() == first


def test_an_entry_written_by_hand_is_replaced_and_the_remarks_around_it_stay(tmp_path, policy):
    file = as_file(tmp_path / "r.json", [{**ENTRY, "id": "SCC-1", "country": "US"}])
    assert main(["register", "import", str(file), "--policy", str(policy)]) == 0
    text = policy.read_text(encoding="utf-8")
    assert [e.importer for e in load(policy).transfer_register] == ["Imaging KK"]
    assert "# retention was decided later\n[retention_days]\npersonal = 730" in text
    assert "# decided in May" in text


def test_entries_that_no_policy_would_hold_are_refused_as_such(tmp_path, policy, monkeypatch, capsys):
    monkeypatch.setattr("app.register.policyfile.MOST_BYTES", 1_000)
    file = as_file(tmp_path / "r.json", [{**ENTRY, "id": f"SCC-{n}", "note": "x" * 100} for n in range(20)])
    assert main(["register", "import", str(file), "--policy", str(policy)]) == 2
    assert "with these entries" in capsys.readouterr().err
    assert policy.read_bytes() == POLICY.encode()


def test_headings_within_texts_are_no_entries(tmp_path, policy):
    odd = POLICY.replace('importer = "Example Inc."', 'importer = """A\n[[transfer_register]]\nid = "SCC-9"\n"""')
    policy.write_bytes(odd.encode())
    file = as_file(tmp_path / "r.json", [{**ENTRY, "id": "SCC-1"}])
    assert main(["register", "import", str(file), "--policy", str(policy)]) == 0
    assert [(e.id, e.importer) for e in load(policy).transfer_register] == [("SCC-1", "Imaging KK")]
    assert load(policy).retention_days == {"personal": 730}


def test_whole_removes_what_the_file_does_not_name(tmp_path, policy):
    file = as_file(tmp_path / "r.json", [ENTRY])
    assert main(["register", "import", str(file), "--policy", str(policy), "--whole"]) == 0
    assert [e.id for e in load(policy).transfer_register] == ["SCC-2"]
    assert load(policy).retention_days == {"personal": 730}


def test_windows_line_ends_and_a_byte_order_mark_stay(tmp_path, policy):
    policy.write_bytes(b"\xef\xbb\xbf" + POLICY.replace("\n", "\r\n").encode())
    file = as_file(tmp_path / "r.json", [ENTRY])
    assert main(["register", "import", str(file), "--policy", str(policy)]) == 0
    body = policy.read_bytes()
    assert body.startswith(b"\xef\xbb\xbf# our policy\r\n")
    assert body.count(b"\n") == body.count(b"\r\n")


def test_a_register_declared_empty_is_filled_and_one_in_brackets_is_refused(tmp_path, policy):
    file = as_file(tmp_path / "r.json", [ENTRY])
    policy.write_text('transfer_register = []\norganisation = "X"\n', encoding="utf-8")
    assert main(["register", "import", str(file), "--policy", str(policy)]) == 0
    assert [e.id for e in load(policy).transfer_register] == ["SCC-2"]
    inline = 'transfer_register = [{id = "A", importer = "B", country = "US", tool = "scc"}]\n'
    policy.write_text(inline, encoding="utf-8")
    with pytest.raises(RegisterError, match=r"line 1: `transfer_register` is written as a list in brackets"):
        merge(policy, read_register(file, CATALOGUE, DAY).parts, CATALOGUE, DAY)
    assert policy.read_text(encoding="utf-8") == inline


def test_a_policy_with_mistakes_is_not_touched(tmp_path, policy):
    policy.write_text("allowed_countries = 3\n", encoding="utf-8")
    file = as_file(tmp_path / "r.json", [ENTRY])
    with pytest.raises(PolicyError):
        merge(policy, read_register(file, CATALOGUE, DAY).parts, CATALOGUE, DAY)
    assert policy.read_text(encoding="utf-8") == "allowed_countries = 3\n"
    assert not (tmp_path / "policy.toml.bak").exists()


def test_dry_run_writes_nothing(tmp_path, policy, capsys):
    file = as_file(tmp_path / "r.json", [ENTRY])
    assert main(["register", "import", str(file), "--policy", str(policy), "--dry-run", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["added"] == 1
    assert policy.read_bytes() == POLICY.encode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"country": "XX"}, "country.*XX"),
        ({"country": "Frankenreich"}, "Frankenreich"),
        ({"tool": "contract"}, "contract.*Allowed: adequacy"),
        ({"importer": ""}, "`importer` is missing"),
        ({"expires": "03/04/2028"}, "03/04/2028.*not a day"),
        ({"scope_confirmed": "perhaps"}, "perhaps.*yes or no"),
        ({"data_classes": "personnal"}, "personnal.*Did you mean “personal”"),
        ({"toool": "scc"}, "toool.*Did you mean “tool”"),
    ],
)
def test_each_mistake_is_a_sentence_with_its_row_and_nothing_is_written(tmp_path, policy, change, said):
    file = as_file(tmp_path / "r.csv", [{**ENTRY, **change}])
    with pytest.raises(RegisterError, match=f"(?s)r.csv, line 2.*(?:{said})"):
        read_register(file, CATALOGUE, DAY, "transfer_register")
    assert main(["register", "import", str(file), "--policy", str(policy), "--sheet", "transfer_register"]) == 2
    assert policy.read_bytes() == POLICY.encode()


def test_the_same_number_twice_is_named(tmp_path):
    file = as_file(tmp_path / "r.csv", [ENTRY, {**ENTRY, "importer": "Other"}])
    with pytest.raises(RegisterError, match=r"line 3, column “id”: “SCC-2” is used twice"):
        read_register(file, CATALOGUE, DAY)


@pytest.mark.parametrize("body", [b"", b"PK\x03\x04 broken", b"\xff\xfe\x00", b"[1,2]", b"{}", b"[" * 5000])
@pytest.mark.parametrize("form", ["xlsx", "csv", "json"])
def test_files_of_any_content_end_in_a_sentence(tmp_path, body, form):
    file = tmp_path / f"odd.{form}"
    file.write_bytes(body)
    with pytest.raises(RegisterError, match="odd"):
        read_register(file, CATALOGUE, DAY)


def test_every_sheet_of_the_template_can_be_filled_in_and_imported(tmp_path, policy):
    template = tmp_path / "registers.xlsx"
    assert main(["register", "template", "--out", str(template)]) == 0
    book = openpyxl.load_workbook(template)
    assert book.sheetnames == [*SHEETS, "Columns"]
    rows = {
        "transfer_register": {"id": "SCC-9", "importer": "A", "country": "US", "tool": "scc"},
        "processing_record": {"id": "VVT-1", "name": "Training", "countries": "EEA; CH", "ends": date(2029, 1, 1)},
        "processors": {"id": "P-1", "vendor": "Cloud", "provider": "aws", "no_training_clause": "yes"},
        "accounts": {"id": "012345678901", "entity": "A", "country": "US"},
        "exit_plans": {"provider": "aws", "tested": "2026-02-03"},
    }
    for name, row in rows.items():
        page = book[name]
        columns = [cell.value for cell in page[1]]
        for column, value in row.items():
            page.cell(row=2, column=columns.index(column) + 1, value=value)
    book.save(template)
    assert main(["register", "import", str(template), "--policy", str(policy)]) == 0
    found = load(policy)
    assert {e.id for e in found.transfer_register} == {"SCC-1", "SCC-9"}
    assert found.ropa[0].ends == date(2029, 1, 1)
    assert "CH" in found.ropa[0].countries
    assert found.processors[0].no_training_clause is True
    assert found.accounts[0].id == "012345678901"
    assert found.exit_plans[0].tested == date(2026, 2, 3)


def test_the_template_filled_from_a_policy_comes_back_unchanged(tmp_path, policy, capsys):
    template = tmp_path / "registers.xlsx"
    assert main(["register", "template", "--out", str(template), "--policy", str(policy)]) == 0
    assert main(["register", "import", str(template), "--policy", str(policy), "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [(t["setting"], t["same"], t["added"] + t["changed"]) for t in told] == [("transfer_register", 1, 0)]
    assert policy.read_bytes() == POLICY.encode()


def test_a_number_that_may_have_lost_its_zero_is_remarked(tmp_path):
    file = tmp_path / "accounts.json"
    file.write_text('[{"id": 12345678901, "entity": "A", "country": "DE"}]', encoding="utf-8")
    read = read_register(file, CATALOGUE, DAY)
    assert read.parts[0].entries[0]["id"] == "12345678901"
    assert any("begin with 0" in remark for remark in read.remarks)


def test_formulas_are_written_as_text_and_come_back(tmp_path):
    for form in ("xlsx", "csv"):
        file = as_file(tmp_path / f"r.{form}", [{**ENTRY, "note": "=HYPERLINK(1)"}])
        assert read_tables(file)[0].rows[0].cells["note"] == "=HYPERLINK(1)"
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert all(cell.data_type != "f" for row in book.active for cell in row)
    assert ",'=HYPERLINK" in (tmp_path / "r.csv").read_text(encoding="utf-8-sig")


def test_every_column_is_explained():
    assert {f"{s.name}.{c}" for s in SHEETS.values() for c in s.columns} == set(MEANINGS)


@pytest.mark.parametrize("text", ['quo"te', "back\\slash", "new\nline", "\x00\x1b\x7f", "ÄÖ “x”", "# no remark"])
def test_texts_survive_toml(text):
    import tomllib

    assert tomllib.loads(f"x = {toml(text)}")["x"] == text


def test_marks_that_were_damaged_are_a_sentence_and_nothing_is_written(tmp_path, policy):
    file = as_file(tmp_path / "r.json", [ENTRY])
    assert main(["register", "import", str(file), "--policy", str(policy)]) == 0
    damaged = policy.read_text(encoding="utf-8").replace("# <<< transfer_register", "")
    policy.write_text(damaged, encoding="utf-8")
    as_file(file, [{**ENTRY, "tia_date": "2026-01-05"}])
    with pytest.raises(RegisterError, match="must stand in the policy once each"):
        merge(policy, read_register(file, CATALOGUE, DAY).parts, CATALOGUE, DAY)
    assert policy.read_text(encoding="utf-8") == damaged


WORDS = st.text(st.characters(blacklist_categories=("Cs",)), min_size=1, max_size=12).filter(str.strip)


@settings(max_examples=40, derandomize=True, deadline=None)
@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=4, unique_by=lambda pair: pair[0]), st.booleans())
def test_entries_of_any_text_are_read_back_as_they_were_given(tmp_path_factory, pairs, by_hand):
    path = tmp_path_factory.mktemp("any") / "policy.toml"
    if by_hand:
        path.write_text(POLICY, encoding="utf-8")
    entries = [{"id": name, "importer": text, "country": "US", "tool": "scc"} for name, text in pairs]
    for _ in range(2):
        merge(path, [Entries(SHEETS["transfer_register"], entries)], CATALOGUE, DAY)
    found = {e.id: e.importer for e in load(path).transfer_register if e.id != "SCC-1"}
    assert found == {name: text for name, text in pairs if name != "SCC-1"}
