"""Show an answer while its events come in."""

import time
from collections.abc import Sequence
from typing import Any

from rag.types import Answer, Cited, Event, Retrieved, Sentence, Token
from web.chat.answer_jobs import View
from web.chat.state import Conversation, Message, assistant_message
from web.rendering import answer_html, quotes_html

_REDRAW_S = 0.05
"""Tokens may come faster than anybody reads, and each redraw costs the browser a whole message."""


class AnswerView:
    """Draw one answer below the messages `before` it; `context_tokens` is the size of the model's context window."""

    def __init__(self, question: str, before: Sequence[Message], context_tokens: int) -> None:
        self._question = question
        self._before = before
        self._context_tokens = context_tokens
        self._written = ""
        self._cited: tuple[Sentence, ...] = ()
        self._retrieved: Retrieved | None = None
        self._drawn_at = 0.0
        self._text = ""
        self._quotes: Any = None
        self.status = ""

    def view(self, conversation: Conversation) -> View:
        """Return the chat as it looks now."""
        return View((*self._before, assistant_message(self._text)), conversation, self._quotes, self.status)

    def update(self, event: Event) -> bool:
        """Take in an event, and return whether it is time to redraw."""
        if isinstance(event, Retrieved):
            self._retrieved = event
            self._text = self.status = answer_html.notice(f"Reading {len(event.passages)} passages …")
            self._quotes = quotes_html.reading(self._question, event)
        elif isinstance(event, Answer):
            self._text = answer_html.answer_markdown(event)
            self._quotes = quotes_html.quotes(event)
            self.status = quotes_html.usage(event, self._context_tokens)
        else:
            self._write(event)
            if isinstance(event, Token) and time.monotonic() - self._drawn_at < _REDRAW_S:
                return False
        self._drawn_at = time.monotonic()
        return True

    def _write(self, event: Token | Cited) -> None:
        if isinstance(event, Token):
            self._written += event.text
        else:
            self._cited = event.sentences
        passages = self._retrieved.passages if self._retrieved else ()
        self._text = answer_html.marked_markdown(self._written, self._cited, passages)
        self.status = answer_html.notice("Writing …")
