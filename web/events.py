"""Binds the page's events to their handlers."""

from typing import Any

import gradio as gr

from web.chat import Chat
from web.page import Page

_WITH_EXCLUDED = "(...values) => [...values.slice(0, -1), JSON.stringify(window.citewell?.excluded() ?? [])]"
"""The choice of sources goes along with the question it holds for: it cannot be overtaken by it."""


def bind(page: Page, chat: Chat, blocks: gr.Blocks, *, answers_at_once: int) -> None:
    """All bindings of the page."""
    shared: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    quick: dict[str, Any] = {**shared, "concurrency_limit": None}  # nobody waits for an answer of somebody else's
    asking: dict[str, Any] = {
        **shared,
        "outputs": page.answering,
        "concurrency_limit": answers_at_once,
        "concurrency_id": "answers",
        "js": _WITH_EXCLUDED,
    }
    asked = [page.question, page.conversation, page.excluded]
    page.question.submit(chat.ask, asked, **asking)
    page.chat.example_select(_selected, None, page.question, **quick).then(chat.ask, asked, **asking)
    page.chat.retry(chat.retry, [page.conversation, page.excluded], **asking)
    page.chat.edit(chat.edit, [page.conversation, page.excluded], **asking)

    page.question.stop(chat.stop, None, None, **quick)
    gr.on([page.new.click, page.chat.clear], chat.stop, None, None, **quick).then(
        chat.new_conversation, None, page.answering, **quick
    ).then(chat.suggestions, None, page.chat, **quick)

    page.sources.changed(chat.suggestions, None, page.chat, **quick)
    blocks.load(chat.suggestions, None, page.chat, **quick)
    blocks.unload(chat.stop)


def _selected(event: gr.SelectData) -> str:
    return str(event.value["text"])
