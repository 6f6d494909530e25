"""Detect a file's format by its content: first bytes, members of an archive, streams of a compound file."""

import re
import zipfile
import zlib
from pathlib import Path

import olefile

_MAX_PDF_OFFSET = 1024
_HEAD_BYTES = 4096

_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"GIF8", b"BM")
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument."
_ZIP_FOLDERS = (("word/", "docx"), ("ppt/", "pptx"), ("xl/", "xlsx"))
_OLE_STREAMS = (
    ("EncryptedPackage", "locked"),
    ("WordDocument", "doc"),
    ("PowerPoint Document", "ppt"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("__properties_version1.0", "msg"),
)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE)
_FIRST_TAG = re.compile(rb"<[A-Za-z_][^>]*")
_FLAT_DOCUMENT = re.compile(rb"<(?:[\w.-]+:)?document\s[^>]*urn:oasis:names:tc:opendocument:xmlns:")
"""Beginning of an OpenDocument file that is one file of XML instead of an archive."""

_HEADER = re.compile(
    rb"(?:from|to|subject|date|received|message-id|mime-version|return-path|delivered-to|x-[\w-]+|content-type):",
    re.IGNORECASE,
)
_MIN_MAIL_HEADERS = 3


def detect_format(path: Path) -> str:
    """Return a key of `FORMATS`, "locked", "zip", "image", "binary", or "" for text whose name tells its format."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    if b"%PDF-" in head[:_MAX_PDF_OFFSET]:
        return "pdf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_format(path)
    if head.startswith(olefile.MAGIC):
        return _ole_format(path)
    if head.lstrip().startswith(b"{\\rtf"):
        return "rtf"
    if head.startswith(_IMAGES) or (head.startswith(b"RIFF") and head[8:12] == b"WEBP"):
        return "image"
    return _text_format(head)


def _zip_format(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if "mimetype" in names and archive.getinfo("mimetype").file_size < _HEAD_BYTES:
                declared = archive.read("mimetype").strip()
                if declared == b"application/epub+zip":
                    return "epub"
                if declared.startswith(_OPEN_DOCUMENT):
                    return "odf"
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError, EOFError):
        return "zip"
    if "xl/workbook.bin" in names:
        return "binary"
    for folder, format_ in _ZIP_FOLDERS:
        if any(name.startswith(folder) for name in names):
            return format_
    if "META-INF/container.xml" in names:
        return "epub"
    return "odf" if "content.xml" in names else "zip"


def _ole_format(path: Path) -> str:
    try:
        with path.open("rb") as stream, olefile.OleFileIO(stream) as ole:
            return next((format_ for name, format_ in _OLE_STREAMS if ole.exists(name)), "binary")
    except (OSError, ValueError, IndexError, TypeError, AttributeError):
        return "binary"


def _text_format(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "ignore").encode()
    elif b"\0" in head and not _is_wide(head):
        return "binary"
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if _HTML.search(start[:1024]):
        return "html"
    if start.startswith(b"<") and (tag := _FIRST_TAG.search(start)) and _FLAT_DOCUMENT.match(tag[0]):
        return "odf"
    if start.startswith(b"<?xml"):
        return "xml"
    lines = start.split(b"\n")[:12]
    if sum(bool(_HEADER.match(line)) for line in lines) >= _MIN_MAIL_HEADERS and _HEADER.match(start):
        return "eml"
    return ""


def _is_wide(head: bytes) -> bool:
    return head.count(0) >= len(head) * 0.3
