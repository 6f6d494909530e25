"""Fusion of dense and keyword hits, and their spreading over pages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.retrieval.fusion import above, diversify_pages, fuse, near_best
from rag.types import Passage
from tests.support.values import chunk

HITS = st.dictionaries(st.integers(1, 20), st.floats(0, 1), max_size=10).map(
    lambda scores: sorted(scores.items(), key=lambda item: -item[1])
)


@given(HITS, HITS, st.floats(0, 1))
def test_fusion_ranks_every_hit_of_the_sides_in_use_once(
    dense: list[tuple[int, float]], keyword: list[tuple[int, float]], weight: float
) -> None:
    ranked = fuse(dense, keyword, weight)
    ids = [id_ for id_, _ in ranked]
    assert len(ids) == len(set(ids))
    assert set(ids) <= {id_ for id_, _ in dense} | {id_ for id_, _ in keyword}
    assert [score for _, score in ranked] == sorted((score for _, score in ranked), reverse=True)


def test_what_scores_far_below_the_best_is_left_out() -> None:
    passages = [Passage(chunk(str(score)), score) for score in (0.8, 0.5, 0.33, 0.31, 0.1)]
    assert near_best(passages) == passages[:3]
    assert near_best([]) == []
    unrelated = [Passage(chunk("a"), -0.01), Passage(chunk("b"), -0.1)]
    assert near_best(unrelated) == unrelated


def test_fusion_weighs_the_cosine_against_the_share_of_the_best_bm25() -> None:
    ranked = dict(fuse([(1, 0.8), (2, 0.4)], [(2, 10.0), (3, 5.0)], 0.7))
    assert ranked == pytest.approx({1: 0.56, 2: 0.58, 3: 0.15})


def test_cosines_that_are_never_small_are_spread_before_keywords_join_them() -> None:
    near, far, keyword = (1, 0.9), (2, 0.8), [(2, 10.0), (1, 7.0)]
    assert [id_ for id_, _ in fuse([near, far], keyword, 0.6)] == [2, 1]
    assert dict(above([near, far], 0.7)) == pytest.approx({1: 2 / 3, 2: 1 / 3})
    assert [id_ for id_, _ in fuse(above([near, far], 0.7), keyword, 0.6)] == [1, 2]
    assert above([near, far], 0.0) == [near, far]


def on_page(number: int, score: float, label: str | None = None) -> Passage:
    label = str(number) if label is None else label
    return Passage(chunk(f"page {number}, score {score}", page=number, page_label=label), score)


def test_a_page_that_gave_a_passage_gives_way_to_one_that_is_nearly_as_good() -> None:
    ranked = [on_page(1, 0.80), on_page(1, 0.79), on_page(2, 0.75), on_page(3, 0.50)]
    assert [p.chunk.page for p in diversify_pages(ranked, 4)] == [1, 2, 1, 3]
    assert [p.chunk.page for p in diversify_pages(ranked, 1)] == [1]


@given(st.lists(st.tuples(st.integers(1, 4), st.floats(0, 1)), max_size=12), st.integers(0, 12))
def test_spreading_loses_nothing_and_keeps_the_order_within_a_page(pages: list[tuple[int, float]], limit: int) -> None:
    ranked = sorted((on_page(page, score) for page, score in pages), key=lambda p: -p.score)
    chosen = diversify_pages(ranked, limit)
    assert len(chosen) == min(limit, len(ranked))
    for page in {p.chunk.page for p in chosen}:
        of_page = [p.chunk.text for p in chosen if p.chunk.page == page]
        assert of_page == [p.chunk.text for p in ranked if p.chunk.page == page][: len(of_page)]
