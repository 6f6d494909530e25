"""An overview is written once for all tabs that look at a document, and ends when it is stopped."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rag.services import Services
from rag.settings import Settings
from rag.stores.sqlite_library import SqliteLibrary
from rag.types import Document
from tests.support.fakes import WordEmbedder
from tests.web.test_idle_overviews import TEXT, Writer
from web.chat.answer_jobs import AnswerJobs
from web.chat.overview_jobs import OverviewJobs

WAIT_S = 30.0


@pytest.fixture
def writer() -> Writer:
    return Writer()


@pytest.fixture
def jobs() -> AnswerJobs:
    return AnswerJobs()


@pytest.fixture
def overviews(library: SqliteLibrary, writer: Writer, jobs: AnswerJobs, tmp_path: Path) -> Iterator[OverviewJobs]:
    with Services(Settings(library=tmp_path / "library", embedder="words")) as made:
        made.__dict__.update(library=library, embedder=WordEmbedder(), generator=writer)
        yield OverviewJobs(made, jobs)
        writer.may_write.set()
        jobs.close()


@pytest.fixture
def document(library: SqliteLibrary, store_text: Callable[..., int]) -> Document:
    found = library.document(store_text("a.txt", TEXT))
    assert found
    return found


def follow(overviews: OverviewJobs, document: Document) -> str:
    html, seen = "", 0
    is_writing = True
    while is_writing:
        is_writing = overviews.is_writing(document, "")
        view, seen = overviews.latest(document, "", seen, WAIT_S)
        html = view or ""
    return html


def test_it_is_shown_as_it_comes_and_to_everybody_who_waits(
    overviews: OverviewJobs, document: Document, writer: Writer, jobs: AnswerJobs
) -> None:
    assert overviews.latest(document, "", 0, WAIT_S) == (None, 0)
    overviews.begin(document, "")
    assert writer.began.wait(WAIT_S)
    assert jobs.are_running, "so that nothing else is made meanwhile"
    view, seen = overviews.latest(document, "", 0, WAIT_S)
    assert view
    assert seen > 0
    assert TEXT not in view
    overviews.begin(document, "")
    writer.may_write.set()
    assert TEXT in follow(overviews, document)
    assert writer.times == 1
    assert overviews.latest(document, "ann", 0, 0) == (None, 0), "another user has begun none"


def test_one_that_is_stopped_says_so_and_is_not_kept(
    overviews: OverviewJobs, document: Document, writer: Writer, library: SqliteLibrary
) -> None:
    overviews.begin(document, "")
    assert writer.began.wait(WAIT_S)
    overviews.stop(document, "")
    writer.may_write.set()
    follow(overviews, document)
    assert not overviews.is_writing(document, "")
    assert library.overviews(document.id) == []
    overviews.begin(document, "")
    assert TEXT in follow(overviews, document)
    assert library.overviews(document.id)
