"""The page: sources on the left, the conversation in the middle, quotes and pages on the right. No behaviour here."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

import gradio as gr

from rag.settings import Settings
from rag.text.message_catalogues import LANGUAGES
from web.chat.state import Conversation
from web.page_language import gettext, own_name
from web.rendering import quotes_html
from web.rendering.markdown_formulas import DELIMITERS
from web.rendering.templates import render

_USUAL_TEMPERATURE = 0.7
"""Suggested in the settings panel where answers are deterministic by default."""

_LABEL = re.compile(r'<label for="([\w-]+)">([^<]+)</label>')


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
    labels = _LABEL.findall(settings_panel(settings, models))
    head = _mounted(render("header.html", labels=[(name, unescape(label)) for name, label in labels]), "account")
    with gr.Row(elem_id="cw-panes", equal_height=True):
        # None goes into a menu: Gradio would choose by the widths of one moment, such as those of another font.
        with gr.Column(elem_id="cw-left"), gr.Tabs(overflow_behavior="wrap"):
            sources = _tabs(settings, models)
        with gr.Column(elem_id="cw-middle"):
            _static(render("title_row.html"), "cw-title-row")
            _mounted(render("first_steps.html"), "page/first-steps", "cw-steps")
            chat = _chatbot()
            _mounted(render("follow_ups.html"), "chat/follow-ups", "cw-go-on")
            with gr.Column(elem_id="cw-composer"):
                question = _question_box()
                foot = render("composer_foot.html", model=models[0] if models else "")
                _mounted(foot, "page/composer", "cw-foot")
            status = _static("", "cw-status")
        with gr.Column(elem_id="cw-right"):
            _static(render("close_right.html"), "cw-close")
            quotes = _static(quotes_html.empty(), "cw-quotes")
            _mounted(render("guide.html"), "viewer/guide", "cw-guide-pane")
            _mounted(render("viewer.html"), "viewer/viewer", "cw-source")
    return Page(
        conversation=conversation,
        tab=tab,
        opened=opened,
        head=head,
        sources=sources,
        chat=chat,
        status=status,
        question=question,
        quotes=quotes,
    )


def _tabs(settings: Settings, models: Sequence[str]) -> gr.HTML:
    """Lay out the tabs of the left pane, and return the sources, whose changes others follow."""
    with gr.Tab(gettext("Sources")):
        sources = _mounted(render("sources.html", facts=_fact_hints()), "sources")
    with gr.Tab(gettext("Chats")):
        _mounted(render("conversations.html"), "conversations")
    with gr.Tab(gettext("Notes")):
        _mounted(render("notes.html"), "viewer/notes", "cw-notes")
    with gr.Tab(gettext("Settings")):
        _mounted(settings_panel(settings, models), "settings")
    return sources


def _fact_hints() -> list[tuple[str, str, str]]:
    """Return what may be known of a document: its name in the code, what it is called, and an example of it."""
    hints = {
        "title": "",
        "organisation": "",
        "authors": "",
        "date": gettext("such as 2019-02-28"),
        "period": gettext("such as 2018, or Q2 2019"),
        "kind": gettext("such as report, contract, paper"),
        "language": gettext("such as en"),
    }
    return [(fact, quotes_html.fact_name(fact), hint) for fact, hint in hints.items()]


def settings_panel(settings: Settings, models: Sequence[str]) -> str:
    """Return what a conversation may set of its own, with the app's settings as defaults."""
    return render(
        "settings.html",
        settings=settings,
        models=models,
        languages=[(each, own_name(each)) for each in LANGUAGES],
        strictness=round(settings.strictness, 2),
        usual_temperature=_USUAL_TEMPERATURE,
    )


def _chatbot() -> gr.Chatbot:
    title = gettext("Ask your documents")
    how = gettext(
        "Add files under Sources, then ask below. Each sentence of an answer leads to its source. Nothing leaves this "
        "machine."
    )
    return gr.Chatbot(
        label=gettext("Conversation"),
        show_label=False,
        height="100%",
        elem_id="cw-chat",
        latex_delimiters=list(DELIMITERS),
        buttons=["copy"],
        editable="user",
        feedback_options=("Like", "Dislike"),
        allow_tags=False,
        group_consecutive_messages=False,
        placeholder=f"## {title}\n{how}",
    )


def _question_box() -> gr.Textbox:
    return gr.Textbox(
        label=gettext("Question"),
        show_label=False,
        placeholder=gettext("Ask a question …"),
        submit_btn=True,
        max_lines=6,
        elem_id="cw-question",
        autofocus=True,
    )


def _static(html: str, name: str) -> gr.HTML:
    return gr.HTML(html, js_on_load=None, apply_default_css=False, elem_id=name)


def _mounted(html: str, module: str, name: str = "") -> Any:
    """Return an element that one of our modules takes charge of; without a `name` it has the module's.

    The module may send the server the event 'changed'.
    """
    script = (
        f"import(new URL('citewell/static/{module}.js', document.baseURI))"
        ".then((module) => module.mount(element, () => trigger('changed')));"
    )
    return gr.HTML(html, js_on_load=script, apply_default_css=False, elem_id=name or f"cw-{module}")
