"""Every `Generator` streams, gives a stop reason, keeps within the window and can be cancelled."""

from threading import Event

import pytest

from rag.errors import QuestionError
from rag.interfaces import Generator, Message
from rag.types import ToolDefinition
from rag.types.decoding import Decoding
from tests.support.fakes import ScriptedGenerator
from tests.support.tools.calling_generator import CallingGenerator

MESSAGES: list[Message] = [
    {"role": "system", "content": "You are helpful."},
    {"role": "user", "content": "List ten animals, separated by commas."},
]


WORDS = "dog, cat, horse, cow, pig, duck, goat, sheep, hen, and mouse."
REAL = [pytest.param(name, marks=pytest.mark.model) for name in ("tiny", "tiny_on_server")]


@pytest.fixture(params=["scripted", "calling", *REAL])
def generator(request: pytest.FixtureRequest) -> Generator:
    if request.param == "scripted":
        return ScriptedGenerator(WORDS)
    if request.param == "calling":
        return CallingGenerator(WORDS, context_tokens=400)
    model: Generator = request.getfixturevalue(request.param)
    return model


def text_of(generator: Generator, decoding: Decoding) -> str:
    return "".join(piece.text for piece in generator.stream(MESSAGES, decoding))


def test_pieces_come_one_by_one_and_only_the_last_has_a_reason(generator: Generator) -> None:
    pieces = list(generator.stream(MESSAGES, Decoding(max_new_tokens=12)))
    assert len(pieces) > 3
    assert [piece.stop_reason for piece in pieces[:-1]] == [None] * (len(pieces) - 1)
    assert pieces[-1].stop_reason in ("end", "length")
    assert [piece.tokens for piece in pieces] == sorted(piece.tokens for piece in pieces)


def test_the_limit_on_new_tokens_holds(generator: Generator) -> None:
    *_, last = generator.stream(MESSAGES, Decoding(max_new_tokens=4))
    assert (last.tokens, last.stop_reason) == (4, "length")


def test_greedy_repeats_itself(generator: Generator) -> None:
    decoding = Decoding(max_new_tokens=10)
    assert text_of(generator, decoding) == text_of(generator, decoding) != ""


def test_a_stop_sequence_never_shows(generator: Generator) -> None:
    whole = text_of(generator, Decoding(max_new_tokens=16))
    stop = whole[len(whole) // 2 :][:5]
    pieces = list(generator.stream(MESSAGES, Decoding(max_new_tokens=16, stop=(stop,))))
    assert "".join(piece.text for piece in pieces) == whole[: whole.index(stop)]
    assert pieces[-1].stop_reason == "stop"


def test_cancelling_ends_with_the_next_token(generator: Generator) -> None:
    cancelled = Event()
    stream = generator.stream(MESSAGES, Decoding(max_new_tokens=200), cancelled)
    next(stream)
    cancelled.set()
    rest = list(stream)
    assert rest[-1].stop_reason == "cancelled"
    assert rest[-1].tokens <= 3


def test_an_abandoned_stream_leaves_the_generator_usable(generator: Generator) -> None:
    stream = generator.stream(MESSAGES, Decoding(max_new_tokens=50))
    next(stream)
    stream.close()  # type: ignore[attr-defined]  # both are generators
    assert text_of(generator, Decoding(max_new_tokens=3))


def test_a_prompt_beyond_the_window_is_refused_before_anything_is_computed(generator: Generator) -> None:
    with pytest.raises(QuestionError, match="window"):
        next(iter(generator.stream(MESSAGES, Decoding(max_new_tokens=generator.context_tokens))))


def test_tools_are_counted_where_they_can_be_called(generator: Generator) -> None:
    tool = ToolDefinition("look_up", "Look a word up.", {"type": "object", "properties": {}})
    if generator.can_call_tools:
        assert generator.count_tokens(MESSAGES, [tool]) > generator.count_tokens(MESSAGES)
        *_, last = generator.stream(MESSAGES, Decoding(max_new_tokens=4), tools=[tool])
        assert last.stop_reason in ("length", "end", "tool_calls")
    else:
        with pytest.raises(QuestionError, match="cannot call tools"):
            next(iter(generator.stream(MESSAGES, Decoding(max_new_tokens=4), tools=[tool])))
