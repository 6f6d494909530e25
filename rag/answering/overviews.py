"""Answer a general summary question from the overview that was kept, and keep one that was newly written."""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from rag.answering.ask_options import AskOptions
from rag.interfaces import ContentFilter, Library
from rag.retrieval.gatherer import MAX_SUMMARISED
from rag.text.message_catalogues import date_in, messages_in
from rag.types import Answer, Cited, Document, DocumentFacts, Event, Plan, Retrieved, Timings, Token, Turn
from rag.types.decoding import Decoding
from rag.understanding.question_reader import needs_conversation
from rag.understanding.summary_subjects import (
    documents_called,
    is_about_everything,
    names_a_thing,
    summary_subject,
)

SUMMARISE = {
    "en": "Summarise this document.",
    "de": "Fasse dieses Dokument zusammen.",
    "es": "Haz un resumen de este documento.",
    "fr": "Fais un résumé de ce document.",
    "zh": "请总结这份文件。",
}
"""The question for an overview, by the language of the document."""

_UNKNOWN = "en"
"""Assumed of a question that is too short to tell its language."""


class KeptAnswers(Protocol):
    """Keep the overviews of documents as answers, one a language."""

    def find(self, document_id: int, language: str) -> Answer | None:
        """Return the overview of a document, if one was made with the settings and the model of now."""

    def keep(self, document_id: int, answer: Answer) -> None:
        """Keep an answer as the overview of a document, if that is still as the answer has it."""


class Overviews:
    """Overviews of one library's documents. With `kept` of None, none is used and none is kept."""

    def __init__(
        self, library: Library, kept: KeptAnswers | None, decoding: Decoding, content_filter: ContentFilter | None
    ) -> None:
        self._library = library
        self._kept = kept
        self._decoding = decoding
        self._content_filter = content_filter

    def asked(
        self,
        question: str,
        plan: Plan,
        history: Sequence[Turn],
        within: AbstractSet[int] | None,
        options: AskOptions,
    ) -> int | None:
        """Return the document whose overview answers a question; None if it asks for anything else."""
        if self._kept is None or not options.are_usual(self._decoding):
            return None
        if options.passages is not None or options.strictness is not None:
            return None
        return summarised(question, plan, history, self._names(within), self._library.facts())

    def too_many(
        self, question: str, plan: Plan, history: Sequence[Turn], within: AbstractSet[int] | None
    ) -> Collection[str]:
        """Return the names of the documents if all are to be summarised and that is too much; none otherwise."""
        if plan.kind != "summary" or plan.section or not is_about_everything(question, plan.language):
            return ()
        names = self._names(within).values()
        is_about_another = bool(history) and needs_conversation(question)
        return names if len(names) > MAX_SUMMARISED and not is_about_another else ()

    def _names(self, within: AbstractSet[int] | None) -> dict[int, str]:
        return {id_: name for id_, name in self._library.names().items() if within is None or id_ in within}

    def find(
        self, document_id: int | None, question: str, plan: Plan, history: Sequence[Turn], options: AskOptions
    ) -> Answer | None:
        """Return the kept overview as the answer to a question; None if there is none, or a new one is wanted."""
        if self._kept is None or document_id is None or options.fresh:
            return None
        started = time.perf_counter()
        kept = self._kept.find(document_id, plan.language or _UNKNOWN)
        if kept is None or (self._content_filter and self._content_filter.objection(kept.text)):
            return None
        seconds = time.perf_counter() - started
        return replace(
            kept,
            question=question,
            query=question,
            plan=plan,
            language=plan.language,
            turns=(*history, Turn(question, kept.text, kept.passages, kept.plan.kind)),
            forgotten_turns=0,
            timings=Timings(retrieve_s=seconds, first_token_s=seconds, total_s=seconds),
        )

    def keep(self, document_id: int | None, answer: Answer) -> None:
        """Keep an answer as the overview of a document if it is whole, stands, and is about nothing else."""
        if self._kept is None or document_id is None or answer.abstained or answer.stop_reason != "end":
            return
        if not answer.language:  # nothing told the model which language to write in
            return
        shown = [*answer.passages, *(dropped.passage for dropped in answer.dropped)]
        is_first = len(answer.turns) == 1  # a later answer may also say what the earlier ones were about
        if is_first and {passage.chunk.document_id for passage in shown} == {document_id}:
            self._kept.keep(document_id, answer)


def events(kept: Answer) -> Iterator[Event]:
    """Yield a kept answer as the events in which a new one would arrive."""
    yield Retrieved(kept.query, kept.passages, kept.dropped)
    yield Token(kept.text)
    yield Cited(kept.sentences)
    yield kept


def overview_question(document: Document) -> str:
    """Return the question for an overview of a document, in its language if there is one."""
    return SUMMARISE.get(document.facts.language, SUMMARISE["en"])


def kept_note(answer: Answer) -> str:
    """Return when a kept overview was made, for people; "" of an answer that was written for its question."""
    try:
        day = datetime.fromisoformat(answer.kept_from)
    except ValueError:
        return ""
    note = messages_in(answer.language).gettext("Overview made on {date}.")
    return note.format(date=date_in(answer.language, day))


def summarised(
    question: str,
    plan: Plan,
    history: Sequence[Turn],
    names: Mapping[int, str],
    facts: Mapping[int, DocumentFacts],
) -> int | None:
    """Return the document that a question wants summarised as a whole, in no special length; None if it does not.

    It is the only one, or the only one whose name or title has the words that the question adds. What the conversation
    is about may be something else: "Summarise it."
    """
    if plan.kind != "summary" or plan.section or plan.length or plan.sentences or plan.parts:
        return None
    if history and needs_conversation(question) and not names_a_thing(question):
        return None
    focus = summary_subject(question, plan.language)
    if not focus:
        return next(iter(names)) if len(names) == 1 else None
    called = documents_called(focus, names, facts)
    return called[0] if len(called) == 1 else None
