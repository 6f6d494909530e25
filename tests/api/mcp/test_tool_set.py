"""Tools are listed to those who may use them, and a fault of ours is told to nobody."""

import logging
from pathlib import Path

import pytest

from api.mcp import search_tools
from api.standalone import RunningApi
from rag.services import Services
from tests.api.mcp.mcp_clients import over_http, text_of
from tests.support.servers.api_server import make_key, scripted_services, serving_api

READING = ["search", "fetch", "ask", "list_documents", "read_page"]
WRITING = ["add_document", "remove_document"]


async def test_tools_that_write_need_the_setting_and_a_key_that_may(
    running: RunningApi, services: Services, tmp_path: Path
) -> None:
    async def require_tools(running: RunningApi, key: str, named: list[str]) -> None:
        async with over_http(running, key) as client:
            assert [tool.name for tool in (await client.list_tools()).tools] == named
            added = await client.call_tool("add_document", {"name": "a.md", "text": "The sky is blue."})
        assert added.is_error is (named == READING)

    await require_tools(running, make_key(services), READING)
    assert len(services.library.documents()) == 3
    with scripted_services(mcp_write=True, library=tmp_path / "writable") as writable, serving_api(writable) as writing:
        for key in ("", make_key(writable, "reads", read_only=True)):
            await require_tools(writing, key, READING)
        assert writable.library.documents() == []
        await require_tools(writing, make_key(writable), READING + WRITING)
        assert [document.name for document in writable.library.documents()] == ["a.md"]


async def test_a_fault_of_ours_is_logged_and_not_told_and_arguments_are_not_logged(
    running: RunningApi, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a path of this machine")

    monkeypatch.setattr(search_tools, "_passages", fail)
    with caplog.at_level(logging.INFO):
        async with over_http(running) as client:
            refused = await client.call_tool("search", {"query": "anything"})
            await client.call_tool("search", {"query": "marzipan", "unknown": "marzipan"})
    assert (refused.is_error, text_of(refused)) == (
        True,
        "Something unexpected went wrong. The log of Citewell says more.",
    )
    assert "a path of this machine" in caplog.text
    assert "marzipan" not in caplog.text
