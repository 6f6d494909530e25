"""Plan the answer to a question. What goes with the form of an answer is in `Plan` and in the prompt of the form."""

from collections.abc import Sequence

from rag.text.answer_language import answer_language, question_language
from rag.types import Plan, QuestionKind
from rag.understanding.conversation_references import refers_to_nothing
from rag.understanding.lengths import asked_length, asked_section, asked_sentences, asks_for_steps
from rag.understanding.parts import compared_things, split_questions
from rag.understanding.question_reader import Asked, QuestionReading, read_question

_FORMS: dict[Asked, QuestionKind] = {
    "fact": "fact",
    "yes_no": "yes_no",
    "count": "fact",
    "list": "list",
    "summary": "summary",
    "comparison": "comparison",
    "explanation": "explanation",
    "why": "explanation",
    "parts": "parts",
    "table": "table",
    "calculation": "table",
    "chat": "about_app",
}

_LONG: tuple[Asked, ...] = ("list", "summary", "comparison", "explanation", "why", "parts")
_LEAST_SHORT = 0.6
"""Less certain that a short answer is wanted, the form is a longer one: that serves who wanted a fact as well."""

_LEAST_CERTAIN: dict[Asked, float] = {"chat": 0.6, "summary": 0.6}
"""What costs most where it is wrong takes certainty: nothing is looked up, or a whole document is read."""

_LEAST_OF_NAMED = 0.15
"""Certainty that takes, instead, a summary of what a question names where that is a document, and nothing else."""

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
        counts=kind == "fact" and reading.likeliest == "count",
        section=asked_section(question) if kind != "about_app" else "",
        language=answer_language(question, earlier),
    )


def may_be_summary(question: str) -> bool:
    """Return whether a question is likely enough to ask for a summary if a document is all that it names."""
    return read_question(question).asked["summary"] >= _LEAST_OF_NAMED


def form_of(reading: QuestionReading) -> QuestionKind:
    """Return the form of the answer to a question."""
    asked = {kind: share for kind, share in reading.asked.items() if share >= _LEAST_CERTAIN.get(kind, 0)}
    is_long = sum(reading.asked[kind] for kind in _LONG) > 1 - _LEAST_SHORT
    among = [kind for kind in _LONG if kind in asked] if is_long and "chat" not in asked else [*asked]
    best = max(among, key=asked.__getitem__)
    # A list of what most likely is one fact has things in it that nobody asked for: a complete answer serves both.
    return "explanation" if is_long and asked.get("fact", 0) > asked[best] else _FORMS[best]
