"""Addresses of sources: only of what is there."""

from pathlib import Path

import pytest

from cli.source_links import address_of


def test_files_have_addresses_with_their_page_and_uploads_none(tmp_path: Path) -> None:
    file = tmp_path / "a b\x1b].pdf"
    file.touch()
    assert address_of(str(file), 3) == f"{tmp_path.as_uri()}/a%20b%1B%5D.pdf#page=3"
    assert address_of("upload:a.pdf", 1) == address_of("/no/such.pdf", 1) == address_of("no.md", 1) == ""


@pytest.mark.parametrize("address", ["https://a.org/x y", "https://a.org/\x1b\\", "javascript:x", "file:///etc/passwd"])
def test_an_address_that_could_do_harm_is_none(address: str) -> None:
    assert address_of("https://example.org/a?b=c", 1) == "https://example.org/a?b=c"
    assert address_of(address, 1) == ""
