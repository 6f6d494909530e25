"""Measures of answers: known answers get their known figures, and what has no gold is not judged."""

from dataclasses import replace
from typing import Any

import pytest

from evaluation.cases import Case, GivenPassage
from evaluation.metrics import (
    contains,
    contains_respelt,
    is_exact,
    measure,
    token_f1,
    written_text,
)
from evaluation.report import summarise
from evaluation.ungrounded import count_all

TOWER = "The tower is 324 metres high."
CAFE = "A cafe is beside the tower."
SEEN = Case(
    id="seen",
    question="How high is the tower?",
    passages=(GivenPassage(CAFE), GivenPassage(TOWER)),
    answers=("324 metres", "1,063 feet"),
    gold_passages=(1,),
)
UNSEEN = Case(id="unseen", question="Who built it?", passages=(GivenPassage(TOWER),), answerable=False)


def answer(
    text: str, *cited: int, abstained: bool = False, support: str = "supported", **timings: float
) -> dict[str, Any]:
    """An answer of one sentence as `answer_json` gives it, written from both passages; it cites these numbers."""
    shown = [{"number": number, "text": passage} for number, passage in enumerate((CAFE, TOWER), start=1)]
    citations = [{"number": number, "document": "a.pdf", "page": 10 + number} for number in cited]
    phases = dict.fromkeys(("total_s", "rewrite_s", "retrieve_s", "waiting_s", "prefill_s", "decode_s"), 0.0)
    return {
        "answer": text,
        "abstained": abstained,
        "confidence": 0.1 if abstained else 0.9,
        "sentences": [{"text": text, "start": 0, "end": len(text), "support": support, "citations": citations}],
        "passages": shown,
        "timings": {**phases, "output_tokens": len(text.split()), **timings},
    }


def test_a_gold_answer_is_contained_only_as_whole_words() -> None:
    assert contains("It is 324 metres high.", ["320 feet", "324 Metres"])
    assert not contains("It is 1324 metres high.", ["324 metres"])
    assert not contains("anything", ["the", ""])
    assert is_exact("The Rollo.", ["rollo"])
    assert not is_exact("It was Rollo.", ["rollo"])


def test_a_figure_in_another_spelling_is_contained_by_a_measure_of_its_own() -> None:
    said, gold = "It was $1,577 in all.", "$1577.00"
    assert contains_respelt(said, [gold])
    assert not contains(said, [gold])
    measures = measure(replace(SEEN, answers=(gold,)), answer(said, 2), exact_quotes=1)
    assert (measures.contained, measures.contained_respelt) == (False, True)
    report = summarise("set", "model", [measures], 0.0, (), count_all(())).answerable
    assert (report.contained, report.wrong, report.contained_respelt) == (0.0, 1.0, 1.0)
    assert not contains_respelt("It was $1,578.", [gold])


def test_words_are_compared_with_the_gold_answer_that_fits_best() -> None:
    assert token_f1("the big red dog", ["a cat", "red dog"]) == pytest.approx(2 * 2 / (3 + 2))
    assert token_f1("dog dog", ["dog"]) == pytest.approx(2 / 3)  # a word counts as often as it stands in both
    assert token_f1("cat", ["dog"]) == 0.0


def test_a_right_answer_is_contained_and_its_citations_are_judged_by_the_passage_they_point_at() -> None:
    measures = measure(SEEN, answer("It is 324 metres high.", 1, 2), exact_quotes=2)
    assert (measures.answerable, measures.refused, measures.contained, measures.exact) == (True, False, True, False)
    assert measures.f1 == pytest.approx(2 * 2 / (5 + 2))
    assert (measures.citations, measures.gold_citations, measures.exact_quotes) == (2, 1, 2)


def test_a_refused_draft_answers_nothing_whatever_it_says() -> None:
    measures = measure(SEEN, answer("324 metres", abstained=True, support="unsupported"), 0)
    assert (measures.refused, measures.contained, measures.exact, measures.f1) == (True, False, False, 0.0)
    assert measures.gold_citations is None


def test_a_citation_of_a_gold_page_is_told_by_document_and_page() -> None:
    case = Case(id="paged", question="?", documents=("a.pdf",), gold_pages=(("a.pdf", 12), ("b.pdf", 11)))
    assert measure(case, answer("High.", 1, 2), 2).gold_citations == 1


def test_a_long_answer_is_compared_word_by_word_only() -> None:
    case = Case(
        id="long",
        question="?",
        passages=(GivenPassage(TOWER),),
        answers=("It is 324 metres high.",),
        long=True,
    )
    measures = measure(case, answer("It is 324 metres high."), 0)
    assert (measures.contained, measures.exact, measures.f1, measures.recall) == (None, None, 1.0, 1.0)
    refused = measure(case, answer("It is 324 metres high.", abstained=True), 0)
    assert (refused.f1, refused.recall) == (0.0, 0.0)


def test_an_answer_is_read_as_it_is_laid_out_without_its_markers() -> None:
    text = "Both are high:\n\n| tower | mast |\n|---|---|\n| 324 m [1] | 30 m |\n\nEnd."
    row = text.index("| 324")
    laid_out = answer(text) | {"sentences": [{"text": "| 324 m | 30 m |", "start": row, "end": row + 20}]}
    assert written_text(laid_out) == text.replace(" [1]", "")
    assert written_text(answer("") | {"sentences": []}) == ""
