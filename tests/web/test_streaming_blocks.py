"""Updates are streamed whole: none takes away what an earlier one set."""

from typing import Any

import gradio as gr

from tests.support.coroutines import run_coroutine
from web.streaming_blocks import StreamingBlocks


def sent(outputs: list[Any]) -> list[Any]:
    """Return what Gradio's client gets of these outputs of one component, one after the other."""

    async def in_an_event_loop() -> list[Any]:  # else Gradio makes one, and leaves it open
        with StreamingBlocks() as blocks:
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
