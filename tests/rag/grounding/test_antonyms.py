"""The table of antonyms is symmetric, and holds of each word only what can replace it."""

from rag.grounding.antonyms import ANTONYMS


def test_whatever_is_the_opposite_of_a_word_has_it_as_its_opposite() -> None:
    assert [(word, other) for word, others in ANTONYMS.items() for other in others if word not in ANTONYMS[other]] == []
