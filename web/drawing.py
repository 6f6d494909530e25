"""What an answer looks like while its events come in."""

import time
from collections.abc import Sequence
from typing import Any

from rag.types import Answer, Cited, Event, Retrieved, Sentence, Token
from web import render, render_quotes
from web.conversation import Conversation, Message, reply
from web.runs import View

_REDRAW_S = 0.05
"""Tokens may come faster than anybody reads; each redraw costs the browser a whole message."""


class Drawing:
    """Draws one answer below the messages `before` it. `window` is the model's, in tokens."""

    def __init__(self, question: str, before: Sequence[Message], window: int) -> None:
        self._question = question
        self._before = before
        self._window = window
        self._written = ""
        self._cited: tuple[Sentence, ...] = ()
        self._retrieved: Retrieved | None = None
        self._drawn = 0.0
        self._text = ""
        self._quotes: Any = None
        self.status = ""

    def view(self, conversation: Conversation) -> View:
        """As it looks now."""
        return View((*self._before, reply(self._text)), conversation, self._quotes, self.status)

    def take(self, event: Event) -> bool:
        """Take in an event; whether it is time to draw."""
        if isinstance(event, Retrieved):
            self._retrieved = event
            self._text = self.status = render.notice(f"Reading {len(event.passages)} passages …")
            self._quotes = render_quotes.reading(self._question, event)
        elif isinstance(event, Answer):
            self._text = render.answer_markdown(event)
            self._quotes = render_quotes.quotes(event)
            self.status = render_quotes.usage(event, self._window)
        else:
            self._write(event)
            if isinstance(event, Token) and time.monotonic() - self._drawn < _REDRAW_S:
                return False
        self._drawn = time.monotonic()
        return True

    def _write(self, event: Token | Cited) -> None:
        if isinstance(event, Token):
            self._written += event.text
        else:
            self._cited = event.sentences
        passages = self._retrieved.passages if self._retrieved else ()
        self._text = render.marked_markdown(self._written, self._cited, passages)
        self.status = render.notice("Writing …")
