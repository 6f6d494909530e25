"""The type of a response by its headers and its address, and its body unpacked in small steps."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.web.content import MediaType, suffix_of, unpacked
from rag.errors import DocumentError


@pytest.mark.parametrize(
    ("header", "name", "charset"),
    [
        ("text/html; charset=UTF-8", "text/html", "utf-8"),
        ('Text/HTML;charset="windows-1251"', "text/html", "windows-1251"),
        ("application/pdf", "application/pdf", ""),
        ("", "", ""),
        ("text/html; charset=" + "x" * 99, "text/html", ""),
        ("text/html; charset*=utf-8''x; charset*0=abc", "text/html", ""),
        ("text/html; charset*=a%00b''x", "text/html", ""),
        ("text/html; boundary=x; Charset = 'iso-8859-1'", "text/html", "iso-8859-1"),
    ],
)
def test_a_header_names_type_and_encoding(header: str, name: str, charset: str) -> None:
    assert MediaType.of(header) == MediaType(name, charset)


@pytest.mark.parametrize(
    ("media", "address", "suffix"),
    [
        ("text/html", "https://example.org/a", ".html"),
        ("text/html", "https://example.org/a.php", ".html"),
        ("text/html", "https://example.org/a.pdf", ".html"),
        ("text/html", "https://example.org/a.htm", ".htm"),
        ("application/xhtml+xml", "https://example.org/", ".xhtml"),
        ("application/pdf", "https://example.org/report?id=7", ".pdf"),
        ("application/octet-stream", "https://example.org/a.docx", ".docx"),
        ("text/plain", "https://example.org/README.md", ".md"),
        ("text/plain", "https://example.org/a", ".txt"),
        ("text/markdown", "https://example.org/a", ".md"),
        ("text/csv", "https://example.org/export", ".csv"),
        ("", "https://example.org/a.pdf", ".pdf"),
        ("", "https://example.org/a", ""),
        ("application/x-foo", "https://example.org/a.%00x", ""),
        ("application/x-foo", "https://example.org/a.foo", ".foo"),
    ],
)
def test_the_bytes_are_stored_under_an_ending_that_their_reader_knows(media: str, address: str, suffix: str) -> None:
    assert suffix_of(MediaType(media, ""), address) == suffix


@given(st.binary(max_size=5_000), st.sampled_from([31, 15, -15]), st.integers(1, 40))
def test_what_was_packed_comes_out_however_it_is_cut(data: bytes, window: int, step: int) -> None:
    packing = zlib.compressobj(wbits=window)
    packed = packing.compress(data) + packing.flush()
    parts = [packed[start : start + step] for start in range(0, len(packed), step)]
    assert b"".join(unpacked(parts, {"content-encoding": "gzip" if window == 31 else "deflate"})) == data


@pytest.mark.parametrize("step", [1, 7, 10_000])
def test_gzip_may_have_several_members_and_padding(step: int) -> None:
    packed = gzip.compress(b"One, ") + gzip.compress(b"") + gzip.compress(b"two.") + bytes(9)
    parts = [packed[start : start + step] for start in range(0, len(packed), step)]
    assert b"".join(unpacked(parts, {"content-encoding": "gzip"})) == b"One, two."
    with pytest.raises(DocumentError, match="breaks off"):
        list(unpacked([gzip.compress(b"One, "), gzip.compress(b"two.")[:-3]], {"content-encoding": "gzip"}))


def test_a_bomb_comes_out_in_small_parts() -> None:
    packing = zlib.compressobj(wbits=31)
    bomb = packing.compress(b"x" * 100_000_000) + packing.flush()
    parts = unpacked([bomb], {"content-encoding": "gzip"})
    assert len(next(parts)) <= 1 << 16
