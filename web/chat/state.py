"""The state of a chat (pure): the conversation as it is shown, and what the browser tab sends with each event."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rag.types import Answer, Turn
from web.rendering import answer_html
from web.rendering.markdown import inert_markdown

Message = dict[str, str]
"""A message of the chat: {"role": "user" | "assistant", "content": Markdown}."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """The answers so far. `unanswered` is a question after them that got an error message in place of an answer.

    `id` is "" until it is kept; `settings` are those that it has of its own; `excluded` are the ids of documents
    that are not asked in it.
    """

    answers: tuple[Answer, ...] = ()
    unanswered: str = ""
    id: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    excluded: frozenset[int] = frozenset()

    @property
    def history(self) -> Sequence[Turn]:
        """What the model is told of it."""
        return self.answers[-1].turns if self.answers else ()

    def question(self, message: int) -> str:
        """The question that the exchange with this message of the chat began with, as it was typed."""
        exchange = message // 2
        return self.answers[exchange].question if exchange < len(self.answers) else self.unanswered

    def before(self, message: int) -> "Conversation":
        """The conversation up to the exchange with this message of the chat."""
        return replace(self, answers=self.answers[: message // 2], unanswered="")

    def messages(self) -> list[Message]:
        """The chat of it."""
        return [
            message
            for answer in self.answers
            for message in (said(answer.question), reply(answer_html.answer_markdown(answer)))
        ]


def said(question: str) -> Message:
    """The user's message."""
    return {"role": "user", "content": inert_markdown(question)}


def reply(markdown: str) -> Message:
    """The answer's message."""
    return {"role": "assistant", "content": markdown}


_LONGEST_ID = 64


@dataclass(frozen=True, slots=True)
class TabState:
    """The ids of documents that are not to be asked, the conversation that is open, and the settings that are chosen.

    A `conversation` of "" is a new one. Documents or settings of None are as they were kept.
    """

    excluded: frozenset[int] | None = None
    conversation: str = ""
    settings: Mapping[str, Any] | None = None


def told(text: str) -> TabState:
    """What is told in JSON; of what cannot be read, nothing."""
    try:
        value = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return TabState()
    if not isinstance(value, dict):
        return TabState()
    excluded, conversation, settings = (value.get(name) for name in ("excluded", "conversation", "settings"))
    return TabState(
        frozenset(id_ for id_ in excluded if isinstance(id_, int)) if isinstance(excluded, list) else None,
        conversation[:_LONGEST_ID] if isinstance(conversation, str) else "",
        settings if isinstance(settings, dict) else None,
    )
