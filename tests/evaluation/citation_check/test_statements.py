"""True statements of a case: the sentence that answers, its rewording, the answer, the question as a statement."""

import pytest

from evaluation.citation_check.statements import as_statement, reworded, true_statements
from evaluation.datasets.cases import Case, GivenPassage

GOLD = (
    "In March 1889 the Eiffel Company finished the tower, which is 324 metres high, in 26 months. "
    "Before that, Gustave Eiffel had built more than 50 bridges in Portugal and France."
)


def test_a_case_gives_the_sentence_that_answers_the_answer_and_the_question_as_a_statement() -> None:
    case = Case(
        id="1",
        question="How high is the tower?",
        passages=(GivenPassage("The Tiber is a river in Rome."), GivenPassage(GOLD)),
        answers=("324 metres",),
        gold_passages=(1,),
    )
    assert [(statement.form, statement.text) for statement in true_statements(case)] == [
        ("sentence", GOLD.split(" Before")[0]),
        ("short", "324 metres"),
        ("asked", "324 metres high is the tower."),
    ]


def test_rewording_moves_respells_and_leaves_out_but_changes_no_figure() -> None:
    assert reworded("In 1889, the tower (of iron) was not finished in two years.") == (
        "The tower wasn't finished in 2 years in 1889."
    )
    assert reworded("It is 324 metres high.") == "It is 324 metres high."


@pytest.mark.parametrize(
    ("question", "statement"),
    [
        ("When was the tower built?", "1889 the tower built."),
        ("The tower was built in which year?", "The tower was built 1889 year."),
        ("Tell me the year", ""),
    ],
)
def test_a_question_is_stated_with_its_answer(question: str, statement: str) -> None:
    assert as_statement(question, "1889") == statement


def test_a_case_without_gold_gives_no_statement() -> None:
    assert list(true_statements(Case(id="1", question="How high is it?", answers=("324 metres",)))) == []
