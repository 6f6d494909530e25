"""All tools, over the parts of a server: who may use which, and how a call of one ends."""

from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import Any

from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, CallToolRequestParams, CallToolResult, ListToolsResult
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.backend import Backend
from api.caller import Caller, caller_of
from api.mcp.ask_tool import ASK
from api.mcp.document_tools import LIST_DOCUMENTS, READ_PAGE
from api.mcp.protocol import Context
from api.mcp.search_tools import FETCH, SEARCH
from api.mcp.tool import Call, Report, Tool, WaitForModels, given_error, given_result
from api.mcp.writing_tools import ADD_DOCUMENT, REMOVE_DOCUMENT
from api.problems import problem_of

TOOLS = {tool.name: tool for tool in (SEARCH, FETCH, ASK, LIST_DOCUMENTS, READ_PAGE, ADD_DOCUMENT, REMOVE_DOCUMENT)}

_TOOLS_STAY_MS = 60_000


class ToolSet:
    """Lists the tools to a caller and runs them. `request` is that of a connection that has no requests of its own."""

    def __init__(
        self,
        backend: Backend,
        models: WaitForModels,
        may_write: Callable[[Caller], bool],
        request: Request | None = None,
    ) -> None:
        self._backend = backend
        self._models = models
        self._may_write = may_write
        self._request = request

    async def list_tools(self, context: Context) -> ListToolsResult:
        """Return the tools that the caller may use."""
        caller = caller_of(self._request_of(context))
        tools = [tool.definition() for tool in TOOLS.values() if not tool.writes or self._may_write(caller)]
        return ListToolsResult(tools=tools, ttl_ms=_TOOLS_STAY_MS, cache_scope="private")

    async def call_tool(self, context: Context, params: CallToolRequestParams) -> CallToolResult:
        """Run a tool."""
        tool, request = TOOLS.get(params.name), self._request_of(context)
        if tool is None:
            raise MCPError(INVALID_PARAMS, f"There is no tool '{params.name[:100]}'.")
        if tool.writes and not self._may_write(caller_of(request)):
            return given_error(f"The tool {tool.name} changes documents, and this connection may only read them.")
        call = Call(backend=self._backend, request=request, models=self._models, report=_reporter(context))
        return await _run(tool, call, params)

    def _request_of(self, context: Context) -> Request:
        request: Request | None = self._request or context.request
        if request is None:
            raise LookupError("The transport over HTTP hands its request on, and did not.")
        return request


async def _run(tool: Tool, call: Call, params: CallToolRequestParams) -> CallToolResult:
    """Run a tool. An error is a result too, so that the model that called it reads the sentence and can go on."""
    try:
        given = tool.checked(params.arguments or {})
        result: Any
        if iscoroutinefunction(tool.run):
            result = await tool.run(call, given)
        else:
            result = await run_in_threadpool(tool.run, call, given)
        return given_result(result)
    except Exception as error:  # noqa: BLE001  one that is not on purpose is logged, and nothing of it is told
        return given_error(problem_of(error).detail)


def _reporter(context: Context) -> Report:
    """Return what tells the client how a call goes on: a count that grows, and a message."""
    told = 0

    async def report(message: str) -> None:
        nonlocal told
        told += 1
        await context.session.report_progress(told, message=message)

    return report
