"""Plan the answer to a question."""

from collections.abc import Sequence

from rag.text.answer_language import answer_language, question_language
from rag.types import Plan
from rag.understanding.conversation_references import refers_to_nothing
from rag.understanding.lengths import asked_length, asked_section, asked_sentences, asks_for_steps
from rag.understanding.parts import compared_things, split_questions
from rag.understanding.question_forms import form_of
from rag.understanding.question_reader import read_question

_LEAST_PARTS = 0.1
"""Less certain that several things are asked, a text that can be split is not: "…, and by how many points?" goes on."""


def plan(question: str, earlier: Sequence[str] = ()) -> Plan:
    """Return the plan for a question; `earlier` are those before it, oldest first."""
    spoken = question_language(question) or "en"
    reading = read_question(question)
    kind = form_of(reading)
    if spoken == "en" and refers_to_nothing(question, earlier):
        kind = "about_app"
    parts = compared_things(question) if kind == "comparison" else ()
    if kind == "parts" or (kind not in ("about_app", "list") and reading.asked["parts"] >= _LEAST_PARTS):
        parts = split_questions(question)
        if parts or kind == "parts":
            kind = "parts" if parts else "explanation"  # they are not told apart: all of it is told
    return Plan(
        kind=kind,
        parts=parts,
        length=asked_length(question),
        sentences=asked_sentences(question),
        steps=kind == "explanation" and asks_for_steps(question),
        section=asked_section(question) if kind != "about_app" else "",
        language=answer_language(question, earlier),
    )
