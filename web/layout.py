"""The page: sources on the left, the conversation in the middle, quotes and pages on the right. No behaviour here."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from web.chat.state import Conversation
from web.rendering import panes, quotes_html

EMPTY_CHAT = "## Ask your documents\nAdd files on the left, then ask below."


@dataclass(frozen=True, kw_only=True)
class Page:
    """The components that have behaviour."""

    conversation: gr.State
    tab: gr.Textbox
    opened: gr.Textbox
    head: gr.HTML
    sources: gr.HTML
    chat: gr.Chatbot
    status: gr.HTML
    question: gr.Textbox
    new: gr.Button
    quotes: gr.HTML

    @property
    def answering(self) -> list[Any]:
        """What an answer changes, in the order of `web.chat.handlers.Update`."""
        return [self.question, self.chat, self.conversation, self.quotes, self.status, self.opened]


def lay_out(settings: str) -> Page:
    """Lay the components out; within `gr.Blocks`. `settings` is the panel of them."""
    conversation = gr.State(Conversation())
    tab = gr.Textbox("{}", visible=False)
    opened = gr.Textbox("", visible="hidden", show_label=False)
    head = _mounted(panes.HEADER, "account")
    with gr.Row(elem_id="cw-panes", equal_height=True):
        with gr.Column(scale=3, min_width=260, elem_id="cw-left"), gr.Tabs():
            with gr.Tab("Sources"):
                sources = _mounted(panes.SOURCES, "sources")
            with gr.Tab("Chats"):
                _mounted(panes.CONVERSATIONS, "conversations")
            with gr.Tab("Settings"):
                _mounted(settings, "settings")
        with gr.Column(scale=6, min_width=340, elem_id="cw-middle"):
            chat = gr.Chatbot(
                label="Conversation",
                show_label=False,
                height="100%",
                elem_id="cw-chat",
                latex_delimiters=[],
                buttons=["copy"],
                editable="user",
                feedback_options=("Like", "Dislike"),
                allow_tags=False,
                group_consecutive_messages=False,
                placeholder=EMPTY_CHAT,
            )
            status = gr.HTML("", js_on_load=None, apply_default_css=False, elem_id="cw-status")
            question = gr.Textbox(
                label="Question",
                show_label=False,
                placeholder="Ask a question …",
                submit_btn=True,
                max_lines=6,
                elem_id="cw-question",
                autofocus=True,
            )
            new = gr.Button("New conversation", size="sm", variant="secondary")
        with gr.Column(scale=5, min_width=300, elem_id="cw-right"):
            quotes = gr.HTML(quotes_html.EMPTY, js_on_load=None, apply_default_css=False, elem_id="cw-quotes")
            gr.HTML(panes.VIEWER, js_on_load=_mounts("viewer"), apply_default_css=False, elem_id="cw-source")
    return Page(
        conversation=conversation,
        tab=tab,
        opened=opened,
        head=head,
        sources=sources,
        chat=chat,
        status=status,
        question=question,
        new=new,
        quotes=quotes,
    )


def _mounted(html: str, module: str) -> Any:
    return gr.HTML(html, js_on_load=_mounts(module), apply_default_css=False, elem_id=f"cw-{module}")


def _mounts(module: str) -> str:
    """Script that gives an element to one of our modules. 'changed' is the event it may send to the server."""
    return (
        f"import(new URL('citewell/static/{module}.js', document.baseURI))"
        ".then((module) => module.mount(element, () => trigger('changed')));"
    )
