"""A page is shown as text, as an image, and to people with the cited words marked; nothing in it is live."""

from pathlib import Path

import httpx

from rag.services import Services
from tests.api.rest.conftest import id_of
from tests.support.documents.pdfs import write_pdf
from tests.support.servers.api_server import store_document


def test_a_page_has_the_text_that_citations_count_in(at: httpx.Client) -> None:
    pages = f"/api/v1/documents/{id_of(at, 'fees.txt')}/pages"
    assert at.get(pages).json()["pages"] == [
        {"number": 1, "label": "i", "state": "ready", "note": "", "characters": 26}
    ]
    page = at.get(f"{pages}/1").json()
    assert (page["text"], page["label"], page["place"]) == (
        "The entry fee is 20 euros.",
        "i",
        "p. i (page 1 of the file)",
    )


def test_the_view_marks_the_cited_words_and_nothing_beyond_the_page(at: httpx.Client) -> None:
    view = at.get(f"/api/v1/documents/{id_of(at, 'fees.txt')}/pages/1/view?start=4&end=13")
    assert '<mark id="quote">entry fee</mark>' in view.text
    assert "script" not in view.headers["content-security-policy"]
    assert "default-src 'none'" in view.headers["content-security-policy"]
    for range_ in ["start=9999&end=99999", "start=20&end=3", "start=0&end=0"]:
        view = at.get(f"/api/v1/documents/{id_of(at, 'fees.txt')}/pages/1/view?{range_}")
        assert (view.status_code, "<mark" in view.text) == (200, False)


def test_nothing_of_a_document_is_live_in_the_view(at: httpx.Client, services: Services) -> None:
    hostile = "<script>alert(1)</script>"
    id_ = store_document(services, "<img src=x>.txt", hostile)
    text = at.get(f"/api/v1/documents/{id_}/pages/1/view?start=0&end=8").text
    assert "<script>" not in text
    assert "<img" not in text


def test_a_pdf_has_images_and_a_text_has_none(at: httpx.Client, tmp_path: Path) -> None:
    pdf = tmp_path / "a.pdf"
    write_pdf(pdf, ["The oak is a tree of the north."])
    added = at.post("/api/v1/documents", files={"file": ("a.pdf", pdf.read_bytes())})
    at.get(f"{added.headers['location']}/events")
    pages = f"/api/v1/documents/{id_of(at, 'a.pdf')}/pages"
    image = at.get(f"{pages}/1/image?scale=2")
    assert (image.headers["content-type"], image.content[:4]) == ("image/png", b"\x89PNG")
    assert 'src="image?scale=2"' in at.get(f"{pages}/1/view").text
    text = at.get(f"/api/v1/documents/{id_of(at, 'fees.txt')}/pages/1/image")
    assert (text.status_code, "no pages to see" in text.json()["detail"]) == (404, True)


def test_a_page_that_is_not_there_is_a_problem(at: httpx.Client) -> None:
    for page, status in [("2", 404), ("0", 422), ("-1", 422), ("x", 422), ("99999999999999999999", 422)]:
        for path in ("", "/view", "/image"):
            refused = at.get(f"/api/v1/documents/{id_of(at, 'fees.txt')}/pages/{page}{path}")
            assert refused.status_code == status
            assert refused.headers["content-type"] == "application/problem+json"
