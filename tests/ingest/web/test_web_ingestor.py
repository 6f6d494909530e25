"""Pages become documents: read from the copy that is kept, refreshed on demand, and never lost to a site that fails."""

import gzip
from itertools import cycle
from pathlib import Path

import pytest

from ingest.deletions import find_deletions
from ingest.pipeline import Ingestor
from ingest.prepare import FileResult
from ingest.sources.page_archive import PageArchive
from ingest.web.crawl import CrawlReport
from ingest.web.web_ingestor import PageRequest, WebIngestor
from rag.errors import SettingsError
from rag.settings import load_settings
from rag.stores.sqlite_library import SqliteLibrary
from tests.ingest.web.site_server import Response, Site, page
from tests.support.documents.pdfs import write_pdf
from tests.support.values import present


def only(web: WebIngestor, address: str) -> FileResult:
    (result,) = web.ingest([address])
    return result


def text_of(library: SqliteLibrary, source: str) -> str:
    return present(library.page(present(library.find(source)).id, 1)).text


def test_a_page_becomes_a_document_whose_source_is_its_address(
    web: WebIngestor, site: Site, library: SqliteLibrary, archive: PageArchive
) -> None:
    address = site.add("/docs/a", page("The birch is white."))
    result = only(web, f"{address}?utm_source=letter#top")
    assert (result.status, result.source, result.name) == ("added", address, f"{site.host}/docs/a")
    assert "The birch is white." in text_of(library, address)
    assert present(archive.file(address)).path.read_bytes() == page("The birch is white.")


def test_any_format_that_is_read_can_be_fetched(
    web: WebIngestor, site: Site, library: SqliteLibrary, tmp_path: Path
) -> None:
    pdf = write_pdf(tmp_path / "a.pdf", ["The oak is brown."]).read_bytes()
    assert only(web, site.add("/report?id=7", pdf, Content_Type="application/pdf")).status == "added"
    assert (
        only(web, site.add("/notes.md", b"# Trees\n\nThe fir is green.", Content_Type="text/plain")).status == "added"
    )
    assert "The oak is brown." in text_of(library, site.address("/report?id=7"))
    assert "The fir is green." in text_of(library, site.address("/notes.md"))


def test_a_page_without_a_doctype_is_read_as_html_if_its_server_says_so(
    web: WebIngestor, site: Site, library: SqliteLibrary
) -> None:
    address = site.add("/a.php", b"<div><p>The birch is white.</p></div>")
    assert only(web, address).status == "added"
    assert text_of(library, address) == "The birch is white."


@pytest.mark.parametrize(("declared", "written"), [("windows-1251", "windows-1251"), ("utf-8", "cp1252")])
def test_a_page_is_decoded_as_its_server_says_or_as_fits(
    web: WebIngestor, site: Site, library: SqliteLibrary, declared: str, written: str
) -> None:
    text = (
        "Берёза белая, а дуб тёмный."
        if written == "windows-1251"
        else "Die Straße führt über die Brücke zum schönen Fluss."
    )
    address = site.add("/a", page(text).decode().encode(written), Content_Type=f"text/html; charset={declared}")
    assert only(web, address).status == "added"
    assert text in text_of(library, address)


def test_a_page_that_has_not_changed_stays(web: WebIngestor, site: Site, library: SqliteLibrary) -> None:
    address = site.add("/a", page("The birch is white."), ETag='"1"')
    first = only(web, address)
    assert only(web, address).status == "unchanged"
    assert site.requests[1][1]["if-none-match"] == '"1"'
    site.add("/a", page("The birch is white."), ETag='"2"')
    assert only(web, address).status == "unchanged"
    only(web, address)
    assert site.requests[3][1]["if-none-match"] == '"2"'
    assert library.find(address).id == first.document_id  # type: ignore[union-attr]


def test_a_page_that_has_changed_is_replaced_with_its_copy(
    web: WebIngestor, site: Site, library: SqliteLibrary, archive: PageArchive
) -> None:
    address = site.add("/a", page("The birch is white."), ETag='"1"')
    only(web, address)
    site.add("/a", page("The birch is black."), ETag='"2"')
    assert only(web, address).status == "replaced"
    assert "black" in text_of(library, address)
    copy = present(archive.file(address))
    assert b"black" in copy.path.read_bytes()
    assert len(list(copy.path.parent.iterdir())) == 2


@pytest.mark.parametrize("status", [404, 500])
def test_a_page_that_is_gone_keeps_its_copy_and_says_so(
    web: WebIngestor, site: Site, library: SqliteLibrary, archive: PageArchive, status: int
) -> None:
    address = site.add("/a", page("The birch is white."))
    first = only(web, address)
    site.add("/a", b"no", status)
    failed = only(web, address)
    assert (failed.status, f"({status})" in failed.reason) == ("failed", True)
    assert "; the copy of 20" in failed.reason
    assert archive.file(address) is not None
    entry = present(library.entry(address))
    assert (entry.state, entry.document_id) == ("failed", first.document_id)
    site.add("/a", page("The birch is white."))
    assert only(web, address).status == "unchanged"
    assert library.entry(address).state == "ready"  # type: ignore[union-attr]


def test_a_version_that_cannot_be_read_leaves_the_one_before(
    web: WebIngestor, site: Site, library: SqliteLibrary, archive: PageArchive
) -> None:
    address = site.add("/a", page("The birch is white."), ETag='"1"')
    only(web, address)
    site.add("/a", b"<!DOCTYPE html><html><body></body></html>", ETag='"2"')
    assert only(web, address).status == "failed"
    assert "white" in text_of(library, address)
    assert b"white" in present(archive.file(address)).path.read_bytes()


def test_a_page_that_was_never_taken_in_leaves_no_copy(web: WebIngestor, site: Site, tmp_path: Path) -> None:
    assert only(web, site.add("/a", b"no", 404)).status == "failed"
    assert only(web, site.add("/b", b"\0\1\2\3" * 99, Content_Type="application/octet-stream")).status == "failed"
    assert [each for each in (tmp_path / "library" / "web_pages").rglob("*") if each.is_file()] == []


def test_what_is_no_address_fails_alone(web: WebIngestor, site: Site, library: SqliteLibrary) -> None:
    results = list(
        web.ingest(["https://user:s3cret@example.org/", "http://127.1/", site.add("/a", page("Good text."))])
    )
    assert [result.status for result in results] == ["failed", "failed", "added"]
    assert "user name or password" in results[0].reason
    assert "s3cret" not in str([results, library.ledger("")])


def test_the_same_page_of_two_owners_is_two_documents(
    web: WebIngestor, site: Site, library: SqliteLibrary, archive: PageArchive
) -> None:
    address = site.add("/a", page("The birch is white."))
    for owner in ("ann", "bob"):
        assert [result.status for result in web.ingest([address], PageRequest(owner=owner))] == ["added"]
    ann, bob = archive.file(address, "ann"), archive.file(address, "bob")
    assert ann is not None
    assert bob is not None
    assert ann.path != bob.path
    assert len(library.documents()) == 2
    assert archive.file(address) is None


def test_a_page_says_its_title_and_date(web: WebIngestor, site: Site, library: SqliteLibrary) -> None:
    head = '<title>Trees of the North</title><meta property="article:published_time" content="2024-05-01T10:00:00Z">'
    body = f"<nav>{'<a href=/>Home</a>' * 20}</nav><h1>Trees of the North</h1><p>The birch is white.</p>"
    address = site.add("/a", f"<!DOCTYPE html><html lang=en><head>{head}</head><body>{body}</body></html>".encode())
    only(web, address)
    document = present(library.find(address))
    assert (document.facts.title, document.facts.date) == ("Trees of the North", "2024-05-01")
    assert document.facts.address == address
    assert "Home" not in text_of(library, address)


def test_nothing_is_fetched_offline(ingestor: Ingestor, site: Site) -> None:
    web = WebIngestor(ingestor, load_settings(offline=True, web_private_hosts=("127.0.0.1",)))
    with pytest.raises(SettingsError, match="offline"):
        list(web.ingest([site.address("/a")]))
    assert site.requests == []


def test_a_page_never_counts_as_a_deleted_file(
    web: WebIngestor, site: Site, library: SqliteLibrary, tmp_path: Path
) -> None:
    only(web, site.add("/a", page("The birch is white.")))
    found = find_deletions(library.ledger(""), [str(tmp_path), "/", "."])
    assert (found.deleted, found.absent) == ((), ())


def test_a_crawl_takes_in_a_site_and_refreshes_it(web: WebIngestor, site: Site, library: SqliteLibrary) -> None:
    site.add("/docs/", page("Start.", links=("a", "b", "/elsewhere")), ETag='"1"')
    site.add("/docs/a", page("About a.", links=("c",)), ETag='"1"')
    site.add("/docs/b", page("About b."), ETag='"1"')
    site.add("/docs/c", page("About c."), ETag='"1"')
    start = site.address("/docs/")
    report = CrawlReport(start)
    assert {result.status for result in web.crawl(start, report, depth=1)} == {"added"}
    assert [document.name.rpartition("/")[2] for document in library.documents()] == ["docs", "a", "b"]
    again = list(web.crawl(start, report, depth=2))
    assert [result.status for result in again] == ["unchanged", "unchanged", "unchanged", "added"]
    assert (report.ended, dict(report.left_out)) == ("", {})


HOSTILE_HEADERS = {
    "Content-Type": [
        "text/html; charset*=utf-8''x; charset*0=abc",
        "text/html; charset*=a%00b''x",
        "text/html; charset=rot13",
        "text/html; charset=undefined",
        "application/x-foo",
        "application/pdf",
        ";;;=",
        "\xe4/\xfc; charset=\xe4",
        "text/html" + "; a=b" * 2000,
    ],
    "ETag": ["\xe4", '"' + "e" * 5000 + '"', "", "\x7f"],
    "Last-Modified": ["\xfc", "yesterday", "Mon, 99 Foo 99999 99:99:99 GMT"],
    "Content-Encoding": ["gzip", "deflate", "br", "", "\xe4", "gzip, gzip"],
    "Location": ["/a.%00x", "http://[", "//", "\xe4", "javascript:1", "http://127.0.0.1:99999/", "?" + "x" * 9000],
    "Retry-After": ["-1", "9" * 400, "Mon, 99 Foo 99999 99:99:99 GMT", "\xe4"],
}
HOSTILE_BODIES = [
    b"",
    b"\x00" * 100,
    b"<html>" * 1000,
    gzip.compress(b"<p>fine</p>") + b"junk" * 9000,
    b"%PDF-1.4",
    b"\x1f\x8b",
]
HOSTILE_STATUS = [200, 302, 429, 200, 503, 200, 404]


def test_a_hundred_hostile_answers_are_told_in_a_sentence_each_and_the_next_page_is_read(
    web: WebIngestor, site: Site
) -> None:
    headers = {name: cycle(values) for name, values in HOSTILE_HEADERS.items()}
    bodies, statuses = cycle(HOSTILE_BODIES), cycle(HOSTILE_STATUS)
    for number in range(100):
        kept = {
            name: next(values) for index, (name, values) in enumerate(headers.items()) if (number >> index) % 2 == 0
        }
        site.pages[f"/{number}.%00x"] = Response(next(bodies), next(statuses), kept)
        for _ in ("first", "refreshed"):
            result = only(web, site.address(f"/{number}.%00x"))
            assert result.status in ("added", "unchanged", "failed", "replaced")
            assert result.status != "failed" or result.reason
    assert only(web, site.add("/good", page("The birch is white."))).status == "added"
