"""Open documents that are ZIP archives of XML, with limits on their size and without access to anything outside."""

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
_CHUNK = 1_000_000
_SMALL = 10_000_000
"""Bytes that a part may unpack to whatever its ratio: a sheet of zeros packs well."""


class Parts:
    """The parts of an open archive."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.names = frozenset(archive.namelist())

    def read(self, name: str) -> bytes:
        """Return a part, b"" if there is none of that name.

        Raises:
            DocumentError: it unpacks to too much, or is encrypted.
        """
        if name not in self.names:
            return b""
        self.check(name)
        with self._archive.open(name) as stream:
            data = stream.read(MAX_PART_BYTES + 1)
        if len(data) > MAX_PART_BYTES:
            raise DocumentError("a part of the file unpacks to more than is read (a decompression bomb?)")
        return data

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield a part piece by piece, after checking what `read` would."""
        if name in self.names:
            self.check(name)
            with self._archive.open(name) as stream:
                while data := stream.read(_CHUNK):
                    yield data

    def check(self, name: str) -> None:
        """Check a part that a library is going to unpack; raise what `read` would."""
        info = self._archive.getinfo(name)
        if info.flag_bits & 1:
            raise DocumentError("the file is encrypted; save it without a password and try again")
        packed = max(1, info.compress_size)
        if info.file_size > MAX_PART_BYTES or (info.file_size > _SMALL and info.file_size > MAX_RATIO * packed):
            raise DocumentError("a part of the file unpacks to more than is read (a decompression bomb?)")

    def xml(self, name: str) -> Any | None:
        """Return the root element of a part, None if there is no such part or it is not XML."""
        data = self.read(name)
        return parse_xml(data) if data else None

    def main(self, usual: str) -> str:
        """Return the name of the part that an Office file begins with: the `usual` one if the file does not say."""
        return next(iter(self.related("", "/officeDocument").values()), usual)

    def related(self, name: str, kind: str = "") -> dict[str, str]:
        """Return ids and names of the parts of a kind ("/slide") that a part refers to; none outside the file."""
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
def open_parts(path: Path | BinaryIO) -> Iterator[Parts]:
    """Open the parts of a file after checking its limits; nothing is unpacked yet.

    Raises:
        DocumentError: the archive is damaged, or would unpack to too much.
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


def parse_xml(data: bytes) -> Any | None:
    """Parse untrusted XML: entities stay unresolved, nothing is fetched, and damage is recovered from if possible."""
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


def local_name(element: Any) -> str:
    """Return an element's name without its namespace, which strict and transitional Office files do not share."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def child_of(element: Any | None, name: str) -> Any | None:
    """Return the first child of a name."""
    return next((child for child in element if local_name(child) == name), None) if element is not None else None


def attribute(element: Any, name: str) -> str:
    """Return an attribute by its name without namespace, "" if there is none."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return ""


def relation_id(element: Any) -> str:
    """Return the id of a relation, `r:id`, which differs from an element's own `id`."""
    for key, value in element.attrib.items():
        if key.endswith("}id") and "relationships" in key:
            return str(value)
    return ""
