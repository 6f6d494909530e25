"""Citations: exact quotes from the right passage, and no support where there is none."""

import pytest

from rag.citations import cite, strip_markers
from rag.stores.analyzer import english_analyzer
from rag.support import LexicalScorer
from rag.types import Sentence
from tests.conftest import passage, passages

SCORER = LexicalScorer(english_analyzer().analyze)
TEXTS = [
    "Debian was founded by Ian Murdock in 1993. It is a free operating system.",
    "The Project Leader serves for one year. The Secretary keeps the records of the votes.",
]


def cited(answer: str, question: str = "what?") -> tuple[Sentence, ...]:
    return cite(answer, question, passages(TEXTS), SCORER)


def test_each_sentence_points_at_the_span_that_supports_it() -> None:
    first, second = cited("Ian Murdock founded Debian in 1993. The leader serves for one year.")
    assert (first.support, first.citations[0].number) == ("supported", 1)
    assert first.citations[0].quote == "Debian was founded by Ian Murdock in 1993."
    assert (second.support, second.citations[0].number) == ("supported", 2)
    assert second.citations[0].quote == "The Project Leader serves for one year."


def test_a_quote_is_exactly_at_its_offsets_of_the_page() -> None:
    page = "Some earlier text. " + TEXTS[0]
    shown = passage(TEXTS[0], start=len("Some earlier text. "))
    (sentence,) = cite("It is a free operating system.", "", [shown], SCORER)
    citation = sentence.citations[0]
    assert page[citation.start : citation.end] == citation.quote == "It is a free operating system."


def test_a_sentence_from_nowhere_is_unsupported() -> None:
    (sentence,) = cited("Bananas grow in warm countries.")
    assert (sentence.support, sentence.citations) == ("unsupported", ())


@pytest.mark.parametrize("wrong", ["Ian Murdock founded Debian in 1994.", "Debian was founded by Ian Jackson in 1993."])
def test_a_changed_number_or_name_is_not_supported(wrong: str) -> None:
    (sentence,) = cited(wrong)
    assert sentence.support == "weak"


def test_numbers_match_as_words_and_with_separators() -> None:
    assert SCORER.support("It takes 1 year and costs 12,000 euros.", ["one year, 12000 euros"])[0] > 0.6


def test_a_short_answer_is_cited_from_the_span_that_is_about_the_question() -> None:
    shown = passages(["The treasurer serves for one year.", "The secretary serves for one year."])
    (sentence,) = cite("One year.", "How long does the secretary serve?", shown, SCORER)
    assert sentence.citations[0].number == 2


def test_markers_are_removed_from_the_text_and_used_only_if_they_point_somewhere() -> None:
    assert strip_markers("So it is [2] [9].", 3) == ("So it is.", frozenset({2}))
    (sentence,) = cited("Debian is a free operating system [1].")
    assert (sentence.text, sentence.citations[0].number) == ("Debian is a free operating system.", 1)


def test_two_sources_that_say_the_same_are_both_cited() -> None:
    shown = passages(["The fee is 20 euros.", "Members pay: the fee is 20 euros.", "Unrelated."])
    (sentence,) = cite("The fee is 20 euros.", "", shown, SCORER)
    assert [citation.number for citation in sentence.citations] == [1, 2]


def test_spans_of_the_answer_are_those_of_its_sentences() -> None:
    answer = "Debian is free.\n\n- Ian Murdock founded Debian in 1993."
    for sentence in cited(answer):
        assert answer[sentence.start : sentence.end] == sentence.text
