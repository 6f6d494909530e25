"""The assistant has its model read the prompt of a question that may come, where it has one of its own."""

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event

import pytest

from rag.interfaces import Message
from rag.runtime.progress import CancelEvent
from rag.stores.sqlite_library import SqliteLibrary
from tests.rag.test_assistant import ask, assistant_with
from tests.support.fakes import ScriptedGenerator

Store = Callable[..., int]


class ReadingGenerator(ScriptedGenerator):
    """Keeps what it was told to read ahead."""

    def __init__(self) -> None:
        super().__init__("Dogs bark at night.")
        self.read: list[tuple[list[Message], str]] = []

    def tokens_per_s(self) -> float:
        return 1e6

    def read_ahead(self, messages: Sequence[Message], reader: str, cancelled: CancelEvent) -> None:
        self.read.append((list(messages), reader))


def test_the_prompt_that_is_read_ahead_is_the_one_that_is_asked(
    library: SqliteLibrary, store_text: Store, tmp_path: Path
) -> None:
    store_text("a.txt", "Dogs bark at night.", "Cats sleep.")
    generator = ReadingGenerator()
    assistant = assistant_with(generator, library, tmp_path)
    assistant.read_ahead("When do dogs bark?", reader="ann", cancelled=Event())
    ask(assistant, "When do dogs bark?")
    assert generator.read == [(generator.seen, "ann")]


@pytest.mark.parametrize("question", ["What can you do?", "Summarise a.txt"])
def test_questions_without_one_prompt_of_their_own_are_not_read_ahead(
    question: str, library: SqliteLibrary, store_text: Store, tmp_path: Path
) -> None:
    store_text("a.txt", "Dogs bark at night.", "Cats sleep.")
    generator = ReadingGenerator()
    assistant_with(generator, library, tmp_path).read_ahead(question, reader="", cancelled=Event())
    assert generator.read == []
