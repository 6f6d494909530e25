"""The headings above passages, compared with the question."""

from collections.abc import Sequence

import pytest

from rag.interfaces import Vectors
from rag.retrieval import sections
from rag.retrieval.sections import HeadingVectors, heading_of
from rag.types import Chunk
from tests.support.fakes import WordEmbedder


class CountingEmbedder(WordEmbedder):
    def __init__(self) -> None:
        self.embedded: list[str] = []

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        self.embedded += texts
        return super().embed_queries(texts)


def test_a_heading_counts_by_its_likeness_to_the_question_and_none_counts_nothing() -> None:
    embedder = WordEmbedder()
    bonuses = HeadingVectors(embedder).bonuses(
        embedder.embed_query("cash flow statement"), ["Statement of cash flow", "Flow charts", "Whales", ""]
    )
    assert bonuses["Statement of cash flow"] > bonuses["Flow charts"] > bonuses["Whales"] >= bonuses[""] == 0


def test_no_more_headings_are_kept_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sections, "_MAX_KEPT", 2)
    embedder = CountingEmbedder()
    headings = HeadingVectors(embedder)
    query = embedder.embed_query("anything")
    assert len(headings.bonuses(query, ["One", "Two", "Three"])) == 4
    headings.bonuses(query, ["Two"])
    assert len(embedder.embedded) == 3
    headings.bonuses(query, ["One"])
    assert embedder.embedded[3:] == ["One"]


@pytest.mark.parametrize(
    ("label", "expected"), [("12", "Balance Sheets"), ("", "Notes › Note 4"), ("slide 2", "Notes › Note 4")]
)
def test_a_printed_page_is_known_by_its_first_lines_and_other_text_by_its_headings(label: str, expected: str) -> None:
    chunk = Chunk(
        id=1,
        document_id=1,
        document="a",
        page=1,
        page_label=label,
        start=0,
        end=1,
        text="x",
        heading="Notes › Note 4",
        page_head="Balance Sheets",
    )
    assert heading_of(chunk) == expected
