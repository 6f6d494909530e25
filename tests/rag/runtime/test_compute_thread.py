"""One thread computes everything: background work waits for the steps of an answer, but not forever."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from rag.runtime import compute_thread
from rag.runtime.compute_thread import on_compute_thread, on_compute_thread_in_background


def test_work_in_the_background_lets_a_chain_of_steps_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compute_thread, "QUIET_S", 2.0)
    monkeypatch.setattr(compute_thread, "PATIENCE_S", 60.0)
    done: list[str] = []
    on_compute_thread(done.append, "step")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(on_compute_thread_in_background, done.append, "background")
        for _ in range(3):
            on_compute_thread(done.append, "step")
        waiting.result(timeout=60)
    assert done == ["step"] * 4 + ["background"]


def test_work_in_the_background_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compute_thread, "QUIET_S", 1000.0)
    monkeypatch.setattr(compute_thread, "PATIENCE_S", 0.1)
    on_compute_thread(lambda: None)
    assert on_compute_thread_in_background(lambda: "done") == "done"
