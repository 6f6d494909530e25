"""Unions of spans, and what several rows cover together."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from ingest.readers.pdf.tables.spans import Span, covered, extended, merged

SPANS = st.lists(
    st.tuples(st.integers(0, 200), st.integers(1, 30)).map(lambda pair: Span(pair[0], pair[0] + pair[1])), max_size=12
)


@given(SPANS, SPANS)
def test_a_union_is_extended_as_if_merged_at_once(first: list[Span], second: list[Span]) -> None:
    union = merged(first, 1)
    assert list(extended(union, sorted(second), 1)) == merged([*first, *second], 1)


@given(SPANS)
def test_merged_spans_are_apart_and_cover_all(spans: list[Span]) -> None:
    union = merged(spans, 2)
    assert all(before.right + 2 <= after.left for before, after in itertools.pairwise(union))
    assert all(any(part.left <= span.left and span.right <= part.right for part in union) for span in spans)


def test_a_single_bridge_between_columns_is_tolerated() -> None:
    columns = [Span(0, 10), Span(20, 30)] * 12
    assert covered([*columns, Span(5, 25)], 0, 1) == [Span(0, 30)]
    assert covered([*columns, Span(5, 25)], 1, 1) == [Span(0, 10), Span(20, 30)]
