"""Read what a PDF says about itself: its information dictionary and language, and its XMP if these have no title."""

import ctypes
import re
from html import unescape
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

import pypdfium2.raw as pdfium

_KEYS = {
    "title": "Title",
    "author": "Author",
    "subject": "Subject",
    "keywords": "Keywords",
    "producer": "Producer",
    "creator": "Creator",
    "date": "CreationDate",
    "changed": "ModDate",
}
_MAX_BYTES = 4_000
_DATE = re.compile(r"(?:D:)?(\d{4})(?:(\d\d)(\d\d)?)?")

_MAX_PACKET = 200_000
_MAX_PACKETS = 20
_ITEM = r"<{name}>\s*<rdf:(?:Alt|Seq|Bag)>\s*<rdf:li[^>]*>([^<]{{1,2000}})</rdf:li>"
_XMP = {
    key: re.compile(_ITEM.format(name=name))
    for key, name in {
        "title": "dc:title",
        "author": "dc:creator",
        "subject": "dc:description",
        "language": "dc:language",
    }.items()
}


def read_metadata(document: Any) -> dict[str, str]:
    """Return what an open document says about itself, as it says it; dates as "2019-02-07"."""
    found = {key: _text(document, name) for key, name in _KEYS.items()}
    for key in ("date", "changed"):
        found[key] = _iso_date(found[key])
    found["language"] = _language(document)
    return {key: value for key, value in found.items() if value}


def read_xmp(path: Path) -> dict[str, str]:
    """Return what the XMP of a file says that describes a PDF; that of a picture in it is passed over."""
    try:
        with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
            at = len(content)
            for _ in range(_MAX_PACKETS):
                at = content.rfind(b"<x:xmpmeta", 0, at)
                if at < 0:
                    break
                end = content.find(b"</x:xmpmeta>", at, at + _MAX_PACKET)
                packet = content[at:end].decode("utf-8", "replace") if end > 0 else ""
                if "pdf:Producer" in packet or "ns.adobe.com/pdf/" in packet:
                    return _in_packet(packet)
    except (OSError, ValueError):  # an empty file cannot be mapped
        pass
    return {}


def _in_packet(packet: str) -> dict[str, str]:
    found = {key: match[1] for key, pattern in _XMP.items() if (match := pattern.search(packet))}
    return {key: text for key, value in found.items() if (text := " ".join(unescape(value).split()))}


def _text(document: Any, name: str) -> str:
    buffer = ctypes.create_string_buffer(_MAX_BYTES)
    size = int(pdfium.FPDF_GetMetaText(document, name.encode(), buffer, _MAX_BYTES))
    return _decoded(buffer.raw, size)


def _language(document: Any) -> str:
    buffer = (ctypes.c_ushort * (_MAX_BYTES // 2))()
    size = int(pdfium.FPDFCatalog_GetLanguage(document, buffer, _MAX_BYTES))
    return _decoded(bytes(buffer), size)


def _decoded(buffer: bytes, size: int) -> str:
    text = buffer[: size - 2].decode("utf-16-le", "replace") if 2 < size <= _MAX_BYTES else ""
    return " ".join(text.replace("\x00", "").split())


def _iso_date(text: str) -> str:
    match = _DATE.match(text)
    if not match:
        return text
    return "-".join(part for part in match.groups() if part)
