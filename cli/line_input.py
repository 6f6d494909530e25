"""The lines of `citewell chat`: typed in a terminal, with editing and history, or read from standard input."""

import sys
from collections.abc import Iterator, Sequence

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import WordCompleter
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from cli.output import out, printable

_PROMPT = "> "


class TypedLines:
    """Lines typed in a terminal. A paste of several lines is one question; Alt-Enter begins a line of it by hand.

    The history is that of the conversation, and is in no file: questions are deleted with their conversation.
    """

    def __init__(self, commands: Sequence[str]) -> None:
        self._history = InMemoryHistory()
        keys = KeyBindings()
        keys.add("escape", "enter")(_new_line)
        self._session: PromptSession[str] = PromptSession(
            history=self._history,
            key_bindings=keys,
            completer=WordCompleter(commands, sentence=True),
            complete_while_typing=False,
        )

    def remember(self, questions: Sequence[str]) -> None:
        """Put earlier questions into the history, the oldest first."""
        for question in questions:
            self._history.append_string(question)

    def read(self) -> str | None:
        """Return what is typed up to Enter; "" after Ctrl-C, None after Ctrl-D."""
        try:
            return self._session.prompt(_PROMPT)
        except KeyboardInterrupt:
            out.print("[dim]Ctrl-D leaves.[/]")
            return ""
        except EOFError:
            return None


def piped_lines() -> Iterator[str]:
    """Yield the lines of standard input, each shown before its answer."""
    for line in iter(sys.stdin.readline, ""):
        if line.strip():
            out.print(f"{_PROMPT}{printable(line.strip())}")
        yield line


def _new_line(event: KeyPressEvent) -> None:
    event.current_buffer.insert_text("\n")
