"""From settings to an ingestor."""

from ingest.chunking import SentenceChunker
from ingest.pipeline import Ingestor
from rag.factory import Services


def open_ingestor(services: Services) -> Ingestor:
    """An ingestor for the library and the embedder of these services."""
    settings = services.settings
    chunker = SentenceChunker(
        services.embedder,
        chunk_tokens=min(settings.chunk_tokens, services.embedder.max_tokens),
        overlap=settings.chunk_overlap,
    )
    return Ingestor(services.library, services.embedder, chunker, max_file_bytes=settings.max_file_mb * 1_000_000)
