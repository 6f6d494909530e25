"""Support by words: what a changed figure, name, unit or negation does to it."""

import pytest

from rag.stores.analyzer import english_analyzer
from rag.support import SUPPORTED, LexicalScorer

SCORER = LexicalScorer(english_analyzer().analyze)
SOURCE = "Rollo, a Norse leader, agreed to pay 5,000 marks to King Charles III in January 911 for 10 km of coast."


def support(sentence: str, span: str = SOURCE) -> float:
    (score,) = SCORER.support(sentence, [span])
    return score


@pytest.mark.parametrize(
    "true",
    [
        "Rollo agreed to pay 5000 marks to King Charles III.",
        "The Norse leader was Rollo.",
        "In Jan. 911 Rollo agreed to pay five thousand marks.",
        "Rollo agreed to pay for ten kilometres of coast.",
    ],
)
def test_what_the_source_says_in_other_spellings_is_supported(true: str) -> None:
    assert support(true) >= SUPPORTED


@pytest.mark.parametrize(
    "false",
    [
        "Rollo agreed to pay 6,000 marks to King Charles III.",
        "Harald agreed to pay 5,000 marks to King Charles III.",
        "Rollo agreed to pay 5,000 marks to King Louis III.",
        "Rollo agreed to pay 5 million marks to King Charles III.",
        "In March 911 Rollo agreed to pay 5,000 marks.",
        "Rollo agreed to pay for 10 miles of coast.",
        "Rollo did not agree to pay 5,000 marks to King Charles III.",
    ],
)
def test_a_changed_number_name_unit_month_or_negation_is_not_supported(false: str) -> None:
    assert support(false) < SUPPORTED


def test_a_negation_that_only_the_source_has_is_noticed() -> None:
    source = "The Secretary may not serve as Project Leader."
    assert support("The Secretary may serve as Project Leader.", source) < SUPPORTED
    assert support("The Secretary may not serve as Project Leader.", source) >= SUPPORTED


def test_a_negation_about_something_else_does_no_harm() -> None:
    source = "The treaty was signed in 911. It did not mention taxes."
    assert support("The treaty was signed in 911.", source) >= SUPPORTED


def test_words_that_begin_a_sentence_are_no_names() -> None:
    assert support("According to the text, the treaty was signed.", "The treaty was signed in 911.") >= SUPPORTED


def test_a_sentence_without_content_has_no_support() -> None:
    assert support("It is.") == 0


def test_what_is_missing_is_named_as_the_sentence_spells_it() -> None:
    assert SCORER.missing("Harald paid 7,000 marks to Charles.", SOURCE) == ["7000", "Harald"]
