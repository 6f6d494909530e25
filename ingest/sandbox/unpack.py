"""Unpacks the members of an archive, in a reading process: under its limits and the ones here.

A bomb, a path that leads out, a link or an archive within is refused with the reason, and the other members go on.
"""

import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Any

from ingest.files import is_archive
from ingest.readers.registry import SUFFIXES
from rag.errors import DocumentError

MAX_MEMBERS = 10_000
MAX_TOTAL_BYTES = 2_000_000_000
MAX_RATIO = 300
_SMALL = 10_000_000
"""A member may unpack to that much whatever its ratio."""

_DAMAGED = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError)
"""What the archives' libraries raise in the middle of damaged data; gzip and bz2 also an `OSError` without a number."""

_BLOCK = 1 << 20

Open = Callable[[], IO[bytes]]


def unpack(path: str, folder: str, max_file_bytes: int, password: str | None = None) -> Iterator[dict[str, Any]]:
    """Unpack the members of known kinds into files numbered from 0; one that is refused takes a number too."""
    left = MAX_TOTAL_BYTES
    number = 0
    for name, packed, open_ in _opened(Path(path), password):
        place = PurePosixPath(name.replace("\\", "/"))
        if any(part.startswith((".", "__MACOSX")) and part != ".." for part in place.parts):
            continue  # hidden, as in a folder
        if place.suffix.lower() not in SUFFIXES and not is_archive(name):
            continue
        refused = _refusal(place, packed)
        if not refused:
            limit = min(max_file_bytes, left)
            refused, size = _write(open_, Path(folder, str(number)), limit, packed)
            left -= size
        yield {"name": name, "refused": refused}
        number += 1
        if left <= 0:
            raise DocumentError(f"it unpacks to more than {MAX_TOTAL_BYTES / 1e9:.0f} GB; the rest was not read")


def _refusal(place: PurePosixPath, packed: int | None) -> str:
    if place.is_absolute() or ".." in place.parts:
        return "its path leads out of the archive"
    if packed is None:
        return "it is a link or a device, not a file"
    if is_archive(place.name):
        return "an archive within an archive is not entered"
    return ""


def _write(open_: Open, target: Path, limit: int, packed: int | None) -> tuple[str, int]:
    """Unpack one member, counting what really comes; why it was given up, and its size."""
    size = 0
    try:
        with open_() as source, target.open("xb") as file:
            while block := source.read(_BLOCK):
                size += len(block)
                if size > limit:
                    return f"it unpacks to more than {limit / 1e6:.0f} MB", size
                if packed and size > _SMALL and size > MAX_RATIO * packed:
                    return f"it unpacks to more than {MAX_RATIO} times its size (a decompression bomb?)", size
                file.write(block)
    except RuntimeError as error:  # zipfile's word for a password that is missing or wrong
        return ("it is encrypted; give its password with --password" if "password" in str(error) else str(error)), size
    except (*_DAMAGED, OSError, ValueError, NotImplementedError) as error:
        _require_damage(error)
        return f"it is damaged in the archive ({error})", size
    return "", size


def _opened(path: Path, password: str | None) -> Iterator[tuple[str, int | None, Open]]:
    """Name, packed size (None: no regular file; 0: not known) and opener of each member."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            _require_few(len(infos))
            word = password.encode() if password else None
            for info in infos:
                if not info.is_dir():
                    yield info.filename, info.compress_size, partial(archive.open, info, pwd=word)
        return
    try:
        tar = tarfile.open(path)  # noqa: SIM115  closed by _in_tar; what goes wrong before is another error
    except (tarfile.TarError, EOFError) as error:
        raise DocumentError("the archive is damaged: it cannot be opened") from error
    yield from _in_tar(tar, path.stat().st_size)


def _in_tar(tar: tarfile.TarFile, packed: int) -> Iterator[tuple[str, int | None, Open]]:
    """The members of a tar archive; afterwards an error if the whole of it is damaged."""
    with tar:
        try:
            for count, member in enumerate(tar, start=1):
                _require_few(count)
                if not member.isdir():
                    regular = 0 if member.isreg() else None
                    yield member.name, regular, partial(_reader, tar, member)
            _require_whole(tar, min(MAX_TOTAL_BYTES, max(_SMALL, MAX_RATIO * packed)))
        except (*_DAMAGED, OSError) as error:
            _require_damage(error)
            raise DocumentError(f"it is damaged ({error}): what was read from it may be damaged too") from error


def _require_whole(tar: tarfile.TarFile, limit: int) -> None:
    """tarfile ends in silence at a header that it cannot read; the end of an archive is a header of zeros, or none.

    Only at the very end a compressed one has its checksum, which what was read must match.
    """
    stream = tar.fileobj
    assert stream  # noqa: S101  it is open
    stream.seek(tar.offset)
    if any(stream.read(tarfile.BLOCKSIZE)):
        raise DocumentError("it is damaged: what comes after its last readable member was not read")
    size = 0
    while block := stream.read(_BLOCK):
        size += len(block)
        if size > limit:
            raise DocumentError(
                f"more than {limit / 1e6:.0f} MB come after its last member (a decompression bomb?): its checksum was "
                "not read, and what was read from it may be damaged"
            )


def _require_damage(error: Exception) -> None:
    """Raise an error anew that is the disk's, not the data's."""
    if isinstance(error, OSError) and error.errno is not None:
        raise error


def _reader(tar: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    stream = tar.extractfile(member)
    if stream is None:
        raise ValueError("no file")
    return stream


def _require_few(count: int) -> None:
    if count > MAX_MEMBERS:
        raise DocumentError(f"it has more than {MAX_MEMBERS:,} members; the rest was not read")
