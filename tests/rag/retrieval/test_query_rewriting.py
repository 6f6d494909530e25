"""Follow-ups become queries by rules, and by the model where only an answer named the subject."""

import pytest

from rag.retrieval.query_rewriting import may_stand_alone, needs_model, rewrite, standalone_query
from rag.types import Turn
from tests.support.fakes import ScriptedGenerator

HISTORY = [Turn("Who founded Debian?", "Ian Murdock."), Turn("And when?", "In 1993.")]


def test_a_question_that_leans_back_is_searched_with_its_subject() -> None:
    assert standalone_query("Where was he born?", HISTORY) == "Who founded Debian? Where was he born?"


def test_a_question_that_stands_alone_is_searched_as_it_is() -> None:
    question = "How long does the Project Secretary serve?"
    assert standalone_query(question, HISTORY) == question
    assert standalone_query("And when?", []) == "And when?"


def test_what_may_stand_alone_is_a_subject_to_come_back_to() -> None:
    history = [Turn("Who founded Debian?", "Ian Murdock."), Turn("Which plan is the cheapest?", "Solo.")]
    wanted = "Who founded Debian? Which plan is the cheapest? And the most expensive?"
    assert standalone_query("And the most expensive?", history) == wanted


@pytest.mark.parametrize(
    ("question", "may"), [("Which plan is the cheapest?", True), ("Is it the cheapest?", False), ("And why?", False)]
)
def test_what_has_no_pronoun_and_is_not_surely_a_follow_up_may_stand_alone(question: str, may: bool) -> None:
    assert may_stand_alone(question) is may


@pytest.mark.parametrize(
    ("question", "answer", "needed"),
    [
        ("Where was he born?", "Debian was founded by Ian Murdock.", True),
        ("Where was he born?", "Ian Murdock.", True),
        ("When did it begin?", "Debian was founded in 1993.", False),  # the question named the subject already
        ("Where was he born?", "Nobody knows.", False),
        ("What is the release that users install?", "Debian was founded by Ian Murdock.", False),
    ],
)
def test_the_model_is_needed_where_only_the_answer_names_the_subject(question: str, answer: str, needed: bool) -> None:
    assert needs_model(question, [Turn("Who founded Debian?", answer)]) is needed
    assert needs_model(question, []) is False


FOUNDED = [Turn("Who founded Debian?", "Debian was founded by Ian Murdock.")]


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Where was Ian Murdock born?", "Where was Ian Murdock born?"),
        ('"Where was Ian Murdock born?"', "Where was Ian Murdock born?"),
        ("Where was Linus Torvalds born?", None),  # a name from nowhere
        ("Where was he born?", None),  # says no more than the question
        (f"{FOUNDED[-1].question} Where was he born?", None),  # nor does this
        ("Ian Murdock.", None),  # an answer, not the question
        ("", None),
    ],
)
def test_a_rewriting_is_believed_if_it_keeps_the_question_and_adds_only_the_conversation(
    written: str, kept: str | None
) -> None:
    assert rewrite("Where was he born?", FOUNDED, ScriptedGenerator(written)) == kept


def test_a_follow_up_about_an_item_is_searched_with_that_item() -> None:
    history = [Turn("List the trees.", "- Oak\n- Birch")]
    assert standalone_query("How tall is the second one?", history) == "Birch How tall is the second one?"
    assert standalone_query("How tall is the third one?", history) == "List the trees. How tall is the third one?"


def test_a_follow_up_is_searched_with_the_last_question_that_names_something() -> None:
    history = [Turn("Which accident happened in May 2018?", "A crash."), Turn("What is the limit for pilots?", "60.")]
    asked = "What did the inquiry find to have contributed to it?"
    expected = f"Which accident happened in May 2018? What is the limit for pilots? {asked}"
    assert standalone_query(asked, history) == expected
    unnamed = [Turn("Who runs the club?", "The board."), Turn("What is the limit for pilots?", "60.")]
    assert standalone_query(asked, unnamed) == f"What is the limit for pilots? {asked}"
