"""A response that streams an answer as server-sent events, and ends the answer when the client goes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import TypeVar

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

T = TypeVar("T")

_BEAT_S = 15.0
"""Silence after which a comment is sent: proxies close connections on which nothing comes."""

_BEAT = ": waiting\n\n"
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class AnswerStream(StreamingResponse):
    """Frames as they come. `opened` holds what they come from, and is closed however the response ends."""

    def __init__(self, frames: AsyncIterator[str], opened: AsyncExitStack) -> None:
        super().__init__(with_beats(frames), media_type="text/event-stream", headers=_HEADERS)
        self._opened = opened

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the frames until the last one, or until the client has gone."""
        async with self._opened:
            await super().__call__(scope, receive, send)


async def with_beats(frames: AsyncIterator[str], seconds: float = _BEAT_S) -> AsyncIterator[str]:
    """Yield the frames, with a comment wherever none comes for so long."""
    iterator = aiter(frames)
    coming = asyncio.ensure_future(anext(iterator))
    try:
        while True:
            done, _ = await asyncio.wait({coming}, timeout=seconds)
            if not done:
                yield _BEAT
                continue
            try:
                frame = coming.result()
            except StopAsyncIteration:
                return
            yield frame
            coming = asyncio.ensure_future(anext(iterator))
    finally:
        coming.cancel()


def frame(data: str, event: str = "") -> str:
    """Return one event; `data` is one line of JSON."""
    return f"event: {event}\ndata: {data}\n\n" if event else f"data: {data}\n\n"
