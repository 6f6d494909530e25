"""Read, chunk and embed files on a node of the cluster, in a process of Ray's that keeps the model loaded.

One process does all three, because chunks are cut by the tokens of the embedder: who cuts them has the model anyway.
"""

import os
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

import numpy as np

from ingest.batch_writer import embedded_texts
from ingest.prepare import IngestStep, PreparedDocument, Preparer, Rejected
from ingest.ray.rows import Row, file_of, step_row
from ingest.sandbox.limits import Limits
from ingest.sandbox.worker import Workers
from ingest.sources.files import IdentifiedFile, fingerprint
from rag.errors import DocumentError
from rag.interfaces import Embedder, Library, Vectors
from rag.runtime.file_hash import sha256_of
from rag.services import Services
from rag.settings import Settings, load_settings

NODE_SETTINGS = (
    "embedder",
    "embedder_query_prefix",
    "embedder_document_prefix",
    "models",
    "threads",
    "offline",
    "server_seconds",
    "chunk_tokens",
    "max_file_mb",
    "reader_memory_mb",
    "reader_seconds",
)
"""Settings that decide how a document is read and embedded: all that a node learns. It never sees the library."""


def node_settings(settings: Settings) -> dict[str, Any]:
    """Return what nodes are told of the settings."""
    return settings.model_dump(mode="json", include=set(NODE_SETTINGS))


def open_embedder(settings: Settings) -> Embedder:
    """Return the embedder of these settings, from the node's own folder of models."""
    return Services(settings).embedder


class NodeWorker:
    """A process of the pool, which reads the files it is given. Documents are read in a process below it."""

    def __init__(self, settings: Mapping[str, Any], embedder: Callable[[Settings], Embedder] = open_embedder) -> None:
        os.environ.pop("RAY_AUTH_TOKEN", None)  # Ray has it; the process that reads documents must not
        own = load_settings(**settings)
        self._embedder = embedder(own)
        self._preparer = Preparer(
            cast(Library, object()),  # `read` asks no library
            lambda: self._embedder,
            chunk_tokens=own.chunk_tokens,
            max_file_bytes=own.max_file_mb * 1_000_000,
            workers=Workers(Limits.of(own)),
        )

    def ready(self) -> None:
        """Return when the model is loaded."""

    def read(self, row: Row) -> Iterator[Row]:
        """Yield a row for each step of a file."""
        for part, step in enumerate(self._read(file_of(row))):
            yield step_row(part, *self._embed(step))

    def _read(self, sent: IdentifiedFile) -> Iterator[IngestStep]:
        """Yield the steps of a file that is here what it is at the driver's; dates and inodes may differ."""
        path = sent.file.path
        try:
            found = fingerprint(path, self._preparer.max_file_bytes)
            is_same = sha256_of(path) == sent.document.sha256
        except (DocumentError, OSError):
            is_same = False
        if is_same:
            yield from self._preparer.read(replace(sent, found=found))
        else:
            reason = f"node {socket.gethostname()} does not have this file under the same path, or has another one"
            yield Rejected(sent.document, reason, sent.seconds, may_pass=True)

    def close(self) -> None:
        """End the reading processes. On a node they end with this one."""
        self._preparer.close()

    def _embed(self, step: IngestStep) -> tuple[IngestStep, Vectors]:
        """Return a step and its vectors. It is embedded alone, so that they depend on nothing but the document."""
        started = time.perf_counter()
        texts = embedded_texts(step)
        if not texts:
            return step, np.zeros((0, 0), dtype=np.float32)
        vectors = self._embedder.embed_documents(texts)
        if isinstance(step, PreparedDocument):
            step = replace(step, seconds=step.seconds + time.perf_counter() - started)
        return step, vectors
