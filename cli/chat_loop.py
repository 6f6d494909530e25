"""The loop of `citewell chat`: read a line, answer it or run its command, until the end."""

import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType

from cli import slash_commands
from cli.answer_display import stream
from cli.chat_session import ChatSession
from cli.output import print_error
from cli.output_answers import print_verdict
from rag.errors import CitewellError


def converse(session: ChatSession, lines: Iterable[str], *, shows_thinking: bool) -> bool:
    """Answer each line, or run its command; return False if any of them failed."""
    all_done = True
    for line in lines:
        try:
            if line.strip().startswith("/"):
                if not slash_commands.run(session, line):
                    break
            elif line.strip():
                _answer(session, line, shows_thinking=shows_thinking)
        except CitewellError as error:
            print_error(str(error))
            all_done = False
    return all_done


def _answer(session: ChatSession, question: str, *, shows_thinking: bool) -> None:
    with stopped_by_ctrl_c() as cancelled:
        answer = stream(session.ask(question, cancelled), session.links, shows_thinking=shows_thinking)
    print_verdict(answer, session.links)


@contextmanager
def stopped_by_ctrl_c() -> Iterator[Event]:
    """Yield an event that the first Ctrl-C sets: the answer ends with what there is. The second ends the program."""
    cancelled = Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        cancelled.set()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield cancelled
    finally:
        signal.signal(signal.SIGINT, before)
