"""Binds the page's events to their handlers."""

from typing import Any

import gradio as gr

from web.chat.handlers import Chat
from web.layout import Page

_TELLING = """(...values) => [...values.slice(0, -1), JSON.stringify(
    window.citewell?.tabState() ?? { conversation: new URLSearchParams(location.search).get("c") }
)]"""
"""What is chosen in the tab goes along with the question it holds for: it cannot be overtaken by it. When the page has
just been loaded, its own scripts may not be there yet."""

_OPENED = "(id) => { window.citewell?.setConversation(id); }"
_GROWN = "() => { window.citewell?.conversationUpdated(); }"
_NEW = "() => { window.citewell?.newConversation(); }"


def bind(page: Page, chat: Chat, blocks: gr.Blocks, *, answers_at_once: int) -> None:
    """All bindings of the page."""
    shared: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    quick: dict[str, Any] = {**shared, "concurrency_limit": None}  # nobody waits for an answer of somebody else's
    asking: dict[str, Any] = {
        **shared,
        "outputs": page.answering,
        "concurrency_limit": answers_at_once,
        "concurrency_id": "answers",
        "js": _TELLING,
    }
    asked = [page.question, page.conversation, page.tab]
    for answering in (
        page.question.submit(chat.ask, asked, **asking),
        page.chat.example_select(_selected, None, page.question, **quick).then(chat.ask, asked, **asking),
        page.chat.retry(chat.retry, [page.conversation, page.tab], **asking),
        page.chat.edit(chat.edit, [page.conversation, page.tab], **asking),
    ):
        answering.then(None, None, None, js=_GROWN, **quick)
    page.opened.change(None, page.opened, None, js=_OPENED, **quick)

    page.question.stop(chat.stop, None, None, **quick)
    page.chat.like(chat.rate, page.tab, None, js=_TELLING, **quick)
    gr.on([page.new.click, page.chat.clear], None, None, None, js=_NEW, **quick)

    opening: dict[str, Any] = {**quick, "outputs": page.answering, "js": _TELLING}
    # More than one at once: the earlier may follow an answer until the later turns the tab to something else.
    page.head.changed(chat.reopen, page.tab, trigger_mode="multiple", **opening).then(
        None, None, None, js=_GROWN, **quick
    )
    blocks.load(chat.reopen, page.tab, **opening).then(chat.suggestions, None, page.chat, **quick)
    page.sources.changed(chat.suggestions, None, page.chat, **quick)
    blocks.unload(chat.leave)


def _selected(event: gr.SelectData) -> str:
    return str(event.value["text"])
