"""Ingest files on a Ray cluster: this process looks at them and stores them, the nodes read, chunk and embed them.

A file whose content the ledger has is not sent. Documents are stored in the order of the files and known by their
content: a run that was killed goes on from the ledger.
"""

from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from typing import Any

from ingest.batch_writer import BatchWriter
from ingest.pipeline import BATCH_CHUNKS, Ingestor
from ingest.prepare import DocumentEnd, FileResult
from ingest.ray.cluster import LOCAL, Cluster
from ingest.ray.node_worker import NodeWorker, node_settings
from ingest.ray.ordered_tasks import OrderedTasks, Times
from ingest.ray.pool import Pool
from ingest.sources.files import File
from rag.runtime.progress import CancelEvent, Progress, no_progress
from rag.settings import Settings


class RayIngestor:
    """Ingest files into the library of an ingestor with the nodes of a cluster, which is joined when one needs reading.

    Neither passwords nor archives: both would need what only this machine has. `worker` is made with the settings that
    nodes need, and with the other arguments.

    Raises:
        SettingsError: Ray is not installed, or the address is none.
    """

    def __init__(
        self,
        ingestor: Ingestor,
        settings: Settings,
        address: str = LOCAL,
        *,
        times: Times | None = None,
        worker: Callable[..., Any] = NodeWorker,
        **arguments: Any,
    ) -> None:
        self._preparer = ingestor.preparer
        self._cluster = Cluster(address)
        self._times = times or Times()
        self._worker = worker
        self._arguments = {"settings": node_settings(settings), **arguments}

    def ingest_files(self, files: Iterable[File], progress: Progress = no_progress) -> Generator[FileResult]:
        """Ingest files and yield the result of each in order.

        Raises:
            ClusterError: the cluster cannot be joined, or does not do its work. What was stored stays stored.
        """
        tasks = OrderedTasks(self._preparer.identify, self._open_pool, self._cluster.require_alive)
        with closing(self._cluster), BatchWriter(self._preparer, progress, CancelEvent()) as writer:
            for given in tasks.steps(iter(files), self._times):
                if given is not None:
                    writer.add(*given)
                # A batch stores small documents before large ones: after a large one it would change the order of ids.
                if given is None or isinstance(given[0], DocumentEnd) or writer.chunks >= BATCH_CHUNKS:
                    yield from writer.flush()
            yield from writer.flush()

    def _open_pool(self) -> Pool:
        self._cluster.join()
        return Pool(self._cluster, self._worker, self._arguments)
