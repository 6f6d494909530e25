"""Steps of the batch and passes beside them take turns."""

import threading
from threading import Event

import pytest

from rag.generation.step_lock import StepLock
from tests.support.waiting import until


@pytest.mark.parametrize("has_news", [True, False])
def test_a_reader_waits_for_the_lock_only_while_no_other_has_brought_its_token(has_news: bool) -> None:
    lock, news, taken = StepLock(), Event(), list[bool]()
    assert lock.acquire(unless=news.is_set)
    reader = threading.Thread(target=lambda: taken.append(lock.acquire(unless=news.is_set)))
    reader.start()
    if has_news:
        news.set()
    lock.release()
    reader.join(timeout=60)
    assert taken == [not has_news]
    assert lock.is_held is not has_news


def wait_for_waiting(lock: StepLock, number: int) -> None:
    """Wait until so many threads wait for the lock."""
    until(lambda: len(lock._steps) + len(lock._others) == number)


def in_turn(lock: StepLock, *waiting: str, is_held: bool = False) -> list[str]:
    """Return in which order threads get the lock that asked for it one after the other while it was held.

    It is taken for a step here, unless it `is_held` already.
    """
    taken: list[str] = []

    def step() -> None:
        if lock.acquire(unless=lambda: False):
            taken.append("step")
            lock.release()

    def aside() -> None:
        with lock:
            taken.append("aside")

    assert is_held or lock.acquire(unless=lambda: False)
    threads = [threading.Thread(target=step if kind == "step" else aside, daemon=True) for kind in waiting]
    for number, thread in enumerate(threads, start=1):
        thread.start()
        wait_for_waiting(lock, number)
    lock.release()
    for thread in threads:
        thread.join(timeout=60)
    return taken


def test_steps_and_passes_beside_them_take_turns() -> None:
    assert in_turn(StepLock(), "step", "step", "aside", "aside") == ["aside", "step", "aside", "step"]


def test_whoever_has_computed_a_step_does_not_take_the_next_one_before_others() -> None:
    lock, taken = StepLock(), list[str]()

    def aside() -> None:
        with lock:
            taken.append("aside")

    assert lock.acquire(unless=lambda: False)
    other = threading.Thread(target=aside, daemon=True)
    other.start()
    wait_for_waiting(lock, 1)
    lock.release()
    assert lock.acquire(unless=lambda: False)
    taken.append("step")
    lock.release()
    other.join(timeout=60)
    assert taken == ["aside", "step"]


def test_who_takes_the_lock_only_if_it_is_free_does_not_wait() -> None:
    lock = StepLock()
    assert lock.acquire_if_free()
    assert not lock.acquire_if_free()
    assert in_turn(lock, "step", is_held=True) == ["step"]
    assert lock.acquire_if_free()
