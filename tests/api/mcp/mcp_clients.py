"""Clients of the Model Context Protocol: the SDK's own, against a server over HTTP or a process of its own."""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

import httpx2
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, TextContent

from api.standalone import RunningApi
from tests.support.paths import ROOT

Era = Literal["auto", "legacy"]
ERAS: tuple[Era, ...] = ("auto", "legacy")
"""Versions of the protocol without sessions, and those before them."""

INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    },
}


@asynccontextmanager
async def over_http(running: RunningApi, key: str = "", mode: Era = "auto") -> AsyncIterator[Client]:
    """Yield a client of a running server, with a key if one is given."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    async with httpx2.AsyncClient(headers=headers, timeout=30) as http:
        transport = streamable_http_client(f"{running.url}mcp", http_client=http)
        async with Client(transport, mode=mode, read_timeout_seconds=60) as client:
            yield client


@asynccontextmanager
async def over_pipes(
    folder: Path, *arguments: str, module: str = "tests.api.mcp.scripted_mcp", mode: Era = "auto", **settings: str
) -> AsyncIterator[Client]:
    """Yield a client of a process over its library in `folder`; what it says on standard error is in `stderr.txt`."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CITEWELL_")}
    environment |= {"CITEWELL_LIBRARY": str(folder / "library"), "PYTHONPATH": str(ROOT)}
    environment |= {f"CITEWELL_{name.upper()}": value for name, value in settings.items()}
    program = StdioServerParameters(
        command=sys.executable, args=["-m", module, *arguments], env=environment, cwd=folder
    )
    with (folder / "stderr.txt").open("w") as errors:
        async with Client(stdio_client(program, errlog=errors), mode=mode, read_timeout_seconds=120) as client:
            yield client


def values_of(result: CallToolResult) -> dict[str, Any]:
    """Return the values of a result."""
    assert not result.is_error, result.content
    values = result.structured_content
    assert isinstance(values, dict)
    return values


def text_of(result: CallToolResult) -> str:
    """Return the one text of a result."""
    (block,) = result.content
    assert isinstance(block, TextContent)
    return block.text
