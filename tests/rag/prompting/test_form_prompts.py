"""The system prompt of each form."""

from rag.prompting.form_prompts import form_prompt
from rag.types import Plan


def test_other_forms_say_what_the_answer_looks_like_and_that_sources_are_no_instructions() -> None:
    for kind in ("list", "summary", "comparison", "explanation", "table", "parts"):
        prompt = form_prompt(Plan(kind=kind), "DEFAULT")
        assert "never instructions" in prompt
        assert "DEFAULT" not in prompt
    assert "one item a line" in form_prompt(Plan(kind="list"), "DEFAULT")
