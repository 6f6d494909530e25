"""Bind the page's events to their handlers."""

from typing import Any

import gradio as gr

from web.chat.handlers import Chat
from web.layout import Page

_TAB_STATE = """window.citewell?.tabState() ??
    { conversation: new URLSearchParams(location.search).get("c"), sent: 1 }"""
"""Right after the page is loaded, its own scripts may not be there yet: they count on from 1 what they send."""

_SEND_TAB_STATE = f"(...values) => [...values.slice(0, -1), JSON.stringify({_TAB_STATE})]"
"""The tab's state goes along with the question it holds for, so that neither overtakes the other."""

_SEND_FIRST_STATE = f"(...values) => [...values.slice(0, -1), JSON.stringify({{ ...({_TAB_STATE}), sent: 0 }})]"
"""Loading the page comes before whatever is done in it, though Gradio may send it after an early question."""

_SET_CONVERSATION = "(opened) => { window.citewell?.setConversation(opened); }"
_CONVERSATION_UPDATED = "() => { window.citewell?.conversationUpdated(); }"


def bind(page: Page, chat: Chat, blocks: gr.Blocks) -> None:
    """Bind all events of the page."""
    shared: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    unlimited: dict[str, Any] = {**shared, "concurrency_limit": None}  # nobody waits for somebody else's answer
    answer: dict[str, Any] = {**unlimited, "outputs": page.answer_outputs, "js": _SEND_TAB_STATE}
    inputs = [page.question, page.conversation, page.tab]
    for event in (
        page.question.submit(chat.ask, inputs, **answer),
        page.chat.example_select(_selected, None, page.question, **unlimited).then(chat.ask, inputs, **answer),
        page.chat.retry(chat.retry, [page.conversation, page.tab], **answer),
        page.chat.edit(chat.edit, [page.conversation, page.tab], **answer),
    ):
        event.then(None, None, None, js=_CONVERSATION_UPDATED, **unlimited)
        event.then(chat.idle, [page.question, page.conversation], page.question, **unlimited)
    page.opened.change(None, page.opened, None, js=_SET_CONVERSATION, **unlimited)

    page.question.stop(chat.stop, None, None, **unlimited)
    page.chat.like(chat.rate, page.tab, None, js=_SEND_TAB_STATE, **unlimited)

    # More than one at once: an earlier one may follow an answer until a later one turns the tab to something else.
    changed = page.head.changed(chat.reopen, page.tab, trigger_mode="multiple", **answer)
    changed.then(None, None, None, js=_CONVERSATION_UPDATED, **unlimited)
    loaded = blocks.load(chat.reopen, page.tab, **{**answer, "js": _SEND_FIRST_STATE})
    loaded.then(chat.suggestions, None, page.chat, **unlimited)
    for event in (changed, loaded):
        event.then(chat.idle, [page.question, page.conversation], page.question, **unlimited)
    page.sources.changed(chat.suggestions, None, page.chat, **unlimited)
    blocks.unload(chat.leave)


def _selected(event: gr.SelectData) -> str:
    return str(event.value["text"])
