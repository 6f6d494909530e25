"""A question's plan; its form follows what is asked for, and where that is unsure it is one that serves both."""

from rag.types import Plan
from rag.understanding.planner import form_of, plan
from rag.understanding.question_reader import ASKED, Asked, QuestionReading


def test_a_question_with_nothing_to_refer_to_is_not_searched_for() -> None:
    assert plan("What about the second one?").kind == "about_app"
    assert plan("What about the second one?", ["List the trees."]).kind != "about_app"


def test_how_many_there_are_is_a_fact_that_may_have_to_be_counted() -> None:
    counted = plan("How many powers of the Project Leader does the constitution list?")
    assert (counted.kind, counted.counts) == ("fact", True)
    assert not plan("When was Debian founded?").counts


def test_steps_are_asked_for_in_so_many_words() -> None:
    assert plan("Explain step by step how the board is elected.").steps
    assert plan("Erkläre Schritt für Schritt, wie der Vorstand gewählt wird.").steps
    assert not plan("Explain how the board is elected.").steps


def test_length_and_section_are_in_the_plan() -> None:
    assert plan("Summarise section 6 in two sentences.") == Plan(
        kind="summary", sentences=2, section="section 6", language="en"
    )


def reading(**shares: float) -> QuestionReading:
    asked: dict[Asked, float] = {kind: shares.get(kind, 0.0) for kind in ASKED}
    return QuestionReading(asked, 0.0)


def test_what_is_certain_has_its_form() -> None:
    assert form_of(reading(fact=0.9, list=0.1)) == "fact"
    assert form_of(reading(why=0.9, fact=0.1)) == "explanation"
    assert form_of(reading(count=0.7, list=0.3)) == "fact"


def test_what_may_want_a_longer_answer_gets_one() -> None:
    assert form_of(reading(fact=0.5, explanation=0.3, list=0.2)) == "explanation"


def test_what_may_be_a_list_but_is_likelier_one_fact_is_told() -> None:
    assert form_of(reading(fact=0.44, list=0.4, why=0.09)) == "explanation"
    assert form_of(reading(list=0.6, fact=0.4)) == "list"


def test_only_what_is_surely_no_question_is_not_looked_up() -> None:
    assert form_of(reading(chat=0.9, fact=0.1)) == "about_app"
    assert form_of(reading(chat=0.5, fact=0.4, list=0.1)) == "fact"


def test_a_whole_document_is_only_summarised_where_that_is_surely_wanted() -> None:
    assert form_of(reading(summary=0.9, fact=0.1)) == "summary"
    assert form_of(reading(summary=0.5, fact=0.3, explanation=0.2)) == "explanation"
