"""A response that streams an answer as server-sent events, and ends the answer when the client goes."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

_BEAT_S = 15.0
"""Silence after which a comment is sent: proxies close connections on which nothing comes."""

_BEAT = ": waiting\n\n"
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class AnswerStream(StreamingResponse):
    """Frames as they come. `opened` holds what they come from, and is closed however the response ends."""

    def __init__(self, frames: AsyncIterator[str], opened: AsyncExitStack) -> None:
        self._frames = WithBeats(frames)
        self._opened = opened
        super().__init__(self._frames, media_type="text/event-stream", headers=_HEADERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the frames until the last one, or until the client has gone."""
        async with self._opened:
            try:
                await super().__call__(scope, receive, send)
            finally:
                await self._frames.close()


class WithBeats:
    """Frames, with a comment wherever none comes for so many `seconds`."""

    def __init__(self, frames: AsyncIterator[str], seconds: float = _BEAT_S) -> None:
        self._frames = frames
        self._seconds = seconds
        self._coming: asyncio.Future[str] | None = None

    def __aiter__(self) -> AsyncIterator[str]:
        """Return itself: the frames come once."""
        return self

    async def __anext__(self) -> str:
        """Return the next frame, or a comment."""
        coming = self._coming = self._coming or asyncio.ensure_future(anext(self._frames))
        done, _ = await asyncio.wait({coming}, timeout=self._seconds)
        if not done:
            return _BEAT
        self._coming = None
        return coming.result()

    async def close(self) -> None:
        """End the frames, wherever they are."""
        if self._coming:
            self._coming.cancel()
            await asyncio.gather(self._coming, return_exceptions=True)
        if isinstance(self._frames, AsyncGenerator):
            await self._frames.aclose()


def json_frame(data: dict[str, Any], event: str = "") -> str:
    """Return one event with an object."""
    return frame(json.dumps(data, ensure_ascii=False, separators=(",", ":")), event)


def frame(data: str, event: str) -> str:
    """Return one event; `data` is one line of JSON. An `event` of "" has no name."""
    return f"event: {event}\ndata: {data}\n\n" if event else f"data: {data}\n\n"
