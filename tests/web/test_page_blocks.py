"""The page that Gradio describes is in the language of whoever asks for it, and no update is lost."""

from typing import Any

import gradio as gr

from tests.support.coroutines import run_coroutine
from web.page_blocks import PageBlocks
from web.page_language import gettext, in_language


def lay_out() -> None:
    gr.HTML(f"<p>{gettext('Sources')}</p>", elem_id="pane")
    gr.Textbox(label=gettext("Question"), placeholder=gettext("Ask a question …"))


def built() -> PageBlocks:
    async def in_an_event_loop() -> PageBlocks:  # else Gradio makes one, and leaves it open
        with PageBlocks() as blocks:
            lay_out()
        blocks.translate(lay_out)
        translated: PageBlocks = blocks
        return translated

    blocks: PageBlocks = run_coroutine(in_an_event_loop())
    return blocks


def shown(blocks: PageBlocks) -> list[Any]:
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


def sent(outputs: list[Any]) -> list[Any]:
    """Return what Gradio's client gets of these outputs of one component, one after the other."""

    async def in_an_event_loop() -> list[Any]:  # else Gradio makes one, and leaves it open
        with PageBlocks() as blocks:
            box = gr.Textbox()
            blocks.load(lambda: "", None, box)
        (function,) = blocks.fns.values()
        run = {"session_hash": "tab", "run": "event"}
        steps = [blocks.handle_streaming_diffs(function, [each], **run, final=False) for each in outputs]
        return [*steps, blocks.handle_streaming_diffs(function, [None], **run, final=True)]

    return [step[0] for step in run_coroutine(in_an_event_loop())]


def test_an_update_that_follows_another_is_sent_whole() -> None:
    first, second = gr.update(value="", interactive=False), gr.update()
    assert sent([first, second]) == [first, [["replace", [], second]], second]


def test_a_value_is_sent_as_what_was_added() -> None:
    assert sent(["The fee", "The fee is 20 euros."]) == [
        "The fee",
        [["append", [], " is 20 euros."]],
        "The fee is 20 euros.",
    ]
