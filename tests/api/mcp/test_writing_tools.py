"""Documents are added and removed by callers who may write, and never outside of what is theirs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.standalone import RunningApi
from rag.services import Services
from serving.upload_progress import Upload
from tests.api.mcp.mcp_clients import over_http, text_of, values_of
from tests.support.servers.api_server import make_key, scripted_services, serving_api, store_document

NOTE = {"name": "note.md", "text": "# Tide\n\nThe tide comes at nine in the evening."}


@pytest.fixture
def writable() -> Iterator[Services]:
    """Yield services of a server that was told to let clients write, over a document in a collection."""
    with scripted_services(mcp_write=True, max_documents=3) as services:
        store_document(services, "birds.txt", "The heron is a grey bird.", collection="nature")
        yield services


@pytest.fixture
def writing(writable: Services) -> Iterator[RunningApi]:
    """Yield that server."""
    with serving_api(writable) as running:
        yield running


async def test_a_text_is_added_found_and_removed(writing: RunningApi, writable: Services) -> None:
    async with over_http(writing, make_key(writable)) as client:
        added = values_of(await client.call_tool("add_document", NOTE))
        found = values_of(await client.call_tool("search", {"query": "When comes the tide?"}))["results"]
        removed = values_of(await client.call_tool("remove_document", {"document_id": added["document_id"]}))
        listed = values_of(await client.call_tool("list_documents", {}))["documents"]
    assert (added["document"], added["note"]) == ("note.md", "")
    assert found[0]["id"] == f"{added['document_id']}:1"
    assert removed == {"document_id": added["document_id"], "document": "note.md"}
    assert [each["name"] for each in listed] == ["birds.txt"]
    assert not list((writable.settings.library / "uploads").glob("**/note.md"))


async def test_a_key_adds_for_its_own_user(writing: RunningApi, writable: Services) -> None:
    async with (
        over_http(writing, make_key(writable, "ann", owner="ann")) as ann,
        over_http(writing, make_key(writable, "bob", owner="bob")) as bob,
    ):
        added = values_of(await ann.call_tool("add_document", NOTE))
        refused = await bob.call_tool("remove_document", {"document_id": added["document_id"]})
        assert text_of(refused) == "This document is not among your sources. It may have been removed."
        assert values_of(await bob.call_tool("list_documents", {}))["total"] == 0
    assert [document.name for document in writable.library.documents("ann")] == ["note.md"]


async def test_a_key_of_a_collection_adds_to_it_and_replaces_nothing_outside(
    writing: RunningApi, writable: Services
) -> None:
    async with (
        over_http(writing, make_key(writable, "all")) as everything,
        over_http(writing, make_key(writable, "nature", collection="nature")) as nature,
    ):
        added = values_of(await nature.call_tool("add_document", {**NOTE, "name": "tide"}))
        await everything.call_tool("add_document", {"name": "private.md", "text": "The safe is behind the mirror."})
        same_name = await nature.call_tool("add_document", {"name": "private.md", "text": "Something else."})
        same_text = await nature.call_tool("add_document", {"name": "x.md", "text": "The safe is behind the mirror."})
        listed = values_of(await nature.call_tool("list_documents", {}))["documents"]
    collections = {each.name: each.collection for each in writable.library.documents("")}
    assert collections == {"birds.txt": "nature", "tide.md": "nature", "private.md": ""}
    assert [each["name"] for each in listed] == ["birds.txt", "tide.md"]
    assert same_text.is_error
    assert added["document"] == "tide.md"
    assert text_of(same_name) == (
        "A document of this name is in a collection that this key has no access to: choose another."
    )


async def test_a_text_is_queued_for_the_collection_of_its_key(writing: RunningApi, writable: Services) -> None:
    queued: list[str | None] = []
    uploads = writing.backend.uploads
    add = uploads.add

    def recorded(owner: str, name: str, path: Path, **values: str | None) -> Upload:
        queued.append(values["collection"])
        return add(owner, name, path, **values)  # type: ignore[arg-type]

    uploads.add = recorded  # type: ignore[method-assign]
    async with over_http(writing, make_key(writable, "nature", collection="nature")) as nature:
        values_of(await nature.call_tool("add_document", NOTE))
    assert queued == ["nature"], "a client that leaves while it is read does not leave it in no collection"


async def test_what_cannot_be_added_is_refused(writing: RunningApi, writable: Services) -> None:
    rows = [
        ({}, "Give either a text with its name, or the address of a web page."),
        ({**NOTE, "address": "https://example.org"}, "Give either a text with its name, or the address of a web page."),
        ({"text": "x"}, "A text needs a name of 1 to 100 characters, without slashes, such as 'notes.md'."),
        (
            {"text": "x", "name": "../../etc/passwd"},
            "A text needs a name of 1 to 100 characters, without slashes, such as 'notes.md'.",
        ),
        ({"address": "file:///etc/passwd"}, "only addresses that begin with http:// or https:// can be added"),
        ({"text": "x" * 1_100_000, "name": "big.txt"}, "The text is larger than the limit of 1 MB"),
    ]
    async with over_http(writing, make_key(writable)) as client:
        for given, sentence in rows:
            refused = await client.call_tool("add_document", given)
            assert refused.is_error
            assert text_of(refused).startswith(sentence)
        private = await client.call_tool("add_document", {"address": f"{writing.url}health"})
    assert private.is_error
    assert "was not added" in text_of(private), "an address of this machine"
    assert [each.name for each in writable.library.documents()] == ["birds.txt"]


async def test_no_more_documents_than_a_user_may_have(writing: RunningApi, writable: Services) -> None:
    async with over_http(writing, make_key(writable)) as client:
        for number in range(2):
            values_of(
                await client.call_tool("add_document", {"name": f"{number}.md", "text": f"Number {number} is green."})
            )
        refused = await client.call_tool("add_document", NOTE)
        values_of(await client.call_tool("add_document", {"name": "1.md", "text": "Number 1 is blue."}))
    assert "there are 3 documents already, and no more may be (setting max_documents)" in text_of(refused)
    assert len(writable.library.documents()) == 3, "a document may be replaced"
    assert not list((writable.settings.originals / "files" / "incoming").glob("*"))
