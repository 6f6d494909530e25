"""From settings to an ingestor."""

from ingest.pipeline import Ingestor
from ingest.prepare import Preparer
from rag.factory import Services


def open_ingestor(services: Services, collection: str | None = None) -> Ingestor:
    """An ingestor for the library of these services; the embedder is loaded when a file needs it.

    What it takes in goes into `collection`; None leaves documents where they are.
    """
    settings = services.settings
    return Ingestor(
        Preparer(
            services.library,
            lambda: services.embedder,
            chunk_tokens=settings.chunk_tokens,
            max_file_bytes=settings.max_file_mb * 1_000_000,
            collection=collection,
        )
    )
