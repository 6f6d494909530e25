"""Serve the web app with a scripted model: `python -m tests.support.scripted_app ANSWER PAUSE DOCUMENT...`.

It answers with the text of the file ANSWER or, if a question has "Repeat:", with what follows that. A word takes PAUSE
seconds, and longer after "Repeat slowly:". What a question has between "Think:" and that is thought before the answer.
A question with "Wait before you answer" is read until it is stopped.
"""

import random
import re
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from ingest.pipeline import open_ingestor
from rag.interfaces import Message, TextDelta
from rag.runtime.progress import CancelEvent
from rag.services import Services
from rag.settings import load_settings
from rag.types.decoding import Decoding, Grounding
from rag.types.tools import ToolDefinition
from tests.support.fakes import ScriptedGenerator, WordEmbedder

_REPEAT = re.compile(r".*Repeat(?P<slowly> slowly)?:(?P<text>.*)", re.DOTALL)
_THINK = re.compile(r"Think:(.*?)Repeat", re.DOTALL)
_SLOWLY_S = 0.3
_READING_S = 60.0
_WINDOW = 4096


def tale() -> str:
    """Return a long text about a white birch that says nothing twice: a model that repeats itself is stopped."""
    chosen = random.Random(1)
    names = ["".join(chosen.choices("aeioulmnrst", k=7)).capitalize() for _ in range(60)]
    return " ".join(f"{name} says the birch is white in {chosen.choice(names)}." for name in names)


class ObedientGenerator(ScriptedGenerator):
    """Repeats what the question asks it to, at its own pace."""

    def __init__(self, script: str, pause: float, context_tokens: int = _WINDOW) -> None:
        super().__init__(script, context_tokens)
        self._pause = pause

    def stream(
        self,
        messages: Sequence[Message],
        decoding: Decoding,
        cancelled: CancelEvent | None = None,
        grounding: Grounding | None = None,
        tools: Sequence[ToolDefinition] = (),
    ) -> Iterator[TextDelta]:
        if cancelled and "Wait before you answer" in messages[-1]["content"]:
            cancelled.wait(_READING_S)
        repeat = _REPEAT.search(messages[-1]["content"])
        think = _THINK.search(messages[-1]["content"])
        speaker = ScriptedGenerator(
            repeat["text"].strip() if repeat else self.script,
            self.context_tokens,
            thinking=think[1].strip() if think else "",
        )
        for piece in speaker.stream(messages, decoding, cancelled, grounding):
            yield piece
            time.sleep(_SLOWLY_S if repeat and repeat["slowly"] else self._pause)


def main(answer: str, pause: str, *documents: str) -> None:
    """Serve until stopped; the address is the first line of output."""
    from web import server  # tests of the API only need the model, and no Gradio

    with Services(load_settings(port=0)) as services:
        services.__dict__["embedder"] = WordEmbedder()
        script, window = Path(answer).read_text(encoding="utf-8"), services.settings.context_tokens or _WINDOW
        services.__dict__["generator"] = ObedientGenerator(script, float(pause), window)
        if documents:
            list(open_ingestor(services).ingest(documents))
        running = server.start(services)
        sys.stdout.write(running.url + "\n")
        sys.stdout.flush()
        running.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
