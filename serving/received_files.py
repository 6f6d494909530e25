"""Receive files that are sent: their names, their sizes, and whether there is room for them."""

import hashlib
import shutil
from collections.abc import AsyncIterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from starlette.requests import Request

from ingest.removal import stored_name
from rag.errors import DocumentError, LibraryError
from rag.services import Services
from serving.upload_progress import MAX_NAME_BYTES
from serving.uploads import Uploads

_MAX_DIGITS = 16
"""A longer number is no length of a file."""


def announced_length(request: Request) -> int:
    """Return how long a body says it is; 0 if it does not say."""
    length = request.headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() and len(length) < _MAX_DIGITS else 0


async def receive(parts: AsyncIterable[bytes], length: int, limit: int, folder: Path) -> Path:
    """Write a body to a file, and delete that if the body is too long or breaks off. `length` is as it was announced.

    Raises:
        DocumentError: it has more than `limit` bytes.
    """
    _require_size(length, limit)
    with _new_file(folder) as file:
        async for part in parts:
            file.write(part)
            _require_size(file.tell(), limit)
    return Path(file.name)


def stored_copy(file: IO[bytes], folder: Path) -> Path:
    """Write what is left of a file to one in a folder, which is deleted if not all of it can be written."""
    with _new_file(folder) as copy:
        shutil.copyfileobj(file, copy)
    return Path(copy.name)


@contextmanager
def _new_file(folder: Path) -> Iterator[IO[bytes]]:
    """Yield a new file, which is deleted if writing it fails."""
    with NamedTemporaryFile(dir=folder, delete=False) as file:
        try:
            yield file
            file.flush()
        except BaseException:
            with suppress(OSError):
                Path(file.name).unlink()
            raise


@contextmanager
def deleted_if_refused(path: Path) -> Iterator[None]:
    """Delete a received file if what is checked meanwhile raises."""
    try:
        yield
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def place_for(services: Services, uploads: Uploads, owner: str, source: str) -> Path:
    """Return the folder to receive a file in that becomes an owner's document of this source.

    Raises:
        LibraryError: the library's folder is gone.
        DocumentError: there are as many documents as may be, and none of this source that it replaces.
    """
    require_library(services)
    require_room(services, uploads, owner, source)
    return uploads.incoming()


def require_room(services: Services, uploads: Uploads, owner: str, source: str) -> None:
    """Check that an owner may add one more document, or has one of this source that it replaces.

    Raises:
        DocumentError: there are as many as may be.
    """
    limit = services.settings.max_documents
    if services.library.find(source, owner):
        return
    if len(services.library.documents(owner)) + len(uploads.coming_to(owner)) >= limit:
        raise DocumentError(f"there are {limit} documents already, and no more may be (setting max_documents)")


def require_no_other(
    services: Services, uploads: Uploads, owner: str, collection: str, *, name: str = "", sha256: str = ""
) -> None:
    """Check that a file an editor adds to an owner's collection changes no document outside it.

    Raises:
        DocumentError: one of this name or content is there.
    """
    own = (each for each in services.library.documents(owner) if each.collection != collection)
    stored = services.library.find(f"upload:{name}", owner) if name else None
    coming = [each for each in uploads.coming_to(owner) if each.collection != collection]
    if (stored and stored.collection != collection) or any(name and each.name == name for each in coming):
        raise DocumentError("it cannot be added under this name: rename it, and add it again")
    files = [each for each in coming if not each.address]
    if sha256 and (any(each.sha256 == sha256 for each in own) or any(each.sha256 in ("", sha256) for each in files)):
        raise DocumentError("it cannot be added now: ask the collection's owner to add it")


def require_library(services: Services) -> None:
    """Check that the library is still there.

    Raises:
        LibraryError: its folder is gone.
    """
    folder = services.settings.originals
    if not folder.is_dir():
        raise LibraryError(
            f"The library folder '{folder.name}' is gone. Put it back, or restart Citewell to begin a new one."
        )


def _require_size(size: int, limit: int) -> None:
    if size > limit:
        raise DocumentError(f"the file is larger than the limit of {limit // 1_000_000} MB (setting max_file_mb)")


def file_name(sent: str) -> str:
    """Return the name to store an uploaded file under: no folder, nothing that a file system could misunderstand."""
    name = sent.replace("\\", "/").rsplit("/", 1)[-1].replace(stored_name("/"), "_")
    name = "".join(character if character.isprintable() else "_" for character in name).strip()
    stem, dot, suffix = name.rpartition(".")
    room = MAX_NAME_BYTES - len((dot + suffix).encode())
    if stem and room > 0:
        name = stem.encode()[:room].decode(errors="ignore") + dot + suffix
    return "unnamed" if name in ("", ".", "..") else name.encode()[:MAX_NAME_BYTES].decode(errors="ignore")


def path_name(folder: str, name: str) -> str:
    """Return the name of a file in a dropped folder: its path there, as much of it as a file system can hold."""
    parts = [file_name(part) for part in folder.replace("\\", "/").split("/") if part.strip(" .")]
    path = "/".join([*parts, name])
    if len(stored_name(path).encode()) <= MAX_NAME_BYTES:
        return path
    told_apart = hashlib.sha256(path.encode()).hexdigest()[:8]
    return file_name(f"{told_apart} {name}")
