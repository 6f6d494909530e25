"""The length and the section that a question asks for."""

import pytest

from rag.understanding.lengths import asked_length, asked_section, asked_sentences, section_number


@pytest.mark.parametrize(
    ("question", "sentences"),
    [
        ("Summarise it in two sentences.", 2),
        ("Describe it in at most 5 short sentences.", 5),
        ("Fasse es in drei Sätzen zusammen.", 3),
        ("用三句话总结", 3),
        ("Summarise it in 99 sentences.", 30),
        ("How many sentences are there?", 0),
    ],
)
def test_the_number_of_sentences(question: str, sentences: int) -> None:
    assert asked_sentences(question) == sentences


def test_short_and_long() -> None:
    assert asked_length("Explain it briefly.") == "short"
    assert asked_length("Explain it in detail.") == "long"
    assert asked_length("Explain it.") == ""


@pytest.mark.parametrize(
    ("question", "section", "number"),
    [
        ("Summarise section 6 of the contract.", "section 6", "6"),
        ("What does Chapter IV say?", "Chapter IV", "IV"),
        ("What does § 7.2 allow?", "§ 7.2", "7.2"),
        ("What are the main parts of this?", "", ""),
        ("第三章讲什么？", "第三章", "三"),
    ],
)
def test_the_section_that_is_named(question: str, section: str, number: str) -> None:
    assert asked_section(question) == section
    assert section_number(section) == number
