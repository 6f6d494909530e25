"""A marker stands after each sentence that has sources, wherever the tokens are cut, and nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.openai.marked_text import Mark, MarkedText
from rag.types import Sentence
from tests.api.openai.openai_clients import sentence


def written(tokens: list[str], cited: dict[int, list[Sentence]], last: list[Sentence]) -> tuple[str, list[Mark]]:
    """Return the text of tokens, after some of which sentences are cited, and its marks."""
    text = MarkedText()
    pieces: list[str | Mark] = []
    for index, token in enumerate(tokens):
        pieces += text.add(token)
        pieces += text.cite(cited.get(index, []))
    pieces += [*text.cite(last), *text.finish()]
    whole = "".join(piece for piece in pieces if isinstance(piece, str))
    assert len(whole) == text.length
    return whole, [piece for piece in pieces if isinstance(piece, Mark)]


def test_a_marker_stands_directly_after_its_sentence_though_the_next_has_begun() -> None:
    answer = "One is here. Two is there."
    first, second = sentence("One is here.", answer, 1), sentence("Two is there.", answer, 2, 3)
    text, marks = written(["One is", " here.", " Two is", " there."], {2: [first]}, [first, second])
    assert text == "One is here. [1] Two is there. [2][3]"
    assert [text[mark.start : mark.end] for mark in marks] == ["[1]", "[2]", "[3]"]


@given(st.data())
def test_the_text_is_the_same_wherever_tokens_are_cut(data: st.DataObject) -> None:
    answer = "The fee [1] is 20. It is paid[2], as x[0] is.\n\n- Item two, of [ it.\n\n| a | b |\n| c | d |\n"
    cuts = sorted(data.draw(st.sets(st.integers(1, len(answer) - 1), max_size=8)))
    tokens = [answer[start:end] for start, end in zip([0, *cuts], [*cuts, len(answer)], strict=True)]
    text, marks = written(tokens, {}, [sentence("The fee [1] is 20.", answer, 1)] if not cuts else [])
    without = "The fee is 20. It is paid[2], as x[0] is.\n\n- Item two, of [ it.\n\n| a | b |\n| c | d |\n"
    assert text.replace(" [1]", "") == without
    assert len(marks) == (0 if cuts else 1)


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ("The fee is 20 [1].", "The fee is 20."),
        ("The fee is 20. [1][2] Yes.", "The fee is 20. Yes."),
        ("Take `a [1]` and names[2].", "Take `a [1]` and names[2]."),
        ("An open [ bracket", "An open [ bracket"),
        ("It ends with [1", "It ends with [1"),
    ],
)
def test_markers_of_the_models_own_are_left_out_but_no_code(answer: str, kept: str) -> None:
    assert written(list(answer), {}, [])[0] == kept
    assert written([answer], {}, [])[0] == kept


def test_in_a_row_of_a_table_the_marker_stands_in_the_last_cell() -> None:
    answer = "| a | b |\n| c | d |"
    rows = [sentence("| a | b |", answer, 1), sentence("| c | d |", answer, 2)]
    assert written(["| a | b", " |", "\n", "| c", " | d |"], {3: rows[:1]}, rows)[0] == "| a | b [1] |\n| c | d [2] |"


def test_a_sentence_whose_sources_are_known_too_late_is_marked_at_the_end() -> None:
    answer = "Eins ist hier. Zwei ist da."
    both = [sentence("Eins ist hier.", answer, 1), sentence("Zwei ist da.", answer, 2, 1)]
    text, marks = written(["Eins ist hier.", " Zwei", " ist", " da."], {}, both)
    assert text == "Eins ist hier. Zwei ist da. [2][1] [1]"
    assert [len(mark.sentences) for mark in marks] == [1, 1, 1]
