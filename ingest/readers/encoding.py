"""Decode text in an unknown encoding."""

import codecs

from charset_normalizer import from_bytes

from rag.errors import DocumentError

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE_BYTES = 200_000


def decode(data: bytes, declared: str | None = None) -> str:
    """Decode by the byte order mark, else as UTF-8 if that fits, else as declared, else by a guess.

    Raises:
        DocumentError: it is not text.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if not is_wide(data):
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            pass
    if declared:
        try:
            return data.decode(declared)
        except (LookupError, UnicodeDecodeError):
            pass  # the declaration is wrong
    return _guess(data)


def is_wide(data: bytes) -> bool:
    """Return True for UTF-16 or UTF-32 without a mark, in which every second byte, or three of four, is zero."""
    sample = data[:4096]
    return len(sample) > 3 and sample.count(0) >= len(sample) * 0.3


def _wide_encoding(sample: bytes) -> str:
    """Return which UTF-16 or UTF-32 it is: most characters are below 256, so their zero bytes show the byte order."""
    first, second, third = (sample[place::4].count(0) for place in range(3))
    if min(first, second, third) > 0.2 * len(sample) / 4 or min(second, third) > 0.6 * len(sample) / 4:
        return "utf-32-be" if first > 0.6 * len(sample) / 4 else "utf-32-le"
    return "utf-16-be" if first > second else "utf-16-le"


def _guess(data: bytes) -> str:
    if is_wide(data):
        text = data.decode(_wide_encoding(data[:4096]), "replace")
        if "\0" not in text:
            return text
    if data.count(0) > len(data) * 0.01:
        raise DocumentError("the file is not text in any encoding known here")
    best = from_bytes(data[:_SAMPLE_BYTES]).best()
    if best is None:
        raise DocumentError("the file is not text in any encoding known here")
    return data.decode(best.encoding, "replace")
