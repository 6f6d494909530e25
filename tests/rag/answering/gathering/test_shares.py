"""Several searches share the room fairly."""

from rag.answering.gathering.shares import in_turn
from rag.types import Passage
from tests.rag.answering.gathering.test_coverage import chunk


def test_the_best_of_each_search_comes_first_and_no_passage_twice() -> None:
    one = [Passage(chunk(number), 0.9) for number in (1, 2, 3)]
    other = [Passage(chunk(number), 0.1) for number in (2, 4)]
    assert [passage.chunk.id for passage in in_turn([one, other])] == [1, 2, 3, 4]
    assert in_turn([]) == []
