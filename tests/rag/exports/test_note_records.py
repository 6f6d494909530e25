"""A note keeps an answer, the sentences that were selected of it, or a quote, with what they are quoted from."""

import json
from collections.abc import Sequence

import pytest

from rag.exports.conversation_record import answer_of
from rag.exports.note_records import find_quote, quoted, selected
from rag.exports.redaction import RemovedDocuments, redact
from rag.types import Page
from tests.support.kept_answers import ANSWER, document, kept, provenance

PROVENANCE = provenance(1, 2)
PAGE = Page(number=3, label="iii", text="Fees.\n\nThe entry   fee is\n20 euros (adults). Straße 4.")


def words(text: str) -> list[str]:
    return text.lower().split()


def stored() -> dict[str, object]:
    return kept(ANSWER, 1, 2)


def sentences(value: dict[str, object] | None) -> Sequence[str]:
    assert value is not None
    return [sentence.text for sentence in answer_of(value, {}).sentences]


def test_a_selection_keeps_the_sentences_that_it_touches_whole_with_their_quotes() -> None:
    whole = answer_of(stored(), {})
    first = whole.sentences[0]
    kept = selected(stored(), first.text[4:-3].upper())
    assert sentences(kept) == [first.text]
    assert kept
    answer = answer_of(kept, {})
    assert answer.sentences[0].citations == first.citations
    assert answer.text == first.text
    assert answer.passages == whole.passages


@pytest.mark.parametrize("selection", ["", "e", "Zebras are striped."])
def test_what_the_answer_does_not_say_is_no_selection_of_it(selection: str) -> None:
    assert selected(stored(), selection) is None


def test_a_quote_is_found_on_its_page_whatever_is_between_its_words() -> None:
    found = find_quote(PAGE, "entry fee is 20 EUROS – adults")
    assert found
    assert PAGE.text[slice(*found)] == "entry   fee is\n20 euros (adults"
    found = find_quote(PAGE, "STRASSE 4")
    assert found
    assert PAGE.text[slice(*found)] == "Straße 4"
    assert find_quote(PAGE, "entry fee is 25 euros") is None
    assert find_quote(PAGE, " ") is None


def test_a_quote_is_an_answer_that_only_quotes() -> None:
    value = quoted(document(1), PAGE, 7, 20, PROVENANCE)
    answer = answer_of(json.loads(json.dumps(value)), {document(1).sha256: 1})
    (citation,) = answer.citations
    assert (citation.quote, citation.document, citation.page) == (PAGE.text[7:20], document(1).name, 3)
    assert (answer.text, answer.abstained) == (PAGE.text[7:20], False)
    assert answer.passages[0].chunk.document_id == 1


def test_a_quote_goes_with_its_document() -> None:
    value = quoted(document(1), PAGE, 7, 20, PROVENANCE)
    removed = RemovedDocuments.of([document(1)], [])
    (left,) = redact([value], removed, words)
    assert PAGE.text[7:20] not in json.dumps(left)
