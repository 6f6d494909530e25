"""A response as server-sent events, which ends what it is made of when the client goes."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""A proxy must not collect the events."""


class EventSource(StreamingResponse):
    """Events, and the stack of what is open while they come: it is closed even if the first is never sent."""

    def __init__(self, events: AsyncIterator[str], opened: AsyncExitStack) -> None:
        super().__init__(events, media_type="text/event-stream", headers=_HEADERS)
        self._opened = opened

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events."""
        async with self._opened:
            await super().__call__(scope, receive, send)


def event(data: dict[str, Any], name: str = "") -> str:
    """Return one event, of a name if it has one."""
    written = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"event: {name}\ndata: {written}\n\n" if name else f"data: {written}\n\n"
