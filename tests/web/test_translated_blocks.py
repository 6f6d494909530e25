"""The page that Gradio describes is in the language of whoever asks for it."""

from typing import Any

import gradio as gr

from tests.support.coroutines import run_coroutine
from web.page_language import gettext, in_language
from web.translated_blocks import TranslatedBlocks


def lay_out() -> None:
    gr.HTML(f"<p>{gettext('Sources')}</p>", elem_id="pane")
    gr.Textbox(label=gettext("Question"), placeholder=gettext("Ask a question …"))


def built() -> TranslatedBlocks:
    async def in_an_event_loop() -> TranslatedBlocks:  # else Gradio makes one, and leaves it open
        with TranslatedBlocks() as blocks:
            lay_out()
        blocks.translate(lay_out)
        translated: TranslatedBlocks = blocks
        return translated

    blocks: TranslatedBlocks = run_coroutine(in_an_event_loop())
    return blocks


def shown(blocks: TranslatedBlocks) -> list[Any]:
    pane, box, *_ = (each["props"] for each in blocks.config["components"])
    return [pane["value"], pane["elem_id"], box["label"]]


def test_each_request_sees_its_own() -> None:
    blocks = built()
    assert shown(blocks) == ["<p>Sources</p>", "pane", "Question"]
    ids = [each["id"] for each in blocks.config["components"]]
    with in_language("de"):
        assert shown(blocks) == ["<p>Quellen</p>", "pane", "Frage"]
        assert [each["id"] for each in blocks.config["components"]] == ids, "events are bound to them"
    assert shown(blocks) == ["<p>Sources</p>", "pane", "Question"]
