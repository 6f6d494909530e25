"""`citewell library` as its user meets it: sources found by id, name or path; facts; a check with an exit code."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.main import app
from rag.errors import LibraryError, QuestionError
from rag.stores.sqlite_library import SqliteLibrary
from rag.types import Content, NewChunk, Overview
from tests.cli.stored_documents import TEXT, new_document, store
from tests.support.stored_texts import put
from tests.web.routes.test_guide_routes import record


@pytest.fixture(autouse=True)
def _two_documents_of_one_name(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        store(tmp_path / "library", new_document("a.txt", source=f"/{folder}/a.txt", sha256=f"sha of {folder}"))


def rows() -> list[dict[str, Any]]:
    return list(json.loads(CliRunner().invoke(app, ["library", "list", "--json"]).output))


def listed() -> list[str]:
    return [row["source"] for row in rows()]


def test_a_document_is_found_by_path_where_its_name_is_not_enough() -> None:
    ambiguous = CliRunner().invoke(app, ["library", "show", "a.txt"])
    assert isinstance(ambiguous.exception, LibraryError)
    assert "2 sources are called 'a.txt'" in str(ambiguous.exception)
    found = CliRunner().invoke(app, ["library", "show", "/two/a.txt", "--json"])
    assert json.loads(found.output)["source"] == "/two/a.txt"


def test_a_kept_overview_is_shown_with_its_document(tmp_path: Path) -> None:
    library = SqliteLibrary(tmp_path / "library", embedder="minilm")
    content = Content(new_document("fees.txt"), (TEXT,), (NewChunk(1, 0, 4, "text"),))
    id_ = put(library, content).id
    value = record("The entry fee is 20 euros [1].\nChildren pay less.")
    overview = Overview(document_id=id_, language="en", model="tiny", record=value, made_at="2026-11-26T12:00:00")
    assert library.keep_overview(overview, library.chunk_ids())
    library.close()
    printed = CliRunner().invoke(app, ["library", "show", "fees.txt"]).output
    assert "made 2026-11-26 by tiny\nThe entry fee is 20 euros.\nChildren pay less." in printed
    (shown,) = json.loads(CliRunner().invoke(app, ["library", "show", "fees.txt", "--json"]).output)["overviews"]
    assert (shown["language"], shown["text"]) == ("en", "The entry fee is 20 euros.\nChildren pay less.")
    assert "overview" not in CliRunner().invoke(app, ["library", "show", "/one/a.txt"]).output


def test_only_the_named_document_is_removed_and_nothing_if_one_of_the_names_is_unknown() -> None:
    result = CliRunner().invoke(app, ["library", "remove", "/one/a.txt", "nonsense"])
    assert isinstance(result.exception, LibraryError)
    assert "is called 'nonsense'" in str(result.exception)
    assert listed() == ["/one/a.txt", "/two/a.txt"]
    assert CliRunner().invoke(app, ["library", "remove", "/one/a.txt"]).output.endswith("1 removed\n")
    assert listed() == ["/two/a.txt"]


def facts(*arguments: str) -> dict[str, Any]:
    return dict(json.loads(CliRunner().invoke(app, ["library", "facts", *arguments, "--json"]).output))


def test_what_a_document_is_can_be_corrected_and_taken_back() -> None:
    refused = CliRunner().invoke(app, ["library", "facts", "/one/a.txt", "--title", "x", "--date", "yesterday"])
    assert isinstance(refused.exception, QuestionError)
    assert facts("/one/a.txt")["edited"] == []
    entered = facts("/one/a.txt", "--title", "Annual report", "--period", "2019", "--kind", "10k", "--language", "EN")
    assert {fact: value for fact, value in entered["facts"].items() if value} == {
        "title": "Annual report",
        "period": "2019",
        "kind": "10-K",
        "language": "en",
    }
    assert entered["edited"] == ["kind", "language", "period", "title"]
    assert facts("/one/a.txt", "--reset", "--title", "Report")["edited"] == ["title"]
    (listed_facts,) = {json.dumps(row["facts"]) for row in rows() if row["source"] == "/one/a.txt"}
    assert '"title": "Report"' in listed_facts


def test_facts_are_printed_and_what_is_missing_is_said() -> None:
    unknown = CliRunner().invoke(app, ["library", "facts", "/two/a.txt"]).output
    assert "nothing is known about it" in unknown
    known = CliRunner().invoke(app, ["library", "facts", "/two/a.txt", "--title", "Picnic", "--kind", ""]).output
    assert "Picnic  (entered)" in known
    assert "none  (entered)" in known
    assert "citewell library refresh" in known
    assert "Picnic" in CliRunner().invoke(app, ["library", "list"], env={"COLUMNS": "200"}).output


def test_documents_without_their_files_are_counted_when_the_others_are_read_again() -> None:
    output = CliRunner().invoke(app, ["library", "refresh"]).output
    assert "0 read again" in output
    assert "2 documents have lost their files" in output
    result = json.loads(CliRunner().invoke(app, ["library", "refresh", "--json"]).output)
    assert result == {"files": [], "without_source": ["a.txt", "a.txt"]}
