"""Lines that are typed, pasted or piped into the chat."""

import io
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from cli.line_input import TypedLines, piped_lines


@pytest.fixture
def keyboard() -> Iterator[PipeInput]:
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        yield keys


def read(lines: TypedLines) -> str | None:
    """Read a line in a thread: the browser tests have an event loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(copy_context().run, lines.read).result()


def test_lines_are_edited_remembered_and_left(keyboard: PipeInput) -> None:
    lines = TypedLines(["/help"])
    lines.remember(["earlier?"])
    keyboard.send_text("helo\x1b[Dl\r")
    assert read(lines) == "hello"
    keyboard.send_text("\x1b[A\x1b[A\r")
    assert read(lines) == "earlier?"
    keyboard.send_text("half\x03")
    assert read(lines) == "", "Ctrl-C clears the line"
    keyboard.send_text("\x04")
    assert read(lines) is None


def test_a_paste_of_several_lines_is_one_question(keyboard: PipeInput) -> None:
    keyboard.send_text("\x1b[200~one\ntwo\x1b[201~\x1b\rthree\r")
    assert read(TypedLines([])) == "one\ntwo\nthree"


def test_piped_lines_are_shown_harmlessly(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("one?\x1b[2J\n\n"))
    assert list(piped_lines()) == ["one?\x1b[2J\n", "\n"]
    assert capsys.readouterr().out == "> one?\ufffd[2J\n"
