"""What takes long to make is made once, for all who ask, and kept; so is that a document cannot be read."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from rag.errors import DocumentError
from serving.made_once import MadeOnce
from tests.support.waiting import until


class PassingError(DocumentError):
    may_pass = True


def test_many_who_ask_at_once_get_what_is_made_once() -> None:
    made, begun, go_on = list[int](), Event(), Event()

    def make(number: int) -> int:
        made.append(number)
        begun.set()
        assert go_on.wait(60)
        return number * 2

    doubled = MadeOnce(make, 10)
    with ThreadPoolExecutor(5) as threads:
        asked = [threads.submit(doubled, 3) for _ in range(5)]
        assert begun.wait(60)
        go_on.set()
        assert [each.result() for each in asked] == [6] * 5
    assert made == [3]


def test_the_results_that_were_asked_for_last_are_kept() -> None:
    made: list[int] = []
    kept = MadeOnce(made.append, 2)
    for number in (1, 2, 1, 3, 1, 2):
        kept(number)
    assert made == [1, 2, 3, 2]


def test_a_document_that_cannot_be_read_is_tried_once_and_a_fault_again() -> None:
    tried: list[str] = []

    def fail(name: str) -> None:
        tried.append(name)
        if name == "fault":
            raise OSError("busy")
        raise PassingError("it takes too long") if name == "passing" else DocumentError("it takes too long")

    kept = MadeOnce(fail, 10)
    for _ in range(2):
        with pytest.raises(DocumentError, match="too long"):
            kept("slow")
        with pytest.raises(OSError, match="busy"):
            kept("fault")
        with pytest.raises(DocumentError, match="too long"):
            kept("passing")
    assert tried == ["slow", "fault", "passing", "fault", "passing"]


def test_who_waits_is_told_of_the_failure_too() -> None:
    begun, go_on = Event(), Event()

    def fail() -> None:
        begun.set()
        assert go_on.wait(60)
        raise OSError("busy")

    kept = MadeOnce(fail, 10)
    with ThreadPoolExecutor(2) as threads:
        asked = [threads.submit(kept)]
        assert begun.wait(60)
        asked.append(threads.submit(kept))
        go_on.set()
        until(lambda: all(each.done() for each in asked))
    assert all(isinstance(each.exception(), OSError) for each in asked)
