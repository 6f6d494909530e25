"""Conversations and notes: turns of a prompt, stored exchanges and thumbs, what a user writes down."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from rag.types.documents import Passage
from rag.types.plans import QuestionKind


@dataclass(frozen=True, slots=True)
class Turn:
    """One finished exchange of a conversation; `passages` are those that its question added to the prompt.

    `kind` is that of its question: a prompt of another kind has another system prompt, as a rule. `form` is the form of
    answer that its question asks for in the prompt of a conversation that began with another kind.
    """

    question: str
    answer: str
    passages: tuple[Passage, ...] = ()
    kind: QuestionKind = "fact"
    form: str = ""


Thumb = Literal["", "up", "down"]
"""A rating of an answer; "" if there is none."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A stored question with its answer, by number from 1. `rag.exports.conversation_record` makes the `record`."""

    number: int
    asked_at: str
    record: Mapping[str, Any]
    thumb: Thumb = ""
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """A kept overview of a document in a language, made by a model. `made_at` is a time in ISO 8601.

    `rag.exports.conversation_record` makes the `record` of an answer.
    """

    document_id: int
    language: str
    model: str
    record: Mapping[str, Any]
    made_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A stored conversation. `settings` are those that differ from the defaults; times are in ISO 8601.

    The `owner` is "" where there are no accounts. `exchanges` is their number. `unanswered` is a question asked after
    them that has no answer; "" if there is none. With `is_being_answered`, somebody was at it seconds ago.
    """

    id: str
    owner: str
    name: str
    settings: Mapping[str, Any]
    created_at: str
    updated_at: str
    exchanges: int
    unanswered: str = ""
    is_being_answered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A user's note: a title and own words in Markdown, both perhaps "", and an answer or a quote that was saved.

    `rag.exports.note_records` makes the `record`; it is None in a note that is only written. `version` grows by one
    with every edit; times are in ISO 8601.
    """

    id: str
    owner: str
    title: str
    text: str
    record: Mapping[str, Any] | None
    version: int
    created_at: str
    updated_at: str
