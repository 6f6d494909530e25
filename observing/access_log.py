"""Count requests, and log each in a line: method, route, status, milliseconds and key, but no part of its contents."""

import logging
import time
from collections.abc import Callable
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from observing.process_metrics import count_request

log = logging.getLogger("citewell.access")

_NOTED = "citewell.access"
UNKNOWN = "-"
"""The route of an address at which there is nothing."""


def noted(app: ASGIApp, key_of: Callable[[Scope], str]) -> ASGIApp:
    """Return an app that notes route and key of a request, where both are known: behind the guard."""

    async def noting(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await app(scope, receive, send)
        finally:
            scope.get(_NOTED, {}).update(route=route_of(scope), key=key_of(scope))

    return noting


def logged(app: ASGIApp) -> ASGIApp:
    """Return an app whose requests are counted and logged."""

    async def logging_requests(scope: Scope, receive: Receive, send: Send) -> None:
        began, status, seen = time.perf_counter(), 0, dict[str, str]()

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await app({**scope, _NOTED: seen}, receive, watched)
        finally:
            _write(scope["method"], seen, status, time.perf_counter() - began)

    return logging_requests


def _write(method: str, seen: dict[str, str], status: int, seconds: float) -> None:
    route, milliseconds = seen.get("route", UNKNOWN), round(1000 * seconds)
    count_request(method, route, status)
    fields = {"method": method, "route": route, "status": status, "ms": milliseconds, "key": seen.get("key", "")}
    log.info("%s %s %d %d ms %s", *fields.values(), extra={"fields": fields})


def route_of(scope: Scope) -> str:
    """Return the template of the route that was taken, with names in place of values; `UNKNOWN` if there was none."""
    if "endpoint" not in scope:
        return UNKNOWN
    parts: list[str] = scope["path"].split("/")
    values: dict[str, Any] = scope.get("path_params", {})
    at = 0
    for name, value in values.items():
        try:
            at = parts.index(str(value), at)
        except ValueError:
            return UNKNOWN  # one that is no whole part of the address, which must not be logged
        parts[at] = f"{{{name}}}"
        at += 1
    return "/".join(parts)
