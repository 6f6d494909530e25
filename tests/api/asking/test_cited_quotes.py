"""A quote comes with its place, its support and an address; a removed document has none."""

from starlette.requests import Request

from api.asking.cited_quotes import cited_quotes, viewer_url
from rag.types import Citation, Sentence

REQUEST = Request(
    {
        "type": "http",
        "method": "GET",
        "path": "/v1/chat",
        "query_string": b"",
        "scheme": "http",
        "headers": [(b"host", b"127.0.0.1:7860")],
        "server": ("127.0.0.1", 7860),
    }
)
CITED = Citation(number=2, document="a.pdf", page=3, label="iv", start=10, end=14, quote="fees", score=0.87654321)
SENTENCE = Sentence(start=5, end=20, text="It has fees.", citations=(CITED,), support="weak")


def test_a_quote_has_its_place_and_the_support_of_its_sentence() -> None:
    (found,) = cited_quotes((SENTENCE,), {1: 8, 2: 9}, REQUEST)
    assert (found.number, found.document_id, found.document, found.page, found.label) == (2, 9, "a.pdf", 3, "iv")
    assert (found.start, found.end, found.quote, found.score, found.support) == (10, 14, "fees", 0.8765, "weak")
    assert (found.sentence_start, found.sentence_end) == (5, 20)
    assert found.url == "http://127.0.0.1:7860/api/v1/documents/9/pages/3/view?start=10&end=14"


def test_a_document_that_is_gone_has_no_address() -> None:
    (found,) = cited_quotes((SENTENCE,), {}, REQUEST)
    assert (found.document_id, found.url) == (0, "")


def test_a_page_without_a_quote_has_an_address_too() -> None:
    assert viewer_url(REQUEST, 9, 3).endswith("/documents/9/pages/3/view")
