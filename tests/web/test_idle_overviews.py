"""Overviews that are missing are made while nobody asks, and left at once when somebody does."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest

from rag.services import Services
from rag.stores.sqlite_library import SqliteLibrary
from tests.support.fakes import ScriptedGenerator, WordEmbedder
from tests.support.library_services import services_over
from tests.support.waiting import until
from tests.web.test_idle_refresh import WAIT_S
from web.idle_overviews import IdleOverviews

Store = Callable[..., int]
TEXT = "Boats moor at the north quay."


class Writer(ScriptedGenerator):
    """Says when it begins to write, and goes on once it may."""

    def __init__(self) -> None:
        super().__init__(TEXT, context_tokens=4096)
        self.began, self.may_write, self.times = Event(), Event(), 0

    def begin(self) -> None:
        self.times += 1
        self.began.set()
        assert self.may_write.wait(WAIT_S)


@pytest.fixture
def writer() -> Writer:
    return Writer()


@pytest.fixture
def services(library: SqliteLibrary, store_text: Store, writer: Writer, tmp_path: Path) -> Iterator[Services]:
    store_text("a.txt", TEXT)
    store_text("b.txt", TEXT + " Dogs stay ashore.")
    store_text("blank.txt")
    with services_over(library, tmp_path, overviews="idle", embedder=WordEmbedder(), generator=writer) as made:
        yield made


def kept(library: SqliteLibrary) -> list[int]:
    return [document.id for document in library.documents() if library.overviews(document.id)]


def test_each_document_with_text_gets_an_overview(services: Services, library: SqliteLibrary, writer: Writer) -> None:
    writer.may_write.set()
    idle = IdleOverviews(services, lambda: False, pause_s=0.01)
    idle.start()
    until(lambda: kept(library) == [1, 2])
    idle.stop()
    assert writer.times == 2


def has_found_nothing_to_do(idle: IdleOverviews, library: SqliteLibrary) -> bool:
    """Return whether it has looked at the library as it is now, and there was no document for it."""
    return idle._seen == library.generation


def test_one_that_does_not_stand_is_not_tried_again(services: Services, library: SqliteLibrary, writer: Writer) -> None:
    writer.may_write.set()
    writer.script = "France won the cup."
    idle = IdleOverviews(services, lambda: False, pause_s=0.01)
    idle.start()
    until(lambda: has_found_nothing_to_do(idle, library))
    writer.script = TEXT
    library.move(1, "harbour")
    until(lambda: has_found_nothing_to_do(idle, library))
    idle.stop()
    assert (writer.times, kept(library)) == (2, [])


def test_a_question_interrupts_it_and_it_begins_again_when_nobody_asks(
    services: Services, library: SqliteLibrary, writer: Writer
) -> None:
    asking, found = Event(), list[bool]()

    def is_busy() -> bool:
        found.append(asking.is_set())
        return found[-1]

    idle = IdleOverviews(services, is_busy, pause_s=0.01)
    idle.start()
    assert writer.began.wait(WAIT_S)
    asking.set()
    writer.may_write.set()
    until(lambda: found.count(True) >= 3)  # the first ends the overview, the others are looks for something to do
    assert (writer.times, kept(library)) == (1, [])
    asking.clear()
    until(lambda: kept(library) == [1, 2])
    idle.stop()
