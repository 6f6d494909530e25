"""The table of antonyms is symmetric, and holds of each word only what can replace it."""

from rag.grounding.claims.antonyms import ANTONYMS


def test_whatever_is_the_opposite_of_a_word_has_it_as_its_opposite() -> None:
    assert [(word, other) for word, others in ANTONYMS.items() for other in others if word not in ANTONYMS[other]] == []


def test_a_word_with_several_antonyms_has_all_of_them() -> None:
    assert ANTONYMS["more"] == {"less", "fewer"}
    assert ANTONYMS["less"] >= {"more", "greater"}


def test_no_word_is_its_own_opposite() -> None:
    assert [word for word, others in ANTONYMS.items() if word in others] == []
