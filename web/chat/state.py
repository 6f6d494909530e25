"""The state of a chat: the conversation as it is shown, and what the browser tab sends with each event."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rag.types import Answer, Turn
from web.rendering import answer_html
from web.rendering.markdown import inert_markdown

Message = dict[str, str]
"""A message of the chat: {"role": "user" | "assistant", "content": Markdown}."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """The answers so far. `unanswered` is a question after them that got an error message, or nothing, for an answer.

    With `is_being_answered`, another server seems to be at it. `asked` is the key of the question that this one is at.
    `id` is "" until it is stored; `settings` override the app's; `excluded` are ids of documents not searched in it.
    `only` are the documents that the next question is asked of, whatever is excluded; none if it is asked of all.
    """

    answers: tuple[Answer, ...] = ()
    unanswered: str = ""
    is_being_answered: bool = False
    asked: str = ""
    id: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    excluded: frozenset[int] = frozenset()
    only: frozenset[int] = frozenset()

    @property
    def history(self) -> Sequence[Turn]:
        """The turns that the prompt of the next question may contain."""
        return self.answers[-1].turns if self.answers else ()

    def question(self, message: int) -> str:
        """Return the question, as it was typed, of the exchange that this message of the chat belongs to."""
        exchange = message // 2
        return self.answers[exchange].question if exchange < len(self.answers) else self.unanswered

    def before(self, message: int) -> "Conversation":
        """Return the conversation up to the exchange that this message of the chat belongs to."""
        return replace(self, answers=self.answers[: message // 2], unanswered="", is_being_answered=False)

    def messages(self) -> list[Message]:
        """Return the messages of the chat."""
        return [
            message
            for answer in self.answers
            for message in (user_message(answer.question), assistant_message(answer_html.answer_markdown(answer)))
        ]


def user_message(question: str) -> Message:
    """Return a question as a message."""
    return {"role": "user", "content": inert_markdown(question)}


def assistant_message(markdown: str) -> Message:
    """Return an answer or notice as a message."""
    return {"role": "assistant", "content": markdown}


_MAX_ID_CHARACTERS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class TabState:
    """State that the browser tab sends with each event: excluded documents, open conversation, chosen settings.

    A `conversation` of "" is a new one. For documents or settings of None, those stored with the conversation hold.
    `only` are the documents that the next question is about, if it is about some. `turn` counts the conversations that
    the tab has turned to, `sent` the states that it has sent: of two, the later has the larger one.
    """

    excluded: frozenset[int] | None = None
    conversation: str = ""
    settings: Mapping[str, Any] | None = None
    only: frozenset[int] = frozenset()
    turn: int = 0
    sent: int = 0


def parse_tab_state(text: str) -> TabState:
    """Read a tab's state from JSON, and ignore what cannot be read."""
    try:
        return tab_state(json.loads(text or "{}"))
    except (ValueError, RecursionError):
        return TabState()


def tab_state(value: object) -> TabState:
    """Read a tab's state from what it sent, and ignore what cannot be read."""
    if not isinstance(value, dict):
        return TabState()
    excluded, conversation, settings = (value.get(name) for name in ("excluded", "conversation", "settings"))
    return TabState(
        excluded=_ids(excluded) if isinstance(excluded, list) else None,
        conversation=conversation[:_MAX_ID_CHARACTERS] if isinstance(conversation, str) else "",
        settings=settings if isinstance(settings, dict) else None,
        only=_ids(value.get("only")),
        turn=_count(value.get("turn")),
        sent=_count(value.get("sent")),
    )


def _count(value: object) -> int:
    return value if isinstance(value, int) else 0


def _ids(value: object) -> frozenset[int]:
    return frozenset(id_ for id_ in value if isinstance(id_, int)) if isinstance(value, list) else frozenset()
