"""Serve the protocol over standard input and output, to the one program that has started this process."""

from collections.abc import Callable

import anyio
from mcp.server.stdio import stdio_server

from api.mcp.deferred import Deferred
from api.mcp.protocol import Tools, protocol_server


def serve(open_tools: Callable[[], Tools]) -> None:
    """Serve until standard input ends. The tools are opened in a thread: the client is answered at once.

    Nothing but the protocol reaches standard output meanwhile: the descriptor leads to standard error.
    """
    anyio.run(_serve, Deferred(open_tools, "opening"))


async def _serve(tools: Deferred[Tools]) -> None:
    server = protocol_server(tools.get)
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())
