"""Structure and facts as JSON in the library."""

import pytest

from rag.errors import LibraryError
from rag.stores.rows.json_columns import facts_json, facts_of, structure_json, structure_of
from rag.types import DocumentFacts, Figure, Structure


def test_a_page_without_structure_has_an_empty_column() -> None:
    assert structure_json(Structure()) == ""
    assert structure_of("") == Structure()


def test_only_what_is_known_is_written() -> None:
    assert facts_json(DocumentFacts(title="Überblick")) == '{"title":"Überblick"}'
    assert facts_of('{"title":"Überblick"}') == DocumentFacts(title="Überblick")
    structure = Structure(figures=(Figure(1, 2, "a"),))
    assert structure_of(structure_json(structure)) == structure


def test_a_damaged_column_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(LibraryError, match="from a backup"):
        structure_of('{"headings": [7]}')
    with pytest.raises(LibraryError, match="from a backup"):
        facts_of("[")
