"""The headings above passages, compared with the question."""

import pytest

from rag.retrieval.sections import HeadingVectors, heading_of
from tests.support.fakes import WordEmbedder
from tests.support.values import chunk


def test_a_heading_counts_by_its_likeness_to_the_question_and_none_counts_nothing() -> None:
    embedder = WordEmbedder()
    bonuses = HeadingVectors(embedder).bonuses(
        embedder.embed_query("cash flow statement"), ["Statement of cash flow", "Flow charts", "Whales", ""]
    )
    assert bonuses["Statement of cash flow"] > bonuses["Flow charts"] > bonuses["Whales"] >= bonuses[""] == 0


@pytest.mark.parametrize(
    ("label", "expected"), [("12", "Balance Sheets"), ("", "Notes › Note 4"), ("slide 2", "Notes › Note 4")]
)
def test_a_printed_page_is_known_by_its_first_lines_and_other_text_by_its_headings(label: str, expected: str) -> None:
    assert heading_of(chunk("x", page_label=label, heading="Notes › Note 4", page_head="Balance Sheets")) == expected
