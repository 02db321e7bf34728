"""A new store is made from text, without SQLAlchemy; that text is what the tables say."""

import subprocess
import sys
from pathlib import Path

from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from app.store.schema import SQLITE
from app.store.tables import Table


def written() -> str:
    """What SQLAlchemy would write for the tables, in the order of their names."""
    dialect = sqlite.dialect()
    statements: list[str] = []
    for table in sorted(Table.metadata.sorted_tables, key=lambda t: t.name):
        lines = str(CreateTable(table).compile(dialect=dialect)).replace("\t", "    ").splitlines()
        statements.append("\n".join(line.rstrip() for line in lines if line.strip()))
        here = [i for i in table.indexes if i.name != "asset_version_node"]  # that one is for servers
        here.sort(key=lambda i: str(i.name))
        statements += [str(CreateIndex(index).compile(dialect=dialect)).strip() for index in here]
    return "\n" + ";\n".join(statements) + ";\n"


def test_the_text_is_what_the_tables_say() -> None:
    assert written() == SQLITE, "put this into app/store/schema.py: " + written()


def test_a_store_is_made_and_asked_for_acceptances_without_sqlalchemy(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from app.store import Store\n"
        "with Store.open(Path(sys.argv[1])) as store: assert store.acceptances() == []\n"
        "assert not [m for m in sys.modules if m.partition('.')[0] in ('sqlalchemy', 'sqlmodel', 'pydantic')]\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "new.db")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
