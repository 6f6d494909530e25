"""How much of a text was read for its summary is counted by its chunks."""

from dataclasses import replace

from rag.retrieval.reading_extent import extent_of
from rag.types import Chunk, Passage
from rag.understanding.planner import plan
from tests.rag.retrieval.test_coverage import chunk
from tests.support.values import present

SUMMARY = plan("Summarise this document.")


def text(count: int, document: int = 1, headings: int = 1) -> list[Chunk]:
    return [
        replace(
            chunk(100 * document + place, heading=f"{1 + place * headings // count}. Title"),
            document_id=document,
            document=f"{document}.pdf",
            start=place * 400,
            end=place * 400 + 400,
        )
        for place in range(count)
    ]


def read(chunks: list[Chunk]) -> list[Passage]:
    return [Passage(each, 1.0) for each in chunks]


def test_a_text_read_whole_is_read_whole_when_neighbours_are_joined_too() -> None:
    chunks = text(4)
    joined = replace(chunks[0], end=chunks[-1].end)
    for passages in (read(chunks), read([joined])):
        extent = present(extent_of([chunks], SUMMARY, passages))
        assert (extent.read, extent.total, extent.documents, extent.is_throughout) == (4, 4, ("1.pdf",), True)


def test_reading_that_stops_halfway_does_not_go_from_beginning_to_end() -> None:
    chunks = text(60)
    spread, begun = (extent_of([chunks], SUMMARY, read(some)) for some in (chunks[::6], chunks[:10]))
    assert spread
    assert begun
    assert (spread.read, spread.total, spread.is_throughout) == (10, 60, True)
    assert (begun.read, begun.total, begun.is_throughout) == (10, 60, False)


def test_of_a_named_section_its_own_chunks_count() -> None:
    chunks = text(10, headings=5)
    extent = present(extent_of([chunks], plan("Summarise section 2."), read(chunks[2:4])))
    assert (extent.read, extent.total, extent.section) == (2, 2, "section 2")


def test_several_documents_are_counted_together() -> None:
    one, other = text(2, 1), text(3, 2)
    extent = present(extent_of([one, [], other], SUMMARY, read([*one, other[0]])))
    assert (extent.read, extent.total, extent.documents) == (3, 5, ("1.pdf", "2.pdf"))
