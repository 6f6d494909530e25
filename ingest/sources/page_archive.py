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
from pathlib import Path
from tempfile import TemporaryDirectory

from filelock import FileLock

from ingest.sources.files import File, storable
from ingest.sources.web_address import page_name
from rag.runtime.atomic_write import written_whole

PAGES = "web_pages"
"""Folder of the library for archived copies of web pages."""

_LOCK = ".lock"
_RECORD = "page.json"
_INCOMING = "incoming-"
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


def page_folder(library: Path, owner: str, address: str) -> Path:
    """Return the folder of one archived page of an owner."""
    return library / PAGES / hashlib.sha256(f"{owner}\0{address}".encode()).hexdigest()[:32]


class PageArchive:
    """The archived pages of one library."""

    def __init__(self, library: Path) -> None:
        self._library = library

    @contextmanager
    def incoming(self) -> Iterator[Path]:
        """Yield a new folder for pages being fetched, on the disk where they will stay; it is deleted at the end."""
        folder = self._library / PAGES
        folder.mkdir(parents=True, exist_ok=True)
        for abandoned in folder.glob(f"{_INCOMING}*"):
            if time.time() - abandoned.stat().st_mtime > _ABANDONED_SECONDS:
                shutil.rmtree(abandoned, ignore_errors=True)
        with TemporaryDirectory(prefix=_INCOMING, dir=folder, ignore_cleanup_errors=True) as name:
            yield Path(name)

    def find(self, address: str, owner: str = "") -> ArchivedPage | None:
        """Return the archived copy of a page, if there is a whole one."""
        folder = page_folder(self._library, owner, address)
        try:
            page = ArchivedPage(**json.loads((folder / _RECORD).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return page if (folder / page.file).is_file() else None

    def path(self, address: str, owner: str = "") -> Path | None:
        """Return where the bytes of a page are; None if there is no copy."""
        page = self.find(address, owner)
        return page_folder(self._library, owner, address) / page.file if page else None

    def file(self, address: str, owner: str = "") -> File | None:
        """Return the archived copy of a page as a file to read, None if there is none."""
        page = self.find(address, owner)
        return (
            page_file(page_folder(self._library, owner, address) / page.file, address, owner, page.charset)
            if page
            else None
        )

    def keep(self, page: ArchivedPage, content: Path, owner: str = "") -> None:
        """Keep the bytes of a page, which are moved here, in place of its earlier copy."""
        folder = page_folder(self._library, owner, page.address)
        with FileLock(self._library / PAGES / _LOCK):  # the app and a run at the shell may take in the same page
            folder.mkdir(parents=True, exist_ok=True)
            content.replace(folder / page.file)
            with written_whole(folder / _RECORD) as record:
                record.write_text(json.dumps(asdict(page), ensure_ascii=False, indent=1), encoding="utf-8")
            for earlier in folder.iterdir():
                if earlier.name not in (_RECORD, page.file):
                    earlier.unlink(missing_ok=True)

    def delete(self, address: str, owner: str = "") -> None:
        """Delete the copy of a page."""
        shutil.rmtree(page_folder(self._library, owner, address), ignore_errors=True)


def page_file(path: Path, address: str, owner: str = "", charset: str = "") -> File:
    """Return the bytes of a page as a file to read. Its address is its source."""
    return File(
        path=path, name=storable(page_name(address)), source=address, owner=owner, address=address, charset=charset
    )
