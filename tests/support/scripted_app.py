"""Serve the web app with a scripted model: `python -m tests.support.scripted_app ANSWER PAUSE DOCUMENT...`.

It answers with the text of the file ANSWER or, if a question has "Repeat:", with what follows that. A word takes PAUSE
seconds, and longer after "Repeat slowly:". What a question has between "Think:" and that is thought before the answer.

A test that wants to see a state holds the model in it, as no clock is slow enough for every machine: at each `HOLD` in
what it thinks and says, and before all of it if a question has "Wait before you answer". There it stays until the test
calls `release`, or the answer is stopped.
"""

import random
import re
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

from ingest.pipeline import open_ingestor
from rag.errors import ModelError
from rag.interfaces import Message, TextDelta
from rag.runtime.progress import CancelEvent
from rag.services import Services
from rag.settings import load_settings
from rag.types.decoding import Decoding, Grounding
from rag.types.tools import ToolDefinition
from rag.understanding import planner
from rag.understanding.question_reader import QuestionReading, read_question
from tests.support.fakes import ScriptedGenerator, WordEmbedder

_REPEAT = re.compile(r".*Repeat(?P<slowly> slowly)?:(?P<text>.*)", re.DOTALL)
_THINK = re.compile(r"Think:(.*?)Repeat", re.DOTALL)
_SLOWLY_S = 0.3
_WINDOW = 4096

HOLD = "⏸"
"""Among the words that a model says, where it waits for `release`. It is not said itself."""

_WAIT = "Wait before you answer"
_RELEASE = "release"
"""A file in the app's folder. The model that takes it away goes on."""

LOADING = "loading"
"""A file in the app's folder: while it is there the model is being loaded, which fails with what it says, if any."""

_REDRAWN_S = 0.1
"""Before the last word ahead of a hold: the page passes over one that comes too soon (web/chat/answer_view.py)."""

_LOOK_S = 0.01
_RELEASED_S = 60.0


_NOTHING_ASKED = "How high is the birch?"


def _read_question(question: str) -> QuestionReading:
    """Read what is asked: what the model is told to think and to repeat is no part of it."""
    return read_question(re.split("Think:|Repeat", question)[0].strip() or _NOTHING_ASKED)


vars(planner)["read_question"] = _read_question


def tale() -> str:
    """Return a long text about a white birch that says nothing twice: a model that repeats itself is stopped."""
    chosen = random.Random(1)
    names = ["".join(chosen.choices("aeioulmnrst", k=7)).capitalize() for _ in range(60)]
    return " ".join(f"{name} says the birch is white in {chosen.choice(names)}." for name in names)


def release(folder: Path) -> None:
    """Have the model of the app in this folder go on from where it holds or will hold next; return once it has."""
    file, deadline = folder / _RELEASE, time.monotonic() + _RELEASED_S
    file.touch()
    while file.exists():
        if time.monotonic() > deadline:
            file.unlink(missing_ok=True)  # nor may it release what a later test holds
            raise AssertionError("no answer was held")
        time.sleep(_LOOK_S)


class ObedientGenerator(ScriptedGenerator):
    """Repeats what the question asks it to, at its own pace or at that of the test."""

    def __init__(self, script: str, pause: float, context_tokens: int = _WINDOW) -> None:
        super().__init__(script, context_tokens)
        self._pause = pause
        self._release = Path.cwd() / _RELEASE

    def stream(
        self,
        messages: Sequence[Message],
        decoding: Decoding,
        cancelled: CancelEvent | None = None,
        grounding: Grounding | None = None,
        tools: Sequence[ToolDefinition] = (),
    ) -> Iterator[TextDelta]:
        asked = messages[-1]["content"]
        repeat, think = _REPEAT.search(asked), _THINK.search(asked)
        thinking, held_in_thought = _without_holds(think[1] if think else "")
        script, held = _without_holds(repeat["text"] if repeat else self.script)
        held = {*held_in_thought, *(len(thinking.split()) + at for at in held)} | ({0} if _WAIT in asked else set())
        speaker = ScriptedGenerator(script, self.context_tokens, thinking=thinking)
        pieces = speaker.stream(messages, decoding, cancelled, grounding)
        for said in count():
            if said in held:
                self._hold(cancelled)
            if (piece := next(pieces, None)) is None:
                return
            if said + 1 in held:
                time.sleep(_REDRAWN_S)
            yield piece
            time.sleep(_SLOWLY_S if repeat and repeat["slowly"] else self._pause)

    def _hold(self, cancelled: CancelEvent | None) -> None:
        """Wait until the test releases this answer, or it is stopped."""
        while not (cancelled and cancelled.is_set()):
            try:
                self._release.unlink()  # by one answer alone, of several that hold
            except FileNotFoundError:
                time.sleep(_LOOK_S)
            else:
                return


def _without_holds(text: str) -> tuple[str, set[int]]:
    """Return the text without its holds, and after how many words each of them is."""
    parts = text.strip().split(HOLD)
    said = [len("".join(parts[: at + 1]).split()) for at in range(len(parts) - 1)]
    return re.sub(rf"\s*{HOLD}", "", text).strip(), set(said)


def main(answer: str, pause: str, *documents: str) -> None:
    """Serve until stopped; the address is the first line of output."""
    from web import server  # tests of the API only need the model, and no Gradio

    with Services(load_settings(port=0)) as services:
        services.__dict__["embedder"] = WordEmbedder()
        script, window = Path(answer).read_text(encoding="utf-8"), services.settings.context_tokens or _WINDOW
        generator = ObedientGenerator(script, float(pause), window)
        if documents:
            list(open_ingestor(services).ingest(documents))
        if (loading := Path(LOADING)).is_file():
            services.__dict__["_load_generator"] = lambda *_: _loaded(generator, loading)
            server.start(services, _say).wait()
        services.__dict__["generator"] = generator
        running = server.start(services)
        _say(running.url)
        running.wait()


def _say(address: str) -> None:
    sys.stdout.write(address + "\n")
    sys.stdout.flush()


def _loaded(generator: ScriptedGenerator, loading: Path) -> ScriptedGenerator:
    """Return the generator when the test lets it be loaded, or fail as the test has it."""
    failure = ""
    while loading.is_file():
        failure = loading.read_text(encoding="utf-8") or failure
        time.sleep(_LOOK_S)
    if failure:
        raise ModelError(failure)
    return generator


if __name__ == "__main__":
    main(*sys.argv[1:])
