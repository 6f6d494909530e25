"""The headings that passages are known by."""

import pytest

from rag.retrieval.heading_vectors import heading_of
from tests.support.values import chunk


@pytest.mark.parametrize(
    ("label", "expected"), [("12", "Balance Sheets"), ("", "Notes › Note 4"), ("slide 2", "Notes › Note 4")]
)
def test_a_printed_page_is_known_by_its_first_lines_and_other_text_by_its_headings(label: str, expected: str) -> None:
    assert heading_of(chunk("x", page_label=label, heading="Notes › Note 4", page_head="Balance Sheets")) == expected
