"""Tell what a response is by its headers, and unpack its body within limits."""

import mimetypes
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote

from ingest.formats import SUFFIXES
from ingest.sources.web_address import path_of_address
from rag.errors import DocumentError

_HTML = {"text/html": ".html", "application/xhtml+xml": ".xhtml"}
_VAGUE = ("", "application/octet-stream", "text/plain", "text/x-markdown", "text/markdown", "binary/octet-stream")
"""Media types that servers give to anything: the address's own ending says more."""

_OWN_SUFFIXES = {"text/markdown": ".md", "text/x-markdown": ".md", "application/xml": ".xml", "text/xml": ".xml"}
_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w.:+-]{1,40})["']?""", re.ASCII | re.IGNORECASE)
"""Written as sites write it: the forms of e-mail, in parts or in another encoding, are sent by nobody who means it."""

_WITHOUT_TEXT = ("audio/", "video/", "font/")
_MAX_STEP = 1 << 16
_GZIP = b"\x1f"


@dataclass(frozen=True, slots=True)
class MediaType:
    """A media type, and the character encoding that goes with it ("" if it is not said)."""

    name: str
    charset: str

    @classmethod
    def of(cls, header: str) -> "MediaType":
        """Return what a Content-Type header says."""
        name, *parameters = (part.strip() for part in header.split(";"))
        named = (_CHARSET.fullmatch(parameter) for parameter in parameters)
        return cls(name.lower(), next((found[1].lower() for found in named if found), ""))

    @property
    def has_no_text(self) -> bool:
        """True for sound, films and fonts, which need not be fetched to see that."""
        return self.name.startswith(_WITHOUT_TEXT)


def suffix_of(media: MediaType, address: str) -> str:
    """Return the ending to store a response under, by which a reader is chosen among those of texts; "" if unknown."""
    own = PurePosixPath(unquote(path_of_address(address))).suffix.lower()
    if media.name in _HTML:
        return own if own in (".html", ".htm", ".xhtml") else _HTML[media.name]
    if own in SUFFIXES and (media.name in _VAGUE or not media.name.startswith("text/")):
        return own
    known = _OWN_SUFFIXES.get(media.name) or mimetypes.guess_extension(media.name) or ""
    return known if known in SUFFIXES else ".txt" if media.name.startswith("text/") else _plain(own)


def _plain(suffix: str) -> str:
    """Return an ending that a file may have; "" for what no file system takes."""
    return suffix[:10] if suffix.removeprefix(".").isalnum() else ""


def unpacked(parts: Iterable[bytes], headers: Mapping[str, str]) -> Iterator[bytes]:
    """Yield the body without its compression, in small parts, so that a bomb is noticed before it has gone off.

    Raises:
        DocumentError: it is damaged, or compressed in a way that was not asked for.
    """
    encoding = headers.get("content-encoding", "").strip().lower()
    if encoding in ("", "identity"):
        yield from parts
    elif encoding in ("gzip", "x-gzip", "deflate"):
        yield from _inflated(parts)
    else:
        raise DocumentError(f"the site answers in an encoding that was not asked for ({encoding[:40]})")


def _inflated(parts: Iterable[bytes]) -> Iterator[bytes]:
    unpacking: zlib._Decompress | None = None
    for part in parts:
        while part:
            # gzip may come in several members, one after the other
            if unpacking is None or (unpacking.eof and part.startswith(_GZIP)):
                unpacking = zlib.decompressobj(_window(part))
            elif unpacking.eof:
                return  # padding
            try:
                done = unpacking.decompress(part, _MAX_STEP)
            except zlib.error as error:
                raise DocumentError("what the site sends is damaged: try again") from error
            part = unpacking.unconsumed_tail or unpacking.unused_data
            if done:
                yield done
    if unpacking is None:
        return
    if not unpacking.eof:
        raise DocumentError("what the site sends breaks off: try again")


def _window(start: bytes) -> int:
    """Return zlib's `wbits` for a stream: "deflate" may come with or without zlib's own header."""
    return 47 if start.startswith((_GZIP, b"\x78")) else -15  # 47: either header
