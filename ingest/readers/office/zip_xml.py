"""Documents that are ZIP archives of XML, opened with limits: nothing in them may grow without bound, or call out."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any, BinaryIO

from lxml import etree

from rag.errors import DocumentError

MAX_MEMBERS = 20_000
MAX_TOTAL_BYTES = 1_000_000_000
MAX_PART_BYTES = 200_000_000
MAX_RATIO = 300
_SMALL = 10_000_000
"""A part may unpack to that much whatever its ratio: a sheet of zeros packs well."""


class Parts:
    """The parts of an open archive."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.names = frozenset(archive.namelist())

    def read(self, name: str) -> bytes:
        """One part, b"" if there is none of that name.

        Raises:
            DocumentError: it would unpack to too much, or is encrypted.
        """
        if name not in self.names:
            return b""
        info = self._archive.getinfo(name)
        _check(info)
        with self._archive.open(info) as stream:
            data = stream.read(MAX_PART_BYTES + 1)
        if len(data) > MAX_PART_BYTES:
            raise DocumentError("a part of the file unpacks to more than is read (a decompression bomb?)")
        return data

    def check(self, name: str) -> None:
        """Refuse a part that a library is going to unpack by itself."""
        _check(self._archive.getinfo(name))

    def xml(self, name: str) -> Any | None:
        """The root element of a part, None if there is none or it is no XML at all."""
        data = self.read(name)
        return parse(data) if data else None

    def related(self, name: str, kind: str = "") -> dict[str, str]:
        """Ids and names of the parts a part refers to: those of a kind ("/slide"), never what is outside the file."""
        found: dict[str, str] = {}
        root = self.xml(join(dirname(name), "_rels", f"{name.rpartition('/')[2]}.rels"))
        if root is None:
            return found
        for relation in root.iter("{*}Relationship"):
            target = relation.get("Target") or ""
            if relation.get("TargetMode") == "External" or not (relation.get("Type") or "").endswith(kind):
                continue
            place = target.lstrip("/") if target.startswith("/") else normpath(join(dirname(name), target))
            if place in self.names:
                found[relation.get("Id") or ""] = place
        return found


@contextmanager
def unzipped(path: Path | BinaryIO) -> Iterator[Parts]:
    """The parts of a file, checked against the limits before anything is unpacked.

    Raises:
        DocumentError: it is no whole archive, or it would unpack to too much.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise DocumentError("the file is damaged: its ZIP archive cannot be opened") from error
    with archive:
        infos = archive.infolist()
        if len(infos) > MAX_MEMBERS:
            raise DocumentError(f"the file has {len(infos):,} parts, and the limit is {MAX_MEMBERS:,}")
        if sum(info.file_size for info in infos) > MAX_TOTAL_BYTES:
            raise DocumentError("the file unpacks to more than is read (a decompression bomb?)")
        yield Parts(archive)


def parse(data: bytes) -> Any | None:
    """XML from a stranger: no entities, nothing fetched; what is broken is mended as far as it goes."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        recover=True,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return None


def local(element: Any) -> str:
    """An element's name without its namespace: the strict and the transitional kind of Office files differ in these."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Any, name: str) -> str:
    """An attribute by its name without namespace, "" if it is not there."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return ""


def _check(info: zipfile.ZipInfo) -> None:
    if info.flag_bits & 1:
        raise DocumentError("the file is encrypted; save it without a password and try again")
    packed = max(1, info.compress_size)
    if info.file_size > MAX_PART_BYTES or (info.file_size > _SMALL and info.file_size > MAX_RATIO * packed):
        raise DocumentError("a part of the file unpacks to more than is read (a decompression bomb?)")
