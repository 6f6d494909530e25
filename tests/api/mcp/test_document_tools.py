"""Documents are listed and their pages read, of the caller's own."""

from typing import Any

from api.standalone import RunningApi
from rag.services import Services
from tests.api.mcp.mcp_clients import over_http, text_of, values_of
from tests.support.servers.api_server import make_key


async def test_own_documents_are_listed(running: RunningApi) -> None:
    rows: list[tuple[dict[str, Any], list[str], int]] = [
        ({}, ["birds.txt", "fees.txt"], 2),
        ({"name": "FEES"}, ["fees.txt"], 1),
        ({"collection": "nature"}, ["birds.txt"], 1),
        ({"collection": ""}, ["fees.txt"], 1),
        ({"limit": 1, "offset": 1}, ["fees.txt"], 2),
        ({"name": "anns"}, [], 0),
    ]
    async with over_http(running) as client:
        for given, names, total in rows:
            listed = values_of(await client.call_tool("list_documents", given))
            assert ([each["name"] for each in listed["documents"]], listed["total"]) == (names, total)


async def test_a_page_is_read_by_the_id_that_is_listed(running: RunningApi, services: Services) -> None:
    async with over_http(running, make_key(services, owner="ann")) as client:
        (mine,) = values_of(await client.call_tool("list_documents", {}))["documents"]
        page = values_of(await client.call_tool("read_page", {"document_id": mine["id"]}))
    assert (page["text"], page["page"], page["pages"], page["label"]) == ("The secret word is marzipan.", 1, 1, "i")
    assert page["url"] == mine["url"] == f"{running.url}api/v1/documents/{mine['id']}/pages/1/view"


async def test_a_page_of_somebody_else_is_not_there(running: RunningApi, services: Services) -> None:
    (anns,) = services.library.documents("ann")
    async with over_http(running) as client:
        for id_ in (anns.id, 4711):
            refused = await client.call_tool("read_page", {"document_id": id_})
            assert refused.is_error
            assert text_of(refused) == "This document is not among your sources. It may have been removed."
