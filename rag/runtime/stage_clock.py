"""Count the seconds of the stages of a search."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class StageClock:
    """Counts the seconds of one search that go into reranking, and into fitting passages into the prompt."""

    def __init__(self) -> None:
        self.seconds = {"rerank": 0.0, "prompt": 0.0}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count the time of a `with` block."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] += time.perf_counter() - started
