"""`citewell library` as its user meets it: sources found by id, name or path; a check with an exit code."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from cli.main import app
from rag.errors import LibraryError
from rag.stores.sqlite_library import SqliteLibrary
from rag.types import Content, NewDocument, Page


@pytest.fixture(autouse=True)
def _two_documents_of_one_name(tmp_path: Path) -> None:
    library = SqliteLibrary(tmp_path / "library", embedder="minilm")
    for folder in ("one", "two"):
        document = NewDocument(
            name="a.txt", source=f"/{folder}/a.txt", sha256=f"sha of {folder}", recipe="recipe", size=1
        )
        library.replace(Content(document, (Page(number=1, label="1", text="text"),), ()), np.zeros((0, 0), np.float32))
    library.close()


def listed() -> list[str]:
    result = CliRunner().invoke(app, ["library", "list", "--json"])
    return [entry["source"] for entry in json.loads(result.output)]


def test_a_document_is_found_by_path_where_its_name_is_not_enough() -> None:
    ambiguous = CliRunner().invoke(app, ["library", "show", "a.txt"])
    assert isinstance(ambiguous.exception, LibraryError)
    assert "2 sources are called 'a.txt'" in str(ambiguous.exception)
    found = CliRunner().invoke(app, ["library", "show", "/two/a.txt", "--json"])
    assert json.loads(found.output)["source"] == "/two/a.txt"


def test_only_the_named_document_is_removed() -> None:
    assert CliRunner().invoke(app, ["library", "remove", "/one/a.txt"]).output.endswith("1 removed\n")
    assert listed() == ["/two/a.txt"]


def test_nothing_is_removed_if_one_of_the_names_is_unknown() -> None:
    result = CliRunner().invoke(app, ["library", "remove", "/one/a.txt", "nonsense"])
    assert isinstance(result.exception, LibraryError)
    assert "is called 'nonsense'" in str(result.exception)
    assert listed() == ["/one/a.txt", "/two/a.txt"]
