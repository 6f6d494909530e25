"""What takes long to make is made once, for all who ask, and kept; so is that a document cannot be read."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from rag.errors import DocumentError
from rag.runtime.progress import CancelEvent
from serving.single_flight import SingleFlight
from serving.thread_turns import HasLeft, ThreadTurns
from tests.support.waiting import until


class PassingError(DocumentError):
    may_pass = True


def test_many_who_ask_at_once_get_what_is_made_once() -> None:
    made, begun, go_on = list[int](), Event(), Event()

    def make(_left: CancelEvent, number: int) -> int:
        made.append(number)
        begun.set()
        assert go_on.wait(60)
        return number * 2

    doubled = SingleFlight(make, 10)
    with ThreadPoolExecutor(5) as threads:
        asked = [threads.submit(doubled, 3) for _ in range(5)]
        assert begun.wait(60)
        go_on.set()
        assert [each.result() for each in asked] == [6] * 5
    assert made == [3]


def test_the_results_that_were_asked_for_last_are_kept() -> None:
    made: list[int] = []
    kept = SingleFlight(lambda _left, number: made.append(number), 2)
    for number in (1, 2, 1, 3, 1, 2):
        kept(number)
    assert made == [1, 2, 3, 2]


def test_a_document_that_cannot_be_read_is_tried_once_and_a_fault_again() -> None:
    tried: list[str] = []

    def fail(_left: CancelEvent, name: str) -> None:
        tried.append(name)
        if name == "fault":
            raise OSError("busy")
        raise PassingError("it takes too long") if name == "passing" else DocumentError("it takes too long")

    kept = SingleFlight(fail, 10)
    for _ in range(2):
        with pytest.raises(DocumentError, match="too long"):
            kept("slow")
        with pytest.raises(OSError, match="busy"):
            kept("fault")
        with pytest.raises(DocumentError, match="too long"):
            kept("passing")
    assert tried == ["slow", "fault", "passing", "fault", "passing"]


def leaving_with(event: Event) -> HasLeft:
    """Return what tells that a client has left once an event is set."""

    async def has_left() -> bool:
        return event.is_set()

    return has_left


async def test_it_is_given_up_when_the_last_who_waits_has_left_and_made_again_for_the_next() -> None:
    turns, begun, ann_left, bob_left = ThreadTurns(8, 2), Event(), Event(), Event()

    def image(left: CancelEvent) -> str:
        if begun.is_set():
            return "an image"
        begun.set()
        until(left.is_set)
        raise DocumentError("it was cancelled")

    kept = SingleFlight(image, 10)
    ann = asyncio.create_task(turns.run("ann", kept, has_left=leaving_with(ann_left)))
    assert await asyncio.to_thread(begun.wait, 60)
    bob = asyncio.create_task(turns.run("bob", kept, has_left=leaving_with(bob_left)))
    (flight,) = kept._kept.values()
    await asyncio.to_thread(until, lambda: len(flight.asked) > 1)
    ann_left.set()
    await asyncio.to_thread(until, flight.asked[0].is_set)
    assert not flight.is_set()
    bob_left.set()
    for each in (ann, bob):
        with pytest.raises(DocumentError, match="cancelled"):
            await each
    assert await turns.run("carol", kept, has_left=leaving_with(Event())) == "an image"
