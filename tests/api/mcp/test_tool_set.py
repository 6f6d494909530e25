"""Tools are listed to those who may use them, and a fault of ours is told to nobody."""

import logging
from typing import Any

import pytest
from mcp import MCPError

from api.mcp import search_tools
from api.mcp.tool_set import TOOLS
from api.standalone import RunningApi
from rag.services import Services
from tests.api.mcp.mcp_clients import ERAS, Era, over_http, text_of
from tests.support.servers.api_server import make_key, scripted_services, serving_api

READING = ["search", "fetch", "ask", "list_documents", "read_page"]
WRITING = ["add_document", "remove_document"]


@pytest.mark.parametrize(
    ("mcp_write", "key", "named"),
    [
        (False, {"read_only": False}, READING),
        (True, {"read_only": True}, READING),
        (True, None, READING),
        (True, {"read_only": False}, READING + WRITING),
    ],
)
async def test_tools_that_write_need_the_setting_and_a_key_that_may(
    mcp_write: bool, key: dict[str, Any] | None, named: list[str]
) -> None:
    with scripted_services(mcp_write=mcp_write) as services, serving_api(services) as running:
        async with over_http(running, make_key(services, **key) if key else "") as client:
            assert [tool.name for tool in (await client.list_tools()).tools] == named
            given = {"name": "a.md", "text": "The sky is blue."}
            added = await client.call_tool("add_document", given)
        assert added.is_error is (named == READING)
        assert bool(services.library.documents()) is (named != READING)


@pytest.mark.parametrize("era", ERAS)
async def test_tools_say_what_they_take_and_what_they_change(running: RunningApi, era: Era) -> None:
    async with over_http(running, mode=era) as client:
        tools = (await client.list_tools()).tools
    for tool in tools:
        assert tool.input_schema["type"] == "object"
        assert tool.output_schema is not None
        assert tool.output_schema["type"] == "object"
        assert tool.description
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint is True
    assert all(TOOLS[name].definition().annotations.destructive_hint for name in WRITING)  # type: ignore[union-attr]


async def test_a_tool_that_does_not_exist_is_an_error_of_the_protocol(running: RunningApi) -> None:
    async with over_http(running) as client:
        with pytest.raises(MCPError, match="There is no tool 'shell'"):
            await client.call_tool("shell", {"command": "ls"})


async def test_a_fault_of_ours_is_logged_and_not_told(
    running: RunningApi, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a path of this machine")

    monkeypatch.setattr(search_tools, "_passages", fail)
    with caplog.at_level(logging.ERROR):
        async with over_http(running) as client:
            refused = await client.call_tool("search", {"query": "anything"})
    assert (refused.is_error, text_of(refused)) == (
        True,
        "Something unexpected went wrong. The log of Citewell says more.",
    )
    assert "a path of this machine" in caplog.text


async def test_arguments_are_not_kept_in_the_log(
    running: RunningApi, services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        async with over_http(running) as client:
            await client.call_tool("search", {"query": "marzipan", "unknown": "marzipan"})
    assert "marzipan" not in caplog.text
