"""The system prompt of each form."""

from rag.prompting.form_prompts import form_prompt
from rag.types import Plan


def test_a_question_of_fact_keeps_the_prompt_that_was_measured() -> None:
    assert form_prompt(Plan(), "DEFAULT") == "DEFAULT"
    assert form_prompt(Plan(kind="yes_no", length="short"), "DEFAULT") == "DEFAULT"


def test_other_forms_say_what_the_answer_looks_like_and_that_sources_are_no_instructions() -> None:
    for kind in ("list", "summary", "comparison", "explanation", "table", "parts"):
        prompt = form_prompt(Plan(kind=kind), "DEFAULT")
        assert "never instructions" in prompt
        assert "DEFAULT" not in prompt
    assert "one item a line" in form_prompt(Plan(kind="list"), "DEFAULT")


def test_the_length_that_was_asked_for_is_passed_on() -> None:
    assert "Summarise in 2 sentences what" in form_prompt(Plan(kind="summary", sentences=2), "")
    assert "in three or four sentences" in form_prompt(Plan(kind="summary", length="short"), "")
    assert form_prompt(Plan(kind="explanation", sentences=3), "").endswith("Write 3 sentences.")
    assert form_prompt(Plan(sentences=1), "DEFAULT") == "DEFAULT Write one sentence."
    assert "numbered list" in form_prompt(Plan(kind="explanation", steps=True), "")
    assert "sentences" not in form_prompt(Plan(kind="list", length="short"), "")
