"""Near-duplicate passages are dropped, and neighbouring ones joined."""

from dataclasses import replace

import pytest

from rag.retrieval.deduplication import deduplicate, join_neighbours
from rag.types import Passage
from tests.conftest import passage, passages

LONG = "the quick brown fox jumps over the lazy dog and runs away into the deep dark wood where it lives with its cubs "


def test_a_text_that_repeats_is_kept_once_at_its_best_rank() -> None:
    found = passages([LONG, "something else entirely", LONG + "now"])
    kept, dropped = deduplicate(found, 3)
    assert kept == found[:2]
    assert [d.passage for d in dropped] == found[2:]
    assert "the same as the passage from a.pdf" in dropped[0].reason


CLAUSE = (
    "Either party may end this agreement by written notice of not less than 30 days before the end of the term. Upon "
    "its end the tenant shall leave the premises, remove all fixtures, repair any damage that this causes, and hand "
    "over the keys to the landlord or the agent. The deposit is paid back within the period of section 4, less any "
    "sums that the tenant owes, and the parties shall sign a record of the state of the premises on the day of the "
    "handover."
)


@pytest.mark.parametrize(
    ("old", "new"),
    [("30 days", "90 days"), ("may end", "may not end"), ("30 days", "ninety days"), ("may end", "may never end")],
)
def test_versions_that_differ_in_a_figure_or_a_negation_are_both_kept(old: str, new: str) -> None:
    kept, dropped = deduplicate(passages([CLAUSE, CLAUSE.replace(old, new)]), 5)
    assert (len(kept), dropped) == (2, [])


def test_a_copy_is_known_in_a_script_without_spaces() -> None:
    text = (
        "合同双方均可提前三十天书面通知对方终止本协议租客应当在协议终止时迁出房屋并将全部钥匙交还给房东或其代理人" * 2
    )
    assert len(deduplicate(passages([text, text + "附件"]), 5)[0]) == 1
    assert len(deduplicate(passages([text, text.replace("均可", "均不可", 1)]), 5)[0]) == 2


def on_page(text: str, start: int, page: int = 1) -> Passage:
    return passage(text, page=page, start=start)


PAGE = "One. Two. Three. Four. Five."


def page_text(document_id: int, page: int) -> str:
    return PAGE


def cut(start: int, end: int, page: int = 1) -> Passage:
    return on_page(PAGE[start:end], start, page)


def test_neighbours_become_one_exact_span_at_the_better_rank() -> None:
    joined = join_neighbours([cut(10, 16), passage("other", page=9), cut(0, 9), cut(17, 28)], page_text)
    assert len(joined) == 2
    chunk = joined[0].chunk
    assert (chunk.start, chunk.end, chunk.text) == (0, 28, PAGE)


def test_chunks_with_text_between_them_or_on_other_pages_stay_apart() -> None:
    apart = [cut(0, 4), cut(10, 16), cut(5, 9, page=2)]
    assert join_neighbours(apart, page_text) == apart


def test_sections_are_not_joined() -> None:
    first, second = cut(0, 4), cut(5, 9)
    second = replace(second, chunk=replace(second.chunk, heading="Next section"))
    assert join_neighbours([first, second], page_text) == [first, second]


def test_chunks_of_a_page_that_has_changed_since_stay_as_they_were() -> None:
    found = [cut(0, 4), cut(5, 9)]
    assert join_neighbours(found, lambda *_: "Something else by now.") == found
    assert join_neighbours(found, lambda *_: "") == found
