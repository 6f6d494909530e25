"""Gradio's page, streamed so that no update is lost on its way."""

from typing import Any

import gradio as gr


class StreamingBlocks(gr.Blocks):  # type: ignore[misc]  # Gradio is not typed
    """Blocks that send each update of a component whole, and only its values as differences.

    Gradio's client applies differences to the object it got before. If two updates arrive before the reply that names
    their event, it does so before it has used the first one: what that sets and the second one does not is lost.
    """

    def handle_streaming_diffs(self, block_fn: Any, data: list[Any], *args: Any, final: bool, **more: Any) -> list[Any]:
        """Return what is sent for each output: itself at first, then Gradio's list of differences from the last one."""
        outputs = list(data)
        sent = super().handle_streaming_diffs(block_fn, data, *args, final=final, **more)
        if final:
            return list(sent)
        return [
            [["replace", [], output]] if _is_update(output) and difference is not output else difference
            for output, difference in zip(outputs, sent, strict=True)
        ]


def _is_update(output: Any) -> bool:
    return isinstance(output, dict) and output.get("__type__") == "update"
