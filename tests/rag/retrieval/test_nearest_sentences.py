"""Where there is no time to read passages whole, the sentences nearest to the question are read."""

from hypothesis import given
from hypothesis import strategies as st

from rag.retrieval.nearest_sentences import nearest_sentences
from rag.types import Passage
from tests.support.fakes import WordEmbedder
from tests.support.values import chunk

DOGS = "Dogs bark at night.\nThey sleep by day. Some people dislike it. Nobody knows why that is so."
CATS = "Cats purr when they are content. A cat that is hungry wakes everybody. Milk is bad for grown cats."
QUESTION = "When do dogs bark?"


def passage(number: int, text: str, start: int = 0, line: int = 0) -> Passage:
    return Passage(chunk(text, start=start, id=number, line=line), 0.5)


def texts(passages: list[Passage]) -> list[str]:
    return [each.chunk.text for each in passages]


def test_the_nearest_sentence_is_kept_and_others_as_far_as_there_is_room() -> None:
    found = [passage(1, CATS), passage(2, DOGS)]
    assert texts(nearest_sentences(found, [QUESTION], WordEmbedder(), 1)) == ["Dogs bark at night."]
    assert texts(nearest_sentences(found, [QUESTION], WordEmbedder(), 140)) == [
        "Dogs bark at night.\nThey sleep by day."
    ]
    assert nearest_sentences(found, [QUESTION], WordEmbedder(), 1000) == found


def test_a_sentence_that_is_kept_keeps_its_place_on_the_page_and_its_line() -> None:
    (kept,) = nearest_sentences([passage(1, DOGS, start=70, line=8)], ["Do people dislike it?"], WordEmbedder(), 1)
    assert kept.chunk.text == "Some people dislike it."
    assert (kept.chunk.start, kept.chunk.end) == (70 + DOGS.index("Some"), 70 + DOGS.index(" Nobody"))
    assert kept.chunk.line == 9


@given(
    st.lists(st.text("ab. \n", min_size=1, max_size=60).filter(str.strip), min_size=1, max_size=5), st.integers(1, 400)
)
def test_what_is_kept_is_a_stretch_of_its_passage_in_the_given_order(written: list[str], room: int) -> None:
    found = [passage(number, text) for number, text in enumerate(written)]
    kept = nearest_sentences(found, ["a b"], WordEmbedder(), room)
    assert kept
    assert [each.chunk.id for each in kept] == sorted(each.chunk.id for each in kept)
    for each in kept:
        assert each.chunk.text == written[each.chunk.id][each.chunk.start : each.chunk.end] != ""
    assert len(kept) == 1 or sum(len(each.chunk.text) for each in kept) <= room
