"""Replace archives by their members when asked to. No member decides where its content is written.

A reading process unpacks them: see `ingest.sandbox.unpack`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from ingest.sandbox.worker import Workers
from ingest.sources.files import File, is_archive, storable
from rag.errors import DocumentError
from rag.runtime.progress import CancelEvent


class Archives:
    """Unpack archives into a temporary folder. Close this when their members are no longer needed.

    `on_complete` is called with every archive that was read to its end.
    """

    def __init__(self, workers: Workers, max_file_bytes: int, on_complete: Callable[[File], None]) -> None:
        self._workers = workers
        self._max_file_bytes = max_file_bytes
        self._on_complete = on_complete
        self._folder = TemporaryDirectory(prefix="citewell-")
        self._count = 0

    def close(self) -> None:
        """Delete everything unpacked."""
        self._folder.cleanup()

    def expand(self, files: Iterable[File], cancelled: CancelEvent) -> Iterator[File]:
        """Yield the files, with each archive replaced by its members, unpacked one by one."""
        for file in files:
            if is_archive(file.name):
                yield from self._members(file, cancelled)
            else:
                yield file

    def _members(self, archive: File, cancelled: CancelEvent) -> Iterator[File]:
        self._count += 1
        folder = Path(self._folder.name, str(self._count))
        folder.mkdir()
        try:
            with self._workers.borrow() as worker:
                items = worker.stream(
                    "unpack",
                    path=str(archive.path),
                    folder=str(folder),
                    max_file_bytes=self._max_file_bytes,
                    password=archive.password,
                    cancelled=[cancelled],
                )
                for number, item in enumerate(items):
                    yield _member(archive, folder / str(number), item)
            self._on_complete(archive)
        except DocumentError as error:
            yield replace(archive, rejection=str(error))


def _member(archive: File, path: Path, item: dict[str, Any]) -> File:
    name = storable(str(item.get("name", "")))
    return File(
        path=path,
        name=PurePosixPath(name).name or archive.name,
        source=f"{archive.source}!/{name}",
        owner=archive.owner,
        password=archive.password,
        rejection=str(item.get("rejection", "")),
        temporary=True,
    )
