"""Ingestion: read, chunk, embed, commit. One bad file does not stop the rest; a document is stored whole or not at all.

Processes of their own read files while earlier ones are embedded. Small files are embedded and committed together,
because full batches are fast. Everything that waits in between is bounded, so memory stays flat even for a document of
thousands of pages: the library stages its parts until it is complete.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from ingest.archives import Archives
from ingest.batch_writer import BatchWriter
from ingest.prefetch import prefetch
from ingest.prepare import FileResult, IngestStep, Preparer
from ingest.sandbox.limits import Limits
from ingest.sandbox.worker import Workers
from ingest.sources.discover import discover
from ingest.sources.files import File
from rag.runtime.limits import allowed_processors
from rag.runtime.progress import CancelEvent, Progress, no_progress
from rag.services import Services

BATCH_CHUNKS = 512
_MAX_READERS = 4


def open_ingestor(services: Services, collection: str | None = None, *, slice_chunks: int = 128) -> "Ingestor":
    """Return an ingestor for the library of these services, closed with them.

    New documents go into `collection`; None leaves documents where they are. The embedder loads when a file needs it,
    and embeds `slice_chunks` at once: others who need it wait for no more.
    """
    settings = services.settings
    preparer = Preparer(
        services.library,
        lambda: services.embedder,
        chunk_tokens=settings.chunk_tokens,
        max_file_bytes=settings.max_file_mb * 1_000_000,
        collection=collection,
        slice_chunks=slice_chunks,
        workers=Workers(Limits.of(settings)),
    )
    ingestor = Ingestor(preparer)
    services.on_close(ingestor.close)
    return ingestor


class Ingestor:
    """Ingest files into the library of a preparer."""

    def __init__(self, preparer: Preparer) -> None:
        self.preparer = preparer
        self._library = preparer.library

    def close(self) -> None:
        """End the reading processes; the next file starts new ones."""
        self.preparer.close()

    def ingest(
        self,
        paths: Sequence[str],
        progress: Progress = no_progress,
        *,
        password: str | None = None,
        archives: bool = False,
    ) -> Iterator[FileResult]:
        """Ingest every file that `paths` name and yield the results in order; `archives` includes their members."""
        files = (File.at(path, password=password) for path in discover(paths, archives))
        yield from self.ingest_files(files, progress, archives=archives)

    def ingest_file(
        self,
        path: Path,
        progress: Progress = no_progress,
        *,
        source: str | None = None,
        name: str | None = None,
        owner: str = "",
        password: str | None = None,
        collection: str | None = None,
        cancelled: CancelEvent | None = None,
    ) -> FileResult:
        """Ingest one file, identified across runs by `source`, by default its absolute path.

        It is called by its own name unless `name` is given, and goes into the ingestor's collection unless another is.
        A cancelled file has failed; an earlier version in the library stays as it was.
        """
        file = File.at(path, source, owner=owner, password=password)
        file = replace(file, name=name or file.name, collection=collection)
        (result,) = self.ingest_files([file], progress, cancelled=cancelled)
        return result

    def ingest_files(
        self,
        files: Iterable[File],
        progress: Progress = no_progress,
        *,
        archives: bool = False,
        cancelled: CancelEvent | None = None,
    ) -> Generator[FileResult]:
        """Ingest files and yield the result of each in order; `archives` replaces archives by their members."""
        cancelled = cancelled or CancelEvent()

        def read(file: File, stopped: CancelEvent) -> Iterator[IngestStep]:
            return self.preparer.prepare(file, (stopped, cancelled), progress)

        readers = max(1, min(_MAX_READERS, allowed_processors() // 2))
        preparer = self.preparer
        unpacked = Archives(preparer.workers, preparer.max_file_bytes, self._forget_failure) if archives else None
        try:
            expanded = unpacked.expand(files, cancelled) if unpacked else files
            # Closed here: left to the garbage collector, one of the readers might have to wait for itself.
            with closing(prefetch(read, expanded, readers)) as steps:
                yield from self.store(steps, progress, cancelled)
        finally:
            if unpacked:
                unpacked.close()

    def _forget_failure(self, archive: File) -> None:
        """Forget that an archive could not be read earlier: once its members are sources, it is none itself."""
        if self._library.entry(archive.source, archive.owner):
            self._library.forget(archive.source, archive.owner)

    def store(
        self,
        steps: Iterable[IngestStep | None],
        progress: Progress = no_progress,
        cancelled: CancelEvent | None = None,
    ) -> Iterator[FileResult]:
        """Embed and commit prepared documents in batches. A step of None means that no other is ready yet."""
        with BatchWriter(self.preparer, progress, cancelled or CancelEvent()) as writer:
            for step in steps:
                if step is not None:
                    writer.add(step)
                if writer.chunks >= BATCH_CHUNKS or step is None:
                    yield from writer.flush()
            yield from writer.flush()
