"""Unpack the members of an archive in a reading process, under its limits and the ones here.

A bomb, a path that leads out, a link or a nested archive is rejected with the reason; the other members are unpacked.
"""

import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Any

from ingest.formats import SUFFIXES
from ingest.sources.files import is_archive
from rag.errors import DocumentError

MAX_MEMBERS = 10_000
MAX_TOTAL_BYTES = 2_000_000_000
MAX_RATIO = 300
_SMALL = 10_000_000
"""Bytes that a member may unpack to whatever its ratio."""

_DAMAGED = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError)
"""Raised in the middle of damaged data; gzip and bz2 also raise an `OSError` without a number."""

_NAMESAKE = "the archive has another member of this name before it, and that one was read"
_BLOCK = 1 << 20

OpenMember = Callable[[], IO[bytes]]


def unpack(path: str, folder: str, max_file_bytes: int, password: str | None = None) -> Iterator[dict[str, Any]]:
    """Unpack the members of known formats into files numbered from 0; rejected members take a number too."""
    left = MAX_TOTAL_BYTES
    number = 0
    names: set[str] = set()
    for name, packed, open_ in _members(Path(path), password):
        place = PurePosixPath(name.replace("\\", "/"))
        if any(part.startswith((".", "__MACOSX")) and part != ".." for part in place.parts):
            continue  # hidden, as in a folder
        if place.suffix.lower() not in SUFFIXES and not is_archive(name):
            continue
        rejection = _rejection(place, packed) or (_NAMESAKE if str(place) in names else "")
        names.add(str(place))
        if not rejection:
            limit = min(max_file_bytes, left)
            rejection, size = _extract(open_, Path(folder, str(number)), limit, packed)
            left -= size
        yield {"name": name, "rejection": rejection}
        number += 1
        if left <= 0:
            raise DocumentError(f"it unpacks to more than {MAX_TOTAL_BYTES / 1e9:.0f} GB; the rest was not read")


def _rejection(place: PurePosixPath, packed: int | None) -> str:
    if place.is_absolute() or ".." in place.parts:
        return "its path leads out of the archive"
    if packed is None:
        return "it is a link or a device, not a file"
    if is_archive(place.name):
        return "an archive within an archive is not entered"
    return ""


def _extract(open_: OpenMember, target: Path, limit: int, packed: int | None) -> tuple[str, int]:
    """Unpack one member while counting its bytes. Return why it was rejected, or "", and its size."""
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
    except RuntimeError as error:  # zipfile's error for a missing or wrong password
        return ("it is encrypted; give its password with --password" if "password" in str(error) else str(error)), size
    except (*_DAMAGED, OSError, ValueError, NotImplementedError) as error:
        _reraise_disk_error(error)
        return f"it is damaged in the archive ({error})", size
    return "", size


def _members(path: Path, password: str | None) -> Iterator[tuple[str, int | None, OpenMember]]:
    """Yield name, packed size (None: not a regular file; 0: unknown) and opener of each member."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            if len(infos) > MAX_MEMBERS:
                raise DocumentError(
                    f"it has {len(infos):,} members, and at most {MAX_MEMBERS:,} are unpacked: nothing of it was read"
                )
            word = password.encode() if password else None
            for info in infos:
                if not info.is_dir():
                    packed = info.compress_size if _is_file(info) else None
                    yield info.filename, packed, partial(archive.open, info, pwd=word)
        return
    try:
        tar = tarfile.open(path)  # noqa: SIM115  closed by _tar_members, whose errors differ
    except (tarfile.TarError, EOFError) as error:
        raise DocumentError("the archive is damaged: it cannot be opened") from error
    yield from _tar_members(tar, path.stat().st_size)


def _is_file(info: zipfile.ZipInfo) -> bool:
    """Return whether a member is a file: the upper bits of its attributes are Unix's mode, 0 where it has none."""
    return stat.S_IFMT(info.external_attr >> 16) in (0, stat.S_IFREG)


def _tar_members(tar: tarfile.TarFile, packed: int) -> Iterator[tuple[str, int | None, OpenMember]]:
    """Yield the members of a tar archive, then check that all of it is intact."""
    with tar:
        try:
            for count, member in enumerate(tar, start=1):
                _check_count(count)
                if not member.isdir():
                    regular = 0 if member.isreg() else None
                    yield member.name, regular, partial(_reader, tar, member)
            _check_end(tar, min(MAX_TOTAL_BYTES, max(_SMALL, MAX_RATIO * packed)))
        except (*_DAMAGED, OSError) as error:
            _reraise_disk_error(error)
            raise DocumentError(f"it is damaged ({error}): what was read from it may be damaged too") from error


def _check_end(tar: tarfile.TarFile, limit: int) -> None:
    """Check that a tar archive ends with a header of zeros or none: tarfile silently stops at one it cannot read.

    Reading to the very end also verifies the checksum of a compressed archive.
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


def _reraise_disk_error(error: Exception) -> None:
    """Raise an error again if it is the disk's and not the data's."""
    if isinstance(error, OSError) and error.errno is not None:
        raise error


def _reader(tar: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    stream = tar.extractfile(member)
    if stream is None:
        raise ValueError("not a file")
    return stream


def _check_count(count: int) -> None:
    if count > MAX_MEMBERS:
        raise DocumentError(
            f"it has more than {MAX_MEMBERS:,} members: those before were read, as far as they could be, and the rest "
            "was not"
        )
