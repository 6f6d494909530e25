"""The loop of the chat: questions, commands and errors, line by line."""

import os
import signal
from collections.abc import Iterator

import pytest

from cli.chat_loop import converse, stopped_by_ctrl_c
from cli.chat_session import ChatSession


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Have Ctrl-C interrupt, which a program started in the background ignores."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_a_line_that_fails_is_a_sentence_and_the_next_one_is_answered(
    session: ChatSession, capsys: pytest.CaptureFixture[str]
) -> None:
    done = converse(
        session, ["/nonsense", "", "How high is the Eiffel tower?", "/quit", "never asked"], shows_thinking=False
    )
    out, err = capsys.readouterr()
    assert not done
    assert "There is no command '/nonsense'" in err
    assert "[1] eiffel.md" in out
    assert [answer.question for answer in session.answers] == ["How high is the Eiffel tower?"]
    assert converse(session, ["/sources"], shows_thinking=False)


def test_the_first_ctrl_c_stops_the_answer_and_the_second_the_program(ctrl_c: None) -> None:
    with stopped_by_ctrl_c() as cancelled:
        os.kill(os.getpid(), signal.SIGINT)
        assert cancelled.wait(5)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
