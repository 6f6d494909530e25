"""`citewell mcp`: give a program with a language model of its own tools to use the library (MCP, over its pipes)."""

from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import AuthFileOption, LibraryOption, ModelOption, known_user, open_services, read_settings

if TYPE_CHECKING:
    from api.mcp.tool_set import ToolSet


def mcp(
    write: Annotated[bool, typer.Option("--write", help="Also tools to add and to remove documents.")] = False,
    user: Annotated[str, typer.Option(help="The user of the app whose documents it reaches; else your own.")] = "",
    collection: Annotated[str | None, typer.Option(help="Only the documents of this collection.")] = None,
    library: LibraryOption = None,
    model: ModelOption = None,
    auth_file: AuthFileOption = None,
) -> None:
    """Serve tools to search and ask the library over standard input and output (MCP), for Claude Desktop and others."""
    from api.mcp.protocol import serve

    # One process: others would read the same pipe.
    flags = {"library": library, "model": model, "auth_file": auth_file, "tensor_parallel": 1}
    owner = known_user(read_settings(**flags), user)

    def open_tools() -> "ToolSet":
        """Return the tools, whose imports take seconds."""
        from api.caller import Caller
        from api.mcp.local_tools import LoadingState, open_local_tools

        state = LoadingState()
        services = open_services(state, **flags)
        return open_local_tools(services, state, Caller(owner=owner, collection=collection, read_only=not write))

    serve(open_tools)
