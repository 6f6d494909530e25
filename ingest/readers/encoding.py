"""Decode text in an unknown encoding."""

import codecs
from contextlib import suppress

from charset_normalizer import from_bytes

from rag.errors import DocumentError

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_STATEFUL = ("iso2022_", "hz", "utf-7")
"""Codecs whose bytes all look like ASCII, so that a text in one is always valid UTF-8, too."""

_JAPANESE = (b"\x1b$@", b"\x1b$B")
"""Escapes of ISO-2022-JP that begin Japanese characters; no other text has them."""

_NEC_ROW_13 = "citewell-nec-row-13"
"""Handler of errors for the characters (①, ㈱) that Outlook writes into ISO-2022-JP beyond the standard."""

_SAMPLE_BYTES = 200_000
_UNKNOWN = "\ufffd"
_MOST_UNKNOWN = 0.02
"""Share of characters that cannot be decoded: of a text cut off in the middle of one; binary data has many."""


def decode(data: bytes, declared: str | None = None) -> str:
    """Decode by the byte order mark, else as UTF-8 if that fits, else as declared, else by a guess.

    Encodings that look like ASCII (ISO-2022-JP and its like) come before UTF-8.

    Raises:
        DocumentError: it is not text.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if not _is_wide(data):
        if (text := _stateful(data, declared)) is not None:
            return text
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            pass
    if declared:
        try:
            return data.decode(declared)
        except (LookupError, ValueError):
            pass  # the declaration is wrong
    return _guess(data)


def nothing_in(text: str) -> str:
    """Return why a file's decoded text has nothing to read."""
    if not text.removeprefix("\ufeff"):
        return "the file is empty"
    return (
        "there is nothing in the file but control characters" if text.strip() else "the file is blank: white space only"
    )


def _is_wide(data: bytes) -> bool:
    """Return True for UTF-16 or UTF-32 without a mark, in which every second byte, or three of four, is zero."""
    sample = data[:4096]
    return len(sample) > 3 and sample.count(0) >= len(sample) * 0.3


def _stateful(data: bytes, declared: str | None) -> str | None:
    """Decode text in an encoding that looks like ASCII: the declared one, or ISO-2022-JP by its escapes; else None."""
    if not data.isascii():
        return None
    name = _codec(declared)
    if name.startswith(_STATEFUL):
        with suppress(UnicodeDecodeError):
            return data.decode(name)
    if name.startswith("iso2022_jp") or any(escape in data for escape in _JAPANESE):
        text = data.decode("iso2022_jp_ext", _NEC_ROW_13)
        if text.count(_UNKNOWN) <= 1 + len(text) * _MOST_UNKNOWN:
            return text
    return None


def _codec(declared: str | None) -> str:
    """Return the one name of the codec that an encoding's name means, "" if there is none."""
    try:
        return codecs.lookup(declared or "").name
    except (LookupError, ValueError):
        return ""


def _nec_row_13(error: UnicodeError) -> tuple[str, int]:
    """Decode two bytes that are no character of the standard by its successor, which has those of NEC's row 13."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    pair = bytes(byte | 0x80 for byte in error.object[error.start : error.end])
    return pair.decode("euc_jis_2004", "replace"), error.end


codecs.register_error(_NEC_ROW_13, _nec_row_13)


def _wide_encoding(sample: bytes) -> str:
    """Return which UTF-16 or UTF-32 it is: most characters are below 256, so their zero bytes show the byte order."""
    first, second, third = (sample[place::4].count(0) for place in range(3))
    if min(first, second, third) > 0.2 * len(sample) / 4 or min(second, third) > 0.6 * len(sample) / 4:
        return "utf-32-be" if first > 0.6 * len(sample) / 4 else "utf-32-le"
    return "utf-16-be" if first > second else "utf-16-le"


def _guess(data: bytes) -> str:
    if _is_wide(data):
        text = data.decode(_wide_encoding(data[:4096]), "replace")
        if "\0" not in text and text.count(_UNKNOWN) <= len(text) * _MOST_UNKNOWN:
            return text
    if data.count(0) > len(data) * 0.01:
        raise DocumentError("the file is not text in any encoding known here")
    best = from_bytes(data[:_SAMPLE_BYTES]).best()
    if best is None:
        raise DocumentError("the file is not text in any encoding known here")
    return data.decode(best.encoding, "replace")
