"""The events of an answer, in frames: each new sentence once, and an error as the last of them."""

import json
from collections.abc import Iterator

from starlette.requests import Request

from api.event_streams import EventStreams
from api.rest.answer_events import Answered, answer_frames
from rag.errors import ModelError
from rag.runtime.progress import CancelEvent
from rag.types import Answer, Citation, Cited, Event, Plan, Planned, PromptRead, Retrieved, Sentence, Thought, Token
from tests.api.rest.conftest import events_of
from tests.conftest import passage
from tests.support.coroutines import run_coroutine

REQUEST = Request(
    {
        "type": "http",
        "method": "POST",
        "path": "/",
        "query_string": b"",
        "scheme": "http",
        "headers": [(b"host", b"127.0.0.1:1")],
    }
)
CITED = Citation(number=1, document="a.pdf", page=1, label="1", start=0, end=4, quote="fees", score=1.0)
ONE = Sentence(start=0, end=4, text="One.", citations=(CITED,), support="supported")
TWO = Sentence(start=5, end=9, text="Two.", citations=(), support="unsupported", missing=("Two",))


def events(_cancelled: CancelEvent) -> Iterator[Event]:
    yield Planned(Plan(kind="list", language="en"))
    yield Retrieved("fees", (passage("fees"),), ())
    yield PromptRead(0.25, 6.04)
    yield Thought("Hm")
    yield Token("One. Two.")
    yield Cited((ONE,))
    yield Cited((ONE, TWO))
    raise ModelError("The model is gone.")


def never(_answer: Answer) -> Answered:
    raise AssertionError("there is no answer")


def test_each_event_is_a_frame_and_each_sentence_comes_once() -> None:
    async def read() -> str:
        async with EventStreams().streamed(events) as stream:
            return "".join([frame async for frame in answer_frames(stream, REQUEST, never)])

    found = [(name, json.loads(data)) for name, data in events_of(run_coroutine(read()))]
    names = [name for name, _ in found]
    assert names == ["planned", "retrieved", "reading", "thought", "token", "cited", "cited", "error"]
    assert found[0][1] == {"kind": "list", "language": "en", "parts": []}
    assert (found[1][1]["passages"][0]["text"], found[1][1]["dropped"]) == ("fees", 0)
    assert found[2][1] == {"share": 0.25, "seconds_left": 6.0}
    first, second = found[5][1], found[6][1]
    assert (first["text"], first["citations"][0]["document_id"], first["support"]) == ("One.", 1, "supported")
    assert (second["text"], second["citations"], second["missing"]) == ("Two.", [], ["Two"])
    assert (found[7][1]["status"], found[7][1]["detail"]) == (503, "The model is gone.")
