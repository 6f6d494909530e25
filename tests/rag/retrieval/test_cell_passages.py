"""The rows of a computed result are among the passages."""

from collections.abc import Callable

from rag.retrieval.cell_passages import cell_passages
from rag.stores.sqlite_library import SqliteLibrary
from rag.types import Chunk, Passage
from rag.types.computed import Computed, Operand


def computed_from(chunk: Chunk) -> Computed:
    """Return a result from a row that is the whole of a chunk."""
    operand = Operand(
        document_id=chunk.document_id,
        document=chunk.document,
        page=chunk.page,
        start=chunk.start,
        end=chunk.end,
        text="5",
        quote_start=chunk.start,
        quote_end=chunk.end,
        quote=chunk.text,
    )
    return Computed(kind="lookup", statement="5", operands=(operand, operand), confidence=1.0)


def stored(library: SqliteLibrary, store_text: Callable[..., int], name: str) -> list[Chunk]:
    return library.chunks(library.chunk_ids({store_text(name, "Sales | 5", "Costs | 6", "Notes")}))


def test_a_row_that_the_search_missed_is_read_from_the_library(
    library: SqliteLibrary, store_text: Callable[..., int]
) -> None:
    row, _, note = stored(library, store_text, "a.txt")
    (other, *_) = stored(library, store_text, "b.txt")
    passages = cell_passages(computed_from(row), [Passage(other, 0.9), Passage(note, 0.7)], library)
    assert passages == [Passage(row, 0.7), Passage(note, 0.7)]


def test_a_row_that_was_found_is_there_once(library: SqliteLibrary, store_text: Callable[..., int]) -> None:
    row, _, note = stored(library, store_text, "a.txt")
    found = [Passage(note, 0.7), Passage(row, 0.5)]
    assert cell_passages(computed_from(row), found, library) == found
