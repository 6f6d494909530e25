"""A word in another's place is found between neighbours that both texts have, and nowhere else."""

import pytest

from rag.grounding.synonyms.replacements import find_replacements
from rag.text.analyzer import english_analyzer

ANALYZE = english_analyzer().analyze


def found(sentence: str, text: str) -> list[tuple[str, str]]:
    return [
        (sentence[one.ours.start : one.ours.end], text[one.theirs.start : one.theirs.end])
        for one in find_replacements(sentence, text, ANALYZE)
    ]


def test_a_word_between_the_same_neighbours_is_in_the_others_place() -> None:
    assert found("The army had a weak general.", "In 1757 the army had a strong general.") == [("weak", "strong")]
    assert found("It grew SLOWLY in spring.", "It grew quickly in spring.") == [("SLOWLY", "quickly")]


@pytest.mark.parametrize(
    "sentence",
    [
        "The army had a strong general.",
        "The army had strong generals.",
        "The army had no general.",
        "The army was led by a weak man.",
        "Weak was its general.",
        "General strong a had army.",
        "",
    ],
)
def test_what_is_said_in_another_order_or_by_the_same_words_is_no_replacement(sentence: str) -> None:
    assert found(sentence, "The army had a strong general.") == []


def test_a_word_that_the_text_has_elsewhere_is_no_replacement() -> None:
    assert found("The army had a weak general.", "The weak army had a strong general.") == []


def test_another_form_of_a_word_is_the_same_word() -> None:
    assert found("The ships were named twice.", "The ships were naming twice.") == []
