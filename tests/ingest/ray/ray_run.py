"""A run on a cluster, in a process of its own: `python -m tests.ingest.ray.ray_run LIBRARY FOLDER ADDRESS`.

Ray's connection is a process's own, and changes its environment. Results are printed one a line; `--kill-after`
kills this process after so many, as a failing machine would.
"""

import argparse
import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ingest.pipeline import Ingestor
from ingest.prepare import Preparer
from ingest.ray.node_worker import NodeWorker
from ingest.ray.ray_ingestor import RayIngestor
from ingest.ray.rows import Row, file_of
from ingest.sources.discover import discover
from ingest.sources.files import File
from rag.settings import Settings, load_settings
from rag.stores.open_stores import open_stores
from tests.support.fakes import WordEmbedder


class DyingWorker(NodeWorker):
    """Kills its process, once, when it meets a file called `killer.txt`."""

    def read(self, row: Row) -> Iterator[Row]:
        path = file_of(row).file.path
        marker = path.with_suffix(".killed")
        if "killer" in path.name and not marker.exists():
            marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        yield from super().read(row)


def words(_settings: Settings) -> WordEmbedder:
    return WordEmbedder()


def no_model(_settings: Settings) -> Any:
    raise ValueError("there is no such model")


def text_files(folder: Path) -> list[File]:
    return [File.at(path) for path in discover([str(folder)])]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("library", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("address")
    parser.add_argument("--database")
    parser.add_argument("--kill-after", type=int)
    parser.add_argument("--without-model", action="store_true")
    options = parser.parse_args()
    options.library.mkdir(exist_ok=True)
    settings = load_settings()
    embedder = no_model if options.without_model else words
    with closing(open_stores(options.library, options.database, "words")) as stores:
        tokens = settings.chunk_tokens
        preparer = Preparer(stores.library, WordEmbedder, chunk_tokens=tokens, max_file_bytes=200_000_000)
        with closing(Ingestor(preparer)) as ingestor:
            run = RayIngestor(ingestor, settings, options.address, worker=DyingWorker, embedder=embedder)
            for done, result in enumerate(run.ingest_files(text_files(options.folder)), start=1):
                sys.stdout.write(json.dumps(asdict(result)) + "\n")
                sys.stdout.flush()
                if done == options.kill_after:
                    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
