"""From settings to an ingestor."""

from ingest.pipeline import Ingestor
from ingest.prepare import Preparer
from ingest.sandbox.limits import Limits
from ingest.sandbox.worker import Worker, Workers
from rag.services import Services
from rag.settings import Settings


def open_ingestor(services: Services, collection: str | None = None) -> Ingestor:
    """An ingestor for the library of these services, closed with them; the embedder is loaded when a file needs it.

    What it takes in goes into `collection`; None leaves documents where they are.
    """
    settings = services.settings
    ingestor = Ingestor(
        Preparer(
            services.library,
            lambda: services.embedder,
            chunk_tokens=settings.chunk_tokens,
            max_file_bytes=settings.max_file_mb * 1_000_000,
            collection=collection,
            workers=Workers(limits_of(settings)),
        )
    )
    services.on_close(ingestor.close)
    return ingestor


def open_worker(services: Services) -> Worker:
    """A process for looking into documents outside of ingestion, such as the pictures of pages; closed with these."""
    worker = Worker(limits_of(services.settings))
    services.on_close(worker.close)
    return worker


def limits_of(settings: Settings) -> Limits:
    """What reading a file may use."""
    return Limits(memory_bytes=settings.reader_memory_mb * 1_000_000, silent_seconds=settings.reader_seconds)
