"""Plan the answer to a question by its words alone (pure)."""

import re
from collections.abc import Sequence

from rag.answering.planning.lengths import asked_length, asked_section, asked_sentences, asks_for_steps
from rag.answering.planning.parts import compared_things, split_questions
from rag.answering.planning.question_kinds import question_kind
from rag.retrieval.conversation_references import refers_to_nothing
from rag.text.messages.answer_language import answer_language, question_language
from rag.types import Plan

_LIST = re.compile(r"\b(?:list|name|enumerate)\b", re.IGNORECASE)


def plan(question: str, earlier: Sequence[str] = ()) -> Plan:
    """Return the plan for a question; `earlier` are those before it, oldest first."""
    spoken = question_language(question) or "en"
    kind = question_kind(question, spoken)
    if spoken == "en" and refers_to_nothing(question, earlier):
        kind = "about_app"
    parts = compared_things(question) if kind == "comparison" else ()
    if kind in ("fact", "yes_no", "explanation", "table") or (kind == "list" and not _LIST.search(question)):
        parts = split_questions(question)
        kind = "parts" if parts else kind
    return Plan(
        kind=kind,
        parts=parts,
        length=asked_length(question),
        sentences=asked_sentences(question),
        steps=kind == "explanation" and asks_for_steps(question),
        section=asked_section(question) if kind != "about_app" else "",
        language=answer_language(question, earlier),
    )
