"""A client is answered before the tools are there, and hears why they cannot be."""

import subprocess
import sys

import pytest
from mcp import Client, MCPError

from api.mcp.protocol import Tools, protocol_server
from rag.errors import LibraryError
from tests.support.paths import ROOT


async def test_why_the_tools_cannot_be_opened_is_told() -> None:
    async def tools() -> Tools:
        raise LibraryError("The library cannot be opened. Close the other program.")

    async with Client(protocol_server(tools)) as client:
        assert client.server_info is not None
        assert client.server_info.name == "citewell"
        with pytest.raises(MCPError, match="The library cannot be opened"):
            await client.list_tools()
        with pytest.raises(MCPError, match="The library cannot be opened"):
            await client.call_tool("search", {"query": "x"})


def test_what_answers_first_imports_nothing_heavy() -> None:
    """Clients give up a program that is silent for ten seconds, and torch alone takes a third of that."""
    code = "import sys, cli.commands.mcp, api.mcp.protocol\nprint(*{'torch', 'fastapi', 'gradio'} & {*sys.modules})"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == []
