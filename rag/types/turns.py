"""A conversation: the turns that the model is shown, and what is kept of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from rag.types.documents import Passage


@dataclass(frozen=True, slots=True)
class Turn:
    """One finished exchange of a conversation; `passages` are those that were new to the model with this question."""

    question: str
    answer: str
    passages: tuple[Passage, ...] = ()


Thumb = Literal["", "up", "down"]
"""What somebody thinks of an answer; "" if they did not say."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question with its answer as a conversation keeps them, by number from 1.

    `record` is made by `rag.exports.conversation_record`.
    """

    number: int
    asked_at: str
    record: Mapping[str, Any]
    thumb: Thumb = ""
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What is known of a kept conversation. `settings` are those that differ from the defaults; times are in ISO 8601.

    An `owner` of "" is whoever uses this machine: there are no accounts.
    """

    id: str
    owner: str
    name: str
    settings: Mapping[str, Any]
    created_at: str
    updated_at: str
    exchanges: int
