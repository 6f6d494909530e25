"""Keep the bytes of each page as they were fetched: these are read, cited and shown, whatever the site does later.

A folder for each page of each owner, under the library. What is written last is the record that names the bytes, so a
kill leaves the old copy or the new one.
"""

import hashlib
import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory

from filelock import FileLock

from ingest.sources.file_store import FileStore
from ingest.sources.files import File, storable
from ingest.sources.web_address import page_name
from rag.stores.library_folder import INCOMING, PAGES

_LOCK = ".lock"
_RECORD = "page.json"
_INCOMING_PAGES = f"{INCOMING}-"
_ABANDONED_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedPage:
    """The archived copy of a page. `file` is the name of its bytes, `final` the address where redirects led."""

    address: str
    final: str
    file: str
    media: str
    charset: str
    etag: str
    modified: str
    fetched_at: str


class PageArchive:
    """The archived pages of one library."""

    def __init__(self, files: FileStore) -> None:
        self._files = files

    @contextmanager
    def incoming(self) -> Iterator[Path]:
        """Yield a new folder for pages being fetched, on the disk where they will stay; it is deleted at the end."""
        folder = self._files.folder / PAGES
        folder.mkdir(parents=True, exist_ok=True)
        for abandoned in folder.glob(f"{_INCOMING_PAGES}*"):
            if time.time() - abandoned.stat().st_mtime > _ABANDONED_SECONDS:
                shutil.rmtree(abandoned, ignore_errors=True)
        with TemporaryDirectory(prefix=_INCOMING_PAGES, dir=folder, ignore_cleanup_errors=True) as name:
            yield Path(name)

    def find(self, address: str, owner: str = "") -> ArchivedPage | None:
        """Return the archived copy of a page, if there is a whole one."""
        folder = _folder(owner, address)
        try:
            page = ArchivedPage(**json.loads(self._files.read(f"{folder}/{_RECORD}")))
        except (OSError, ValueError, TypeError):
            return None
        return page if self._files.exists(f"{folder}/{page.file}") else None

    def key(self, address: str, owner: str = "") -> str | None:
        """Return the key of the bytes of a page; None if there is no copy."""
        page = self.find(address, owner)
        return f"{_folder(owner, address)}/{page.file}" if page else None

    def file(self, address: str, owner: str = "") -> File | None:
        """Return the archived copy of a page as a file to read, None if there is none."""
        page = self.find(address, owner)
        if page is None:
            return None
        try:
            path = self._files.local(f"{_folder(owner, address)}/{page.file}", PurePath(page.file).stem)
        except FileNotFoundError:  # it has just been replaced, or removed
            return None
        return page_file(path, address, owner, page.charset)

    def keep(self, page: ArchivedPage, content: Path, owner: str = "") -> None:
        """Keep the bytes of a page, which are moved here, in place of its earlier copy."""
        folder = _folder(owner, page.address)
        record = content.with_name(f"{content.name}.{_RECORD}")
        record.write_text(json.dumps(asdict(page), ensure_ascii=False, indent=1), encoding="utf-8")
        with FileLock(self._files.folder / PAGES / _LOCK):  # the app and a run at the shell may ingest the same page
            self._files.put(f"{folder}/{page.file}", content)
            self._files.put(f"{folder}/{_RECORD}", record)
            self._files.clear(folder, keeping=(_RECORD, page.file))

    def delete(self, address: str, owner: str = "") -> None:
        """Delete the copy of a page."""
        self._files.clear(_folder(owner, address))


def _folder(owner: str, address: str) -> str:
    digest = hashlib.sha256(f"{owner}\0{address}".encode()).hexdigest()
    return f"{PAGES}/{digest[:32]}"


def page_file(path: Path, address: str, owner: str = "", charset: str = "") -> File:
    """Return the bytes of a page as a file to read. Its address is its source."""
    return File(
        path=path, name=storable(page_name(address)), source=address, owner=owner, address=address, charset=charset
    )
