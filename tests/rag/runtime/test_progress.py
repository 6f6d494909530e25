"""Progress goes to the callback that work is given, and nowhere without one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rag.runtime.progress import CancelEvent, HeldEvent, require_held
from rag.stores.index_sync import SearchIndexes
from rag.stores.sqlite.sqlite_library import SqliteLibrary
from tests.support.fakes import WordEmbedder


@pytest.fixture
def indexes(library: SqliteLibrary, store_text: Callable[..., int], tmp_path: Path) -> SearchIndexes:
    """Indexes that still have a removed document."""
    removed = store_text("a.txt", "Dogs bark.")
    store_text("b.txt", "Cats do not.")
    indexes = SearchIndexes(tmp_path / "library", library, WordEmbedder().dimension)
    indexes.refresh()
    library.remove(removed)
    return indexes


def test_a_callback_receives_the_work_the_amount_done_and_the_total(indexes: SearchIndexes) -> None:
    reports: list[tuple[str, int, int]] = []
    indexes.purge(lambda *report: reports.append(report))
    assert reports
    assert all(isinstance(work, str) and 0 <= done <= total for work, done, total in reports)


def test_unwatched_work_shows_nothing(indexes: SearchIndexes, capsys: pytest.CaptureFixture[str]) -> None:
    indexes.purge()
    assert capsys.readouterr() == ("", "")


def test_work_that_nobody_else_can_take_over_may_always_be_stored() -> None:
    (event := CancelEvent()).set()
    require_held(event)
    with pytest.raises(NotImplementedError):
        require_held(HeldEvent())
