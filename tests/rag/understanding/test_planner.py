"""A question's plan."""

from rag.types import Plan
from rag.understanding.planner import plan


def test_several_questions_are_a_kind_of_their_own() -> None:
    made = plan("On which continents do ducks live, which of them migrate, and what do they eat?")
    assert made.kind == "parts"
    assert len(made.parts) == 3


def test_a_question_with_nothing_to_refer_to_is_not_searched_for() -> None:
    assert plan("What about the second one?").kind == "about_app"
    assert plan("What about the second one?", ["List the trees."]).kind != "about_app"


def test_steps_are_asked_for_in_so_many_words() -> None:
    assert plan("Explain step by step how the board is elected.").steps
    assert plan("Erkläre Schritt für Schritt, wie der Vorstand gewählt wird.").steps
    assert not plan("Explain how the board is elected.").steps


def test_length_section_and_things_compared_are_in_the_plan() -> None:
    assert plan("Summarise section 6 in two sentences.") == Plan(
        kind="summary", sentences=2, section="section 6", language="en"
    )
    assert [part.text for part in plan("Compare the old lease with the new lease.").parts] == ["old lease", "new lease"]
