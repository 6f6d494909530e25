"""Evidence for a claim: the best span of each passage, several spans together, contradictions, lines of code."""

import pytest

from rag.grounding.evidence import Evidence
from rag.grounding.lexical_scorer import SUPPORTED, LexicalScorer
from rag.grounding.scorers import lexical_scorer
from rag.text.analyzer import english_analyzer
from tests.conftest import passages

SCORER = LexicalScorer(english_analyzer().analyze)


def evidence(*texts: str, question: str = "") -> Evidence:
    return Evidence(question, passages(list(texts)), SCORER)


def test_the_question_breaks_a_tie_between_spans() -> None:
    text = "The treasurer serves for one year. The secretary serves for one year."
    (best,) = evidence(text, question="How long does the secretary serve?").rank_spans("One year.")
    assert best.text == "The secretary serves for one year."


def test_the_span_that_a_sentence_is_copied_from_comes_before_one_nearer_to_the_question() -> None:
    items = [
        "2. Propose General Resolutions and ballot options for General Resolutions.",
        "3. Sponsor General Resolutions, ballot options and what others propose for General Resolutions of Developers.",
    ]
    listed = evidence("\n".join(items), question="What may Developers sponsor?")
    for item in items:
        (best,) = listed.rank_spans(item.split(" ", 1)[1])
        assert best.text == item


def test_what_a_sentence_denies_is_not_copied_from_it() -> None:
    denied, said = "It was not decided that tenants may keep two cats.", "All tenants may keep two small cats."
    (best,) = evidence(f"{denied} {said}", question="What was decided?").rank_spans("Tenants may keep two cats.")
    assert (best.text, best.support) == (said, 1.0)


def test_two_sentences_with_all_figures_come_before_one_that_lacks_some() -> None:
    scorer = lexical_scorer()  # takes "may cancel" for a flaw of the second statement
    text = "Customers may cancel within two weeks. Whoever cancels later pays 10 euros."
    claim = "Customers may cancel within two weeks, and those who cancel later pay 10 euros."
    (best,) = Evidence("", passages([text]), scorer).rank_spans(claim)
    assert best.text == text


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
        ("The board may decide when asked to do so.", "If it does not do so, the board decides by resolution.", False),
    ],
)
def test_sources_that_agree_in_other_words_are_not_in_dispute(claim: str, other: str, *, is_other: bool) -> None:
    both = evidence(claim, other)
    assert [one.text for one in both.find_contradictions(claim, both.rank_spans(claim)[:1])] == [other] * is_other


def test_lines_of_code_are_found_verbatim_but_for_white_space() -> None:
    code = evidence("Run:\n  make   run\nthen\n  make test\n", "Run make runner.")
    (whole,) = code.find_lines(["make run", "make test"])
    assert (whole.number, whole.support) == (1, 1.0)
    (part,) = code.find_lines(["make run", "make clean"])
    assert 0 < part.support < SUPPORTED
