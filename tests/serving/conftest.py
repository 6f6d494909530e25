"""Servers and workers on the queue of a database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.sandbox.worker import Workers
from ingest.sources.file_store import FolderFiles
from tests.serving.queue_parts import Open, opening


@pytest.fixture
def part(postgres_address: str, tmp_path: Path, workers: Workers) -> Iterator[Open]:
    yield from opening(postgres_address, workers, lambda: FolderFiles(tmp_path / "library"))
