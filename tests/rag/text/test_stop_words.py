"""Stop words by language."""

import pytest

from rag.text.stop_words import QUESTION_WORDS, STOP_WORDS


@pytest.mark.parametrize("words", [*QUESTION_WORDS.values(), *STOP_WORDS.values()])
def test_stop_words_are_single_lower_case_words(words: frozenset[str]) -> None:
    assert words
    assert all(word == word.lower() and len(word.split()) == 1 for word in words)
