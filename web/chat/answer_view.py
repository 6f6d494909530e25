"""Show an answer while its events come in."""

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rag.answering.answer_notes import call_note
from rag.interfaces import Library
from rag.text.message_catalogues import messages_in
from rag.types import Answer, Cited, Event, Planned, PromptRead, Retrieved, Sentence, Thought, Token, ToolCalled
from rag.understanding.descriptions import describe
from web.chat.answer_jobs import View
from web.chat.state import Conversation, Message, assistant_message
from web.rendering import answer_html, quotes_html
from web.rendering.cited_figures import cited_figures

_REDRAW_S = 0.05
_SHORT = 2000
_REDRAW_S_PER_CHARACTER = 1e-5
"""Tokens may come faster than anybody reads, and each redraw costs the browser a whole message: some milliseconds for a
thousand characters. The longer a message is beyond `_SHORT`, the less often it is drawn."""


class AnswerView:
    """Draw one answer below the messages `before` it; `context_tokens` is the size of the model's context window."""

    def __init__(self, question: str, before: Sequence[Message], context_tokens: int, library: Library) -> None:
        self._question = question
        self._language = ""
        self._before = before
        self._context_tokens = context_tokens
        self._library = library
        self._thinking = ""
        self._written = ""
        self._cited: tuple[Sentence, ...] = ()
        self._retrieved: Retrieved | None = None
        self._calls: tuple[ToolCalled, ...] = ()
        self._drawn_at = 0.0
        self._plan = ""
        self._text = ""
        self._quotes: Any = None
        self.status = ""

    def view(self, conversation: Conversation) -> View:
        """Return the chat as it looks now."""
        return View((*self._before, assistant_message(self._text)), conversation, self._quotes, self.status)

    def update(self, event: Event) -> bool:
        """Take in an event, and return whether it is time to redraw."""
        if isinstance(event, Planned):
            self._language = event.plan.language
            self._text = answer_html.notice(describe(event.plan))
            has_steps = event.plan.parts or event.plan.kind in ("summary", "list")
            self._plan = self._text if has_steps else ""
        elif isinstance(event, Retrieved):
            self._retrieved = event
            self._text = self._doing(self._reading(len(event.passages)))
            self._quotes = quotes_html.reading(self._question, event)
        elif isinstance(event, ToolCalled):
            self._take_in(event)
        elif isinstance(event, PromptRead):
            self.status = quotes_html.still_reading(event)
        elif isinstance(event, Answer):
            self._text = answer_html.answer_markdown(event)
            self._quotes = quotes_html.quotes(event, cited_figures(event, self._library))
            self.status = quotes_html.usage(event, self._context_tokens)
        else:
            self.status = ""
            self._write(event)
            rest = _REDRAW_S_PER_CHARACTER * max(0, len(self._text) - _SHORT)
            if time.monotonic() - self._drawn_at < (rest if isinstance(event, Cited) else max(_REDRAW_S, rest)):
                return False
            self._draw()
        self._drawn_at = time.monotonic()
        return True

    def _take_in(self, call: ToolCalled) -> None:
        """Show a call, and read on with the passages that it added."""
        self._calls = (*self._calls, call)
        if self._retrieved:
            self._retrieved = replace(self._retrieved, passages=(*self._retrieved.passages, *call.passages))
            self._quotes = quotes_html.reading(self._question, self._retrieved)
        self._text = self._doing(call_note(call, self._language))

    def _doing(self, what: str) -> str:
        """Return what stands in place of the answer until its first word: the plan, what was called, what is done now.

        It stands there alone: the chat is a log, which a screen reader reads out once.
        """
        calls = answer_html.tool_calls(self._calls, self._language)
        return "\n\n".join([*filter(None, [self._plan]), *calls, answer_html.notice(what)])

    def _reading(self, number: int) -> str:
        note = messages_in(self._language).ngettext("Reading {number} passage …", "Reading {number} passages …", number)
        return note.format(number=number)

    def _write(self, event: Thought | Token | Cited) -> None:
        if isinstance(event, Thought):
            self._thinking += event.text
        elif isinstance(event, Token):
            self._written += event.text
        else:
            self._cited = event.sentences

    def _draw(self) -> None:
        """Draw what is written; what was thought is shown beside it, and said while nothing is."""
        if not self._written:
            self._text = self._doing(messages_in(self._language).gettext("Thinking …"))
            return
        passages = self._retrieved.passages if self._retrieved else ()
        answer = answer_html.marked_markdown(self._written, self._cited, passages, language=self._language)
        calls = answer_html.tool_calls(self._calls, self._language)
        self._text = "\n\n".join([*calls, *answer_html.thinking(self._thinking, self._language), answer])
