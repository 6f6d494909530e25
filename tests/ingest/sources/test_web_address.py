"""All spellings of one address become the same text, and what only looks like an address is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sources.web_address import (
    canonical,
    folder_of,
    is_web_address,
    is_within,
    joined,
    looks_like_address,
    page_name,
    without_password,
)
from rag.errors import DocumentError


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("HTTPS://Example.ORG", "https://example.org/"),
        ("https://example.org:443/a", "https://example.org/a"),
        ("http://example.org:8080/a", "http://example.org:8080/a"),
        ("https://example.org./a#part", "https://example.org/a"),
        ("https://example.org/a/../b/./c/", "https://example.org/b/c/"),
        ("https://example.org/../../a", "https://example.org/a"),
        ("https://example.org//a", "https://example.org/a"),
        ("https://example.org/%7Eann/%e4%b8%ad", "https://example.org/~ann/%E4%B8%AD"),
        ("https://example.org/中 文", "https://example.org/%E4%B8%AD%20%E6%96%87"),
        ("https://example.org/100%", "https://example.org/100%25"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://example.org/?b=2&a=1&utm_source=x&fbclid=y", "https://example.org/?b=2&a=1"),
        ("https://example.org/a;jsessionid=12AB?PHPSESSID=9", "https://example.org/a"),
        ("  https://exam\nple.org/a\t", "https://example.org/a"),
        ("http://[2001:DB8:0:0::1]:80/", "http://[2001:db8::1]/"),
        ("http://93.184.216.34/", "http://93.184.216.34/"),
    ],
)
def test_an_address_has_one_spelling(written: str, expected: str) -> None:
    assert canonical(written) == expected
    assert canonical(expected) == expected


@pytest.mark.parametrize(
    "address",
    [
        "ftp://example.org/",
        "file:///etc/passwd",
        "example.org",
        "",
        "https://",
        "https://user:word@example.org/",
        "https://example.org:99999/",
        "https://exa mple.org/",
        "https://example.org\\@127.0.0.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://1.2.3.4.5/",
        "http://[::1",
        "http://[fe80::zz]/",
        "https://" + "a" * 3000,
        "https://" + "a." * 200 + "org/",
    ],
)
def test_what_is_no_address_of_a_page_is_refused_in_words(address: str) -> None:
    with pytest.raises(DocumentError) as refused:
        canonical(address)
    assert "word" not in str(refused.value).replace("password", "")


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_refused_and_stays_as_it_became(text: str) -> None:
    for written in (text, f"https://{text}", f"https://example.org/{text}"):
        try:
            address = canonical(written)
        except DocumentError:
            continue
        assert canonical(address) == address
        assert address.isascii()
        assert address.isprintable()


@pytest.mark.parametrize(
    ("address", "prefix", "inside"),
    [
        ("https://example.org/docs/a", "https://example.org/docs/", True),
        ("https://example.org/docs", "https://example.org/docs/", False),
        ("https://example.org/docs/a", "https://example.org/docs", True),
        ("https://example.org/docs2/a", "https://example.org/docs", False),
        ("http://example.org/docs/a", "https://example.org/docs", True),
        ("https://www.example.org/docs/a", "https://example.org/docs", False),
        ("https://example.org:8443/docs/a", "https://example.org/docs", False),
        ("https://example.org/list?page=2", "https://example.org/list?page=", True),
        ("https://example.org/list?sort=a", "https://example.org/list?page=", False),
    ],
)
def test_a_prefix_holds_what_is_below_it(address: str, prefix: str, inside: bool) -> None:
    assert is_within(address, canonical(prefix)) is inside


def test_links_are_joined_to_their_page() -> None:
    page = "https://example.org/docs/a"
    assert joined(page, " b\n#part") == "https://example.org/docs/b"
    assert joined(page, "//other.org") == "https://other.org/"
    assert [joined(page, link) for link in ("mailto:a@b.c", "tel:1", "data:,x", "http://[")] == [None] * 4


def test_people_see_a_short_name_and_no_password() -> None:
    assert page_name("https://www.example.org/docs/a/") == "example.org/docs/a"
    assert page_name("https://example.org/?id=7") == "example.org?id=7"
    assert without_password("https://ann:word@example.org/") == "https://…@example.org/"
    assert without_password("https://example.org/") == "https://example.org/"
    assert folder_of("https://example.org/docs/a.html?x=1") == "https://example.org/docs/"
    words = ("ftp://a", "https://a", "C:/a", "C:\\a", "a/b", "//a")
    assert [looks_like_address(each) for each in words] == [True, True, False, False, False, False]
    assert [is_web_address(each) for each in ("HTTP://a", "https://a", "upload:http", "/http://a")] == [
        True,
        True,
        False,
        False,
    ]
