"""`search` and `fetch` have exactly the fields that ChatGPT's connectors read, and find only what is the caller's."""

import json

import pytest
from mcp import Client

from api.mcp import search_tools
from api.standalone import RunningApi
from rag.services import Services
from rag.types import Content, NewChunk, NewDocument, Page
from tests.api.mcp.mcp_clients import over_http, text_of, values_of
from tests.support.servers.api_server import make_key
from tests.support.stored_texts import put


@pytest.fixture
def book(services: Services) -> int:
    """Store a document of three pages, and return its id."""
    texts = ["The heron is a bird of the marsh. " * 20, "The lynx is a cat of the forest. " * 20, "The end. " * 20]
    pages = tuple(Page(number=number, label=str(number), text=text) for number, text in enumerate(texts, start=1))
    chunks = tuple(NewChunk(page.number, 0, len(page.text), page.text, "") for page in pages)
    document = NewDocument(name="animals.pdf", source="/animals.pdf", sha256="a", recipe="r", size=1)
    return put(services.library, Content(document, pages, chunks)).id


async def test_search_finds_pages_that_fetch_returns(running: RunningApi, book: int) -> None:
    async with over_http(running) as client:
        found = await client.call_tool("search", {"query": "lynx of the forest"})
        (values,) = [json.loads(text_of(found))]
        first = values["results"][0]
        fetched = await client.call_tool("fetch", {"id": first["id"]})
    assert values == values_of(found)
    assert first.keys() == {"id", "title", "url"}
    assert first["id"] == f"{book}:2"
    assert first["title"] == "animals.pdf, p. 2"
    assert first["url"].startswith(f"{running.url}api/v1/documents/{book}/pages/2/view")
    page = json.loads(text_of(fetched))
    assert page.keys() == {"id", "title", "text", "url", "metadata"}
    assert page["text"].startswith("The lynx is a cat")
    assert page["metadata"] == {
        "document_id": str(book),
        "document": "animals.pdf",
        "pages": "2",
        "pages_in_document": "3",
        "next_id": f"{book}:3",
    }


async def test_a_whole_document_is_fetched_from_its_beginning(
    running: RunningApi, book: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with over_http(running) as client:
        whole = values_of(await client.call_tool("fetch", {"id": str(book)}))
        monkeypatch.setattr(search_tools, "_MAX_CHARACTERS", 1400)
        part = values_of(await client.call_tool("fetch", {"id": str(book)}))
        rest = values_of(await client.call_tool("fetch", {"id": part["metadata"]["next_id"]}))
    assert (whole["title"], whole["metadata"]["pages"], "next_id" in whole["metadata"]) == (
        "animals.pdf",
        "1 to 3",
        False,
    )
    assert (part["title"], part["metadata"]["next_id"]) == ("animals.pdf, pages 1 to 2", f"{book}:3")
    assert f"{part['text']}\n\n{rest['text']}" == whole["text"]


async def test_what_is_not_there_is_said(running: RunningApi) -> None:
    rows = [
        ("nonsense", "'nonsense' is no id. Take one from search or list_documents, such as '12:3' or '12'."),
        ("99999999999999", "This document is not among your sources. It may have been removed."),
        ("1:7", "fees.txt has no page 7: its pages are 1 to 1."),
    ]
    async with over_http(running) as client:
        for given, sentence in rows:
            refused = await client.call_tool("fetch", {"id": given})
            assert (refused.is_error, text_of(refused)) == (True, sentence)


async def test_search_finds_only_what_is_the_callers(running: RunningApi, services: Services) -> None:
    async def found(client: Client) -> list[str]:
        results = values_of(await client.call_tool("search", {"query": "secret word marzipan, entry fee, heron"}))
        return sorted(each["title"].partition(",")[0] for each in results["results"])

    async with (
        over_http(running) as shell,
        over_http(running, make_key(services, "ann", owner="ann")) as ann,
        over_http(running, make_key(services, "bob", owner="bob")) as bob,
        over_http(running, make_key(services, "nature", collection="nature")) as nature,
    ):
        assert await found(shell) == ["birds.txt", "fees.txt"]
        assert await found(ann) == ["anns.txt"]
        assert await found(bob) == []
        assert await found(nature) == ["birds.txt"]
        refused = await ann.call_tool("fetch", {"id": "1:1"})
    assert text_of(refused) == "This document is not among your sources. It may have been removed."
