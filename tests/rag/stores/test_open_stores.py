"""The stores are where the settings say; a library in a folder needs none of PostgreSQL's and Milvus's packages."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from rag.errors import SettingsError
from rag.stores.open_stores import open_stores
from tests.support.paths import ROOT

DEFAULT = """
import sys
from pathlib import Path
from rag.services import Services
from rag.settings import load_settings
with Services(load_settings(library=Path(sys.argv[1]))) as services:
    services.library.documents(), services.conversations.conversations(None), services.notes.owners()
    services.stores.indexes(3).refresh()
print(sorted(sys.modules.keys() & {"psycopg", "alembic", "sqlalchemy", "pgvector", "pymilvus", "grpc"}))
print([name for name in sys.modules if name.startswith(("rag.stores.postgres", "rag.stores.milvus"))])
"""


def test_a_library_in_a_folder_imports_nothing_of_postgresql_or_milvus(tmp_path: Path) -> None:
    command = [sys.executable, "-c", DEFAULT, str(tmp_path / "library")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["[]", "[]"]
    assert (tmp_path / "library" / "library.sqlite").is_file()


def test_without_the_extra_the_setting_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("rag.stores.postgres")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(SettingsError, match=r"needs psycopg\. Run 'pip install --editable \"\.\[postgres\]\"'"):
        open_stores(tmp_path, "postgresql://localhost/library", "words")


@pytest.mark.postgres
def test_a_library_in_a_database_writes_nothing_into_the_folder(tmp_path: Path, postgres_address: str) -> None:
    with closing(open_stores(tmp_path, postgres_address, "words")) as stores:
        assert stores.library.documents() == []
        stores.indexes(3).refresh()
    assert list(tmp_path.iterdir()) == []
