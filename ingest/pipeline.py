"""Ingestion: read, chunk, embed, commit. One bad file does not stop the rest; a document is stored whole or not at all.

Reading goes on in a thread of its own while earlier files are embedded. Small files are embedded and committed
together: a full batch is what makes a processor fast. What waits in between is bounded, so memory stays flat.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import numpy as np

from ingest.discover import discover
from ingest.prepare import FileResult, Prepared, Preparer
from rag.interfaces import Vectors
from rag.names import with_context
from rag.types import Content

Progress = Callable[[str, int, int], None]
"""What is being done: (stage, done, total)."""

Step = Prepared | FileResult

_WAITING_FILES = 32
_BATCH_CHUNKS = 512
_EMBED_SLICE = 128


def no_progress(_stage: str, _done: int, _total: int) -> None:
    """A `Progress` that shows nothing."""


class Ingestor:
    """Takes files into the library of its preparer."""

    def __init__(self, preparer: Preparer) -> None:
        self.preparer = preparer
        self._library = preparer.library

    def ingest(self, paths: Sequence[str], progress: Progress = no_progress) -> Iterator[FileResult]:
        """Every file that `paths` mean, one result each, in order, as they are done."""
        yield from self.store(_read_ahead(self.preparer.prepare, discover(paths)), progress)

    def ingest_file(self, path: Path, progress: Progress = no_progress, *, source: str | None = None) -> FileResult:
        """One file. `source` identifies it across runs; by default its absolute path."""
        progress("reading", 0, 0)
        (result,) = self.store([self.preparer.prepare(path, source)], progress)
        return result

    def store(self, steps: Iterable[Step | None], progress: Progress = no_progress) -> Iterator[FileResult]:
        """Embed and commit what was prepared, in batches. None means that nothing more is ready at the moment."""
        batch: list[Step] = []
        chunks = 0
        for step in steps:
            if step is not None:
                batch.append(step)
                chunks += len(step.content.chunks) if isinstance(step, Prepared) else 0
            if chunks >= _BATCH_CHUNKS or (step is None and batch):
                yield from self._flush(batch, progress)
                batch, chunks = [], 0
        yield from self._flush(batch, progress)

    def _flush(self, batch: Sequence[Step], progress: Progress) -> Iterator[FileResult]:
        started = time.perf_counter()
        prepared = [step for step in batch if isinstance(step, Prepared)]
        vectors = self._embed([text for step in prepared for text in _embedded_texts(step.content)], progress)
        cuts = np.cumsum([len(step.content.chunks) for step in prepared])[:-1]
        parts = np.split(vectors, cuts) if prepared else []
        stored = iter(self._library.replace_all([(p.content, part) for p, part in zip(prepared, parts, strict=True)]))
        share = (time.perf_counter() - started) / max(1, len(vectors))
        for step in batch:
            if isinstance(step, FileResult):
                yield step
                continue
            document = next(stored)
            yield FileResult(
                document.name,
                document.source,
                "replaced" if step.replaces else "added",
                document.pages,
                document.chunks,
                step.seconds + share * document.chunks,
                note=step.note,
                document_id=document.id,
                invisible=step.invisible,
            )

    def _embed(self, texts: Sequence[str], progress: Progress) -> Vectors:
        if not texts:
            return np.zeros((0, 0), dtype=np.float32)
        vectors = np.zeros((len(texts), self.preparer.embedder.dimension), dtype=np.float32)
        # By length, so that a slice holds texts of like length and little of it is padding.
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]), reverse=True)
        for start in range(0, len(order), _EMBED_SLICE):
            progress("embedding", start, len(texts))
            part = order[start : start + _EMBED_SLICE]
            vectors[part] = self.preparer.embedder.embed_documents([texts[index] for index in part])
        progress("embedding", len(texts), len(texts))
        return vectors


def _embedded_texts(content: Content) -> list[str]:
    """What the embedder sees of each chunk: the document's name and the heading as context, then the text."""
    return [with_context(content.document.name, chunk.heading, chunk.text) for chunk in content.chunks]


def _read_ahead(prepare: Callable[[Path], Step], paths: Iterable[Path]) -> Iterator[Step | None]:
    """Prepare the paths in a thread, a bounded way ahead; None says that the next one is not ready yet."""
    waiting: deque[Future[Step]] = deque()
    remaining = iter(paths)
    pool = ThreadPoolExecutor(1, thread_name_prefix="reader")
    try:
        while True:
            for path in islice(remaining, _WAITING_FILES - len(waiting)):
                waiting.append(pool.submit(prepare, path))
            if not waiting:
                return
            if not waiting[0].done():
                yield None
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
