"""Files are read ahead in threads, in order, and no further than the consumer wants."""

from collections.abc import Iterator
from threading import Event

from ingest.prefetch import prefetch
from rag.runtime.progress import CancelEvent


def test_items_come_in_the_order_of_the_files() -> None:
    first_may_end = Event()

    def read(file: int, _: CancelEvent) -> Iterator[str]:
        if file == 0:
            first_may_end.wait(60)  # the others are read before it
        elif file == 9:
            first_may_end.set()
        yield from (f"{file}-{part}" for part in range(3))

    found = [item for item in prefetch(read, range(10), 2) if item is not None]
    assert found == [f"{file}-{part}" for file in range(10) for part in range(3)]


def test_files_are_not_taken_far_ahead_of_the_consumer() -> None:
    taken = []

    def files() -> Iterator[int]:
        for number in range(10_000):
            taken.append(number)
            yield number

    items = prefetch(lambda file, _: iter([file]), files(), 2)
    assert next(item for item in items if item is not None) == 0
    assert len(taken) < 100
    items.close()


def test_closing_tells_the_readers_to_stop_and_waits_for_them() -> None:
    started, ended = Event(), Event()

    def read(_: int, stopped: CancelEvent) -> Iterator[int]:
        yield 1
        started.set()
        if stopped.wait(60):
            ended.set()

    items = prefetch(read, [1], 1)
    assert next(item for item in items if item is not None) == 1
    assert started.wait(60)
    items.close()
    assert ended.is_set()
