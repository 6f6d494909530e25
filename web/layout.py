"""The page: sources on the left, the conversation in the middle, quotes and pages on the right. No behaviour here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from rag.settings import Settings
from web.chat.state import Conversation
from web.rendering import quotes_html
from web.rendering.templates import render

_EMPTY_CHAT = "## Ask your documents\nAdd files on the left, then ask below."
_USUAL_TEMPERATURE = 0.7
"""Suggested in the settings panel where answers are deterministic by default."""

_FACT_HINTS = (
    ("title", ""),
    ("organisation", ""),
    ("authors", ""),
    ("date", "such as 2019-02-28"),
    ("period", "such as 2018, or Q2 2019"),
    ("kind", "such as report, contract, paper"),
    ("language", "such as en"),
)


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
    def answer_outputs(self) -> list[Any]:
        """The outputs of an answer, in the order of `web.chat.handlers.Update`."""
        return [self.question, self.chat, self.conversation, self.quotes, self.status, self.opened]


def lay_out(settings: Settings, models: Sequence[str]) -> Page:
    """Lay the components out, within `gr.Blocks`; `models` are those that can be chosen, the app's own first."""
    conversation = gr.State(Conversation())
    tab = gr.Textbox("{}", visible=False)
    opened = gr.Textbox("", visible="hidden", show_label=False)
    head = _mounted(render("header.html"), "account")
    with gr.Row(elem_id="cw-panes", equal_height=True):
        with gr.Column(scale=3, min_width=260, elem_id="cw-left"), gr.Tabs():
            with gr.Tab("Sources"):
                sources = _mounted(render("sources.html", facts=_FACT_HINTS), "sources")
            with gr.Tab("Chats"):
                _mounted(render("conversations.html"), "conversations")
            with gr.Tab("Settings"):
                _mounted(settings_panel(settings, models), "settings")
        with gr.Column(scale=6, min_width=340, elem_id="cw-middle"):
            chat = _chatbot()
            status = gr.HTML("", js_on_load=None, apply_default_css=False, elem_id="cw-status")
            question = _question_box()
            new = gr.Button("New conversation", size="sm", variant="secondary")
        with gr.Column(scale=5, min_width=300, elem_id="cw-right"):
            quotes = gr.HTML(quotes_html.empty(), js_on_load=None, apply_default_css=False, elem_id="cw-quotes")
            gr.HTML(
                render("viewer.html"), js_on_load=_mounts("viewer/viewer"), apply_default_css=False, elem_id="cw-source"
            )
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


def settings_panel(settings: Settings, models: Sequence[str]) -> str:
    """Return what a conversation may set of its own, with the app's settings as defaults."""
    return render(
        "settings.html",
        settings=settings,
        models=models,
        strictness=round(settings.strictness, 2),
        usual_temperature=_USUAL_TEMPERATURE,
    )


def _chatbot() -> gr.Chatbot:
    return gr.Chatbot(
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
        placeholder=_EMPTY_CHAT,
    )


def _question_box() -> gr.Textbox:
    return gr.Textbox(
        label="Question",
        show_label=False,
        placeholder="Ask a question …",
        submit_btn=True,
        max_lines=6,
        elem_id="cw-question",
        autofocus=True,
    )


def _mounted(html: str, module: str) -> Any:
    return gr.HTML(html, js_on_load=_mounts(module), apply_default_css=False, elem_id=f"cw-{module}")


def _mounts(module: str) -> str:
    """Return the script that hands an element to one of our modules, which may send the server the event 'changed'."""
    return (
        f"import(new URL('citewell/static/{module}.js', document.baseURI))"
        ".then((module) => module.mount(element, () => trigger('changed')));"
    )
