"""Evidence for a claim: the best span of each passage, several spans together, contradictions, lines of code."""

import pytest

from rag.grounding.evidence import MAX_SPANS, Evidence
from rag.grounding.lexical_scorer import SUPPORTED, LexicalScorer
from rag.text.analyzer import english_analyzer
from tests.conftest import passage, passages

SCORER = LexicalScorer(english_analyzer().analyze)
SHIP = "The ship left Bristol in May. It carried wool and tin. The captain was Anne Reed."


def evidence(*texts: str, question: str = "") -> Evidence:
    return Evidence(question, passages(list(texts)), SCORER)


def test_each_passage_offers_its_best_span_and_the_best_comes_first() -> None:
    first, second = evidence("Cats sleep by day.", SHIP).rank_spans("The ship left Bristol in May.")
    assert (first.number, first.text, first.support) == (2, "The ship left Bristol in May.", 1.0)
    assert (second.number, second.support) == (1, 0.0)


def test_the_question_breaks_a_tie_between_spans() -> None:
    text = "The treasurer serves for one year. The secretary serves for one year."
    (best,) = evidence(text, question="How long does the secretary serve?").rank_spans("One year.")
    assert best.text == "The secretary serves for one year."


def test_a_passage_that_the_model_marked_ranks_before_an_equal_one() -> None:
    same = evidence("The fee is 20 euros.", "The fee is 20 euros.")
    assert [one.number for one in same.rank_spans("The fee is 20 euros.")] == [1, 2]
    assert [one.number for one in same.rank_spans("The fee is 20 euros.", frozenset([2]))] == [2, 1]


def test_spans_are_combined_in_reading_order_only_where_none_contradicts() -> None:
    claim = "The ship of captain Anne Reed left Bristol in May."
    ship = evidence(SHIP)
    combined = ship.combine_spans(claim, ship.rank_spans(claim))
    assert [one.text for one in combined] == ["The ship left Bristol in May.", "The captain was Anne Reed."]
    assert len(combined) <= MAX_SPANS
    assert all(one.support >= SUPPORTED for one in combined)
    wrong = claim.replace("May", "June")
    assert ship.combine_spans(wrong, ship.rank_spans(wrong)) == []


@pytest.mark.parametrize(
    ("claim", "other", "is_other"),
    [
        ("The contract ends on March 5, 2024.", "The contract ends on 2024-03-05.", False),
        ("The contract ends on 5 March 2024.", "The contract ends on 5 Mar 2024.", False),
        ("The contract ends on 5 March 2024.", "The contract ends on 2024-03-06.", True),
        ("Smoking is not allowed in the building.", "Smoking is prohibited in the building.", False),
        ("Smoking is not allowed in the building.", "Smoking is allowed in the building.", True),
        ("Tenants may keep up to 3 pets.", "Tenants may keep no more than 3 pets.", False),
        ("Tenants may keep up to 3 pets.", "Tenants may keep no more than 5 pets.", True),
        ("Tenants may keep more than 3 pets.", "Tenants may keep no more than 3 pets.", True),
        ("The fee of the club is 2,500,000 dollars.", "The fee of the club is $2.5m.", False),
    ],
)
def test_sources_that_agree_in_other_words_are_not_in_dispute(claim: str, other: str, *, is_other: bool) -> None:
    both = evidence(claim, other)
    assert [one.text for one in both.find_contradictions(claim, both.rank_spans(claim)[:1])] == [other] * is_other


def test_a_passage_that_differs_in_one_figure_contradicts() -> None:
    fees = evidence("The fee of the club is 20 euros.", "The fee of the club is 30 euros.", "Cats sleep by day.")
    claim = "The fee of the club is 20 euros."
    cited = fees.rank_spans(claim)[:1]
    assert [one.text for one in fees.find_contradictions(claim, cited)] == ["The fee of the club is 30 euros."]


def test_lines_of_code_are_found_verbatim_but_for_white_space() -> None:
    code = evidence("Run:\n  make   run\nthen\n  make test\n", "Run make runner.")
    (whole,) = code.find_lines(["make run", "make test"])
    assert (whole.number, whole.support) == (1, 1.0)
    (part,) = code.find_lines(["make run", "make clean"])
    assert 0 < part.support < SUPPORTED


def test_a_citation_has_its_offsets_in_the_page() -> None:
    shown = passage(SHIP, start=100)
    (best,) = Evidence("", [shown], SCORER).rank_spans("The captain was Anne Reed.")
    citation = best.citation()
    assert (citation.start, citation.end) == (100 + SHIP.index("The captain"), 100 + len(SHIP))
    assert citation.quote == "The captain was Anne Reed."
