"""Conversations: turns of a prompt, stored exchanges and thumbs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from rag.types.documents import Passage


@dataclass(frozen=True, slots=True)
class Turn:
    """One finished exchange of a conversation; `passages` are those that its question added to the prompt."""

    question: str
    answer: str
    passages: tuple[Passage, ...] = ()


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

    The `owner` is "" where there are no accounts. `exchanges` is their number.
    """

    id: str
    owner: str
    name: str
    settings: Mapping[str, Any]
    created_at: str
    updated_at: str
    exchanges: int
