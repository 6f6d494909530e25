"""From settings to an ingestor."""

from ingest.pipeline import Ingestor
from ingest.prepare import Preparer
from rag.factory import Services


def open_ingestor(services: Services) -> Ingestor:
    """An ingestor for the library of these services; the embedder is loaded when a file needs it."""
    settings = services.settings
    return Ingestor(
        Preparer(
            services.library,
            lambda: services.embedder,
            chunk_tokens=settings.chunk_tokens,
            max_file_bytes=settings.max_file_mb * 1_000_000,
        )
    )
