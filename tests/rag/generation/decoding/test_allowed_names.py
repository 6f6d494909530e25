"""Names of texts and their forms are allowed, ordinary words are; other names are not."""

import pytest

from rag.generation.decoding.allowed_names import AllowedNames, OrdinaryWords

_PIECES = (
    "the president however history The President However Lincoln George march March york Committee committee".split()
)
VOCABULARY = {f"\u0120{word}": number for number, word in enumerate(_PIECES)} | {"\u0120john": 50, "\u0120John": 10}
TEXTS = ["The gross domestic product of Germany was told by Harvard on 2019-01-03."]


@pytest.fixture
def names() -> AllowedNames:
    return AllowedNames(TEXTS, OrdinaryWords(VOCABULARY))


@pytest.mark.parametrize(
    "word", ["Harvard", "HARVARD", "Germany", "German", "Germans", "GDP", "J", "President", "January"]
)
def test_names_of_the_texts_and_ordinary_words_are_allowed_within_a_sentence(names: AllowedNames, word: str) -> None:
    assert names.has(word, first=False)
    assert all(names.may_begin(word[:end], first=False) for end in range(1, len(word) + 1))


@pytest.mark.parametrize("word", ["Lincoln", "Harvey", "NASA", "Geroge"])
def test_other_names_are_not(names: AllowedNames, word: str) -> None:
    assert not names.has(word, first=False)


def test_the_first_word_of_a_sentence_is_free_unless_it_is_known_as_a_name(names: AllowedNames) -> None:
    assert names.has("Notwithstanding", first=True)
    assert not names.has("Lincoln", first=True)
