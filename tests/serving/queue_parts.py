"""Servers and workers on one queue, as several processes have them: each with connections of its own."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

from ingest.pipeline import Ingestor
from ingest.prepare import Preparer
from ingest.sandbox.worker import Workers
from ingest.sources.file_store import FileStore
from ingest.web.web_ingestor import WebIngestor
from rag.interfaces import Embedder
from rag.settings import load_settings
from rag.stores.postgres.postgres_stores import PostgresStores
from serving.job_worker import JobWorker
from serving.shared_files import SharedFiles
from serving.shared_uploads import SharedUploads
from serving.upload_intake import UploadIntake
from tests.support.fakes import WordEmbedder


class Part:
    """A process on the queue: its stores, its worker, which is not started, and the uploads as its users see them."""

    def __init__(
        self, stores: PostgresStores, files: FileStore, workers: Workers, embedder: Embedder, *, lease_seconds: float
    ) -> None:
        self.stores = stores
        preparer = Preparer(
            stores.library, lambda: embedder, chunk_tokens=40, max_file_bytes=2_000_000, workers=workers
        )
        ingestor = Ingestor(preparer)
        web = WebIngestor(ingestor, load_settings(web_private_hosts=("127.0.0.1",)))
        shared = SharedFiles(files)
        intake = UploadIntake(ingestor, web)
        self.worker = JobWorker(stores.jobs, intake, shared, lambda: None, lease_seconds=lease_seconds)
        self.uploads = SharedUploads(stores.jobs, shared, self.worker)


Open = Callable[..., Part]
"""Function that opens one more part; `embedder` and `lease_seconds` may be given."""


def opening(address: str, workers: Workers, open_files: Callable[[], FileStore]) -> Iterator[Open]:
    """Yield a function that opens parts, all of which are closed at the end; each opens the files for itself."""
    with ExitStack() as opened:

        def open_(embedder: Embedder | None = None, lease_seconds: float = 10.0) -> Part:
            stores = opened.enter_context(closing(PostgresStores(address, "words")))
            part = Part(stores, open_files(), workers, embedder or WordEmbedder(), lease_seconds=lease_seconds)
            opened.callback(part.worker.stop)
            return part

        yield open_
