"""Nothing that anybody sends keeps the event loop, and so everybody, waiting."""

import asyncio
import time

import pytest

from api.standalone import RunningApi
from benchmarks.load.worst_requests import bodies
from tests.support.servers.api_server import client

MOST_S = 0.5
"""Ten times what one step may take on an idle machine."""


@pytest.mark.slow
def test_no_step_of_the_event_loop_takes_long_whatever_is_sent(
    running: RunningApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[tuple[float, str]] = []
    run = asyncio.Handle._run

    def timed(self: asyncio.Handle) -> None:
        begun = time.perf_counter()
        run(self)
        taken = time.perf_counter() - begun
        if taken > MOST_S:
            steps.append((taken, repr(self)))

    monkeypatch.setattr(asyncio.Handle, "_run", timed)
    with client(running) as at:
        for title, path, body in bodies():
            sent = at.post(path, content=body, headers={"Content-Type": "application/json"}, timeout=120)
            assert sent.status_code < 500, title
            assert steps == [], title
