"""Receive files that are sent: their names, their sizes, and whether there is room for them."""

import hashlib
from collections.abc import AsyncIterable
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from ingest.upkeep.removal import stored_name
from rag.errors import DocumentError, LibraryError
from rag.services import Services
from serving.ownership import documents_of
from serving.uploads import Uploads

_MAX_NAME_BYTES = 240
"""File systems allow 255."""


async def receive(parts: AsyncIterable[bytes], length: int, limit: int, folder: Path) -> Path:
    """Write a body to a file, and delete that if the body is too long or breaks off. `length` is as it was announced.

    Raises:
        DocumentError: it has more than `limit` bytes.
    """
    _require_size(length, limit)
    with NamedTemporaryFile(dir=folder, delete=False) as file:
        try:
            async for part in parts:
                file.write(part)
                _require_size(file.tell(), limit)
        except BaseException:
            with suppress(OSError):
                Path(file.name).unlink()
            raise
    return Path(file.name)


def require_room(services: Services, uploads: Uploads, owner: str) -> None:
    """Check that an owner may add one more document.

    Raises:
        DocumentError: there are as many as may be.
    """
    limit = services.settings.max_documents
    pending = sum(upload.state in ("waiting", "working", "locked") for upload in uploads.of(owner))
    if len(documents_of(services.library, owner)) + pending >= limit:
        raise DocumentError(f"there are {limit} documents already, and no more may be (setting max_documents)")


def require_library(services: Services) -> None:
    """Check that the library is still there.

    Raises:
        LibraryError: its folder is gone.
    """
    folder = services.settings.library
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
    room = _MAX_NAME_BYTES - len((dot + suffix).encode())
    if stem and room > 0:
        name = stem.encode()[:room].decode(errors="ignore") + dot + suffix
    return "unnamed" if name in ("", ".", "..") else name.encode()[:_MAX_NAME_BYTES].decode(errors="ignore")


def path_name(folder: str, name: str) -> str:
    """Return the name of a file in a dropped folder: its path there, as much of it as a file system can hold."""
    parts = [file_name(part) for part in folder.replace("\\", "/").split("/") if part.strip(" .")]
    path = "/".join([*parts, name])
    if len(stored_name(path).encode()) <= _MAX_NAME_BYTES:
        return path
    told_apart = hashlib.sha256(path.encode()).hexdigest()[:8]
    return file_name(f"{told_apart} {name}")
