"""Send files as a browser does, and wait for what becomes of them."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from serving.uploading.upload_progress import Upload
from serving.uploading.uploads import Uploads

T = TypeVar("T")


def accepted(tmp_path: Path) -> list[bytes]:
    """Return the contents of the accepted files that are not taken in."""
    return [path.read_bytes() for path in (tmp_path / "library" / "accepted").glob("*/*")]


def received(uploads: Uploads, content: bytes, name: str, owner: str = "") -> Path:
    """Return a file that was received and is not accepted yet."""
    file = uploads.incoming() / f"received {owner} {name}"
    file.write_bytes(content)
    return file


def send(uploads: Uploads, content: bytes, name: str, owner: str = "") -> Upload:
    return ended(uploads, uploads.add(owner, name, received(uploads, content, name, owner)))


def ended(uploads: Uploads, upload: Upload) -> Upload:
    over = ("ready", "failed", "locked")
    return wait_for(lambda: next(u for u in uploads.of(upload.sender) if u.id == upload.id and u.state in over))


def wait_for(found: Callable[[], T]) -> T:
    for _ in range(3000):
        try:
            return found()
        except StopIteration:
            time.sleep(0.01)
    raise AssertionError("it did not come")
