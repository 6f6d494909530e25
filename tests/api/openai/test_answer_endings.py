"""A text put below an answer can be taken off again, and no document's text is live in it."""

from dataclasses import replace

import pytest

from api.cited_quotes import CitedQuote
from api.openai.answer_endings import refusal_text, sources_text, without_ending
from rag.grounding.abstention import NOT_FOUND
from tests.api.openai.openai_clients import sentence
from tests.support.values import answer

ANSWER = answer("q", query="q", text="The fee is 20 euros.", language="en")
QUOTE = CitedQuote(
    number=1,
    document_id=7,
    document="a [b](http://evil) ![x](y).txt",
    page=1,
    label="1",
    place="p. 1",
    start=0,
    end=5,
    quote="Quoted\n<b>text</b>",
    score=1.0,
    support="supported",
    sentence_start=0,
    sentence_end=4,
    url="http://here/view?start=0&end=5",
)


@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "zh"])
def test_a_refusal_is_in_the_language_of_the_question_and_known_again(language: str) -> None:
    refused = refusal_text(replace(ANSWER, abstained=True, language=language))
    assert without_ending(refused) == NOT_FOUND
    assert without_ending(f"A draft that nothing supports.\n\n{refused}") == NOT_FOUND


@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "zh"])
def test_the_list_of_sources_is_taken_off_again(language: str) -> None:
    lost = replace(sentence("The fee", ANSWER.text), support="unsupported")
    answer = replace(ANSWER, language=language, sentences=(lost,))
    listed = sources_text([QUOTE, QUOTE], answer)
    assert listed.count("[1]") == 1
    assert "“The fee”" in listed
    assert without_ending(ANSWER.text + listed) == ANSWER.text


def test_an_answer_that_the_filter_stopped_before_its_first_word_says_so() -> None:
    assert "content filter" in refusal_text(replace(ANSWER, text="", stop_reason="filtered", abstained=True))


def test_names_and_quotes_of_documents_are_no_markdown() -> None:
    listed = sources_text([QUOTE], ANSWER)
    assert r"a \[b\](http://evil) \!\[x\](y).txt, p. 1](<http://here/view?start=0&end=5>)" in listed
    assert r"“Quoted \<b\>text\</b\>”" in listed
