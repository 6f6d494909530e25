"""Measure what a page and a chunk take on disk: `python -m benchmarks.load.library_sizes DIR [--postgres]`.

Every file of the folder is read, cut and stored as always, with made-up vectors of the embedder's dimension, then
searched once, which builds the indexes. Prints pages, chunks, and bytes per chunk of each part; with `--postgres` of
each table too, in a server that is started for it. An index of more vectors, in half precision, is made beside them.
"""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from benchmarks.ingestion import QuickEmbedder
from benchmarks.machine import describe
from ingest.pipeline import open_ingestor
from rag.services import Services
from rag.settings import load_settings
from rag.stores.faiss_index import FaissIndex
from tests.support.servers.postgres_server import PostgresServer, postgres_server

_MANY = 60_000


@contextmanager
def filled(folder: Path, files: list[Path], **settings: object) -> Iterator[Services]:
    """Yield services over a library of these files, its indexes built."""
    with Services(load_settings(library=folder, **settings)) as services:
        services.__dict__["embedder"] = QuickEmbedder(services.embedder)
        ingestor = open_ingestor(services)
        pages = sum(result.pages for result in ingestor.ingest([str(file) for file in files]))
        ingestor.close()
        services.retriever.retrieve("revenue", 5)
        chunks = services.library.chunk_count()
        size = sum(file.stat().st_size for file in files)
        print(f"{len(files)} files, {pages} pages, {chunks} chunks: {chunks / pages:.2f} a page", flush=True)
        print(f"a page of the files: {size / pages:,.0f} bytes", flush=True)
        yield services


def of_folder(files: list[Path]) -> None:
    """Print the bytes per chunk of each part of a library in a folder."""
    with tempfile.TemporaryDirectory() as made:
        with filled(Path(made), files) as services:
            chunks, ids = services.library.chunk_count(), services.library.chunk_ids()
            size = sum(
                len(chunk.text.encode())
                for start in range(0, chunks, 1000)
                for chunk in services.library.chunks(ids[start : start + 1000])
            )
        print(f"text of a chunk: {size / chunks:,.0f} bytes")
        for path in sorted(Path(made).iterdir()):  # closed, so that the write-ahead log is in the file
            parts = [each for each in path.rglob("*") if each.is_file()] if path.is_dir() else [path]
            if (size := sum(part.stat().st_size for part in parts)) > chunks:
                print(f"{path.name}: {size / chunks:,.0f} bytes a chunk")


def of_many_vectors(folder: Path) -> None:
    """Print the bytes per vector of an index beyond the limit of exact search."""
    numbers = np.random.default_rng(1).normal(size=(_MANY, 384)).astype(np.float32)
    numbers /= np.linalg.norm(numbers, axis=1, keepdims=True)
    index = FaissIndex.build(384, range(_MANY), lambda ids: (ids, numbers[list(ids)]))
    index.save(folder / "many.faiss")
    print(f"{_MANY:,} vectors in half precision: {(folder / 'many.faiss').stat().st_size / _MANY:,.0f} bytes each")


def of_postgres(server: PostgresServer, files: list[Path]) -> None:
    """Print the bytes per chunk of each table and index of a library in PostgreSQL."""
    with server.database() as name, tempfile.TemporaryDirectory() as made:
        with filled(Path(made), files, database=server.address_of(name)) as services:
            chunks = services.library.chunk_count()
        server.run("VACUUM", name)
        rows = server.run(
            "SELECT relname, pg_table_size(oid), pg_indexes_size(oid) FROM pg_class "
            "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 2 DESC",
            name,
        )
        for table, size, indexes in rows:
            if size + indexes > chunks:
                print(f"{table}: {size / chunks:,.0f} bytes a chunk, its indexes {indexes / chunks:,.0f}")
        (whole,) = server.run("SELECT pg_database_size(current_database())", name)
        print(f"the whole database: {whole[0] / chunks:,.0f} bytes a chunk")


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--postgres", action="store_true")
    options = parser.parse_args()
    files = sorted(path for path in options.folder.rglob("*") if path.is_file())
    print(describe())
    of_folder(files)
    with tempfile.TemporaryDirectory() as made:
        of_many_vectors(Path(made))
    if options.postgres:
        with postgres_server() as server:
            of_postgres(server, files)


if __name__ == "__main__":
    main()
