"""Close connections whose requests do not come whole, or do not end.

Whoever sends half of a request would hold its connection for ever, and whoever goes on sending a body that has been
refused would keep the server busy with throwing it away.
"""

import asyncio
from collections.abc import Callable
from typing import Any

HEADERS_S = 10.0
"""From the first byte of a request to the end of its headers, or from the connection to its first request."""

BODY_S = 20.0
"""Without a byte of a body that the server is ready to read."""

LEFT_BYTES = 1_000_000
"""Bytes of a body that are read at full speed after its answer: most clients read that only when all is sent."""

PAUSE_S = 0.02
"""Seconds between two reads of what comes beyond that, so that other connections do not wait."""

LINGER_S = 30.0
"""Seconds of this until the connection is closed."""

_TIMEOUT = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class _Impatient(asyncio.Protocol):
    """Mixin before uvicorn's HTTP protocol class (h11 or httptools), which closes connections that keep it waiting."""

    cycle: Any
    flow: Any
    loop: asyncio.AbstractEventLoop
    transport: Any
    _timer: asyncio.TimerHandle | None = None
    _left = 0
    _is_slow = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for a request."""
        super().connection_made(transport)
        self._wait(HEADERS_S)

    def data_received(self, data: bytes) -> None:
        """Wait on, if this is not all of a request."""
        super().data_received(data)
        if not self._is_in_request():
            self._left += len(data)
            if self._left > LEFT_BYTES and self.cycle is not None:
                self._read_slowly()
            elif self._timer is None:
                self._wait(HEADERS_S)
            return
        self._left, self._is_slow = 0, False
        if self.cycle.more_body:
            self._wait(BODY_S)
        else:
            self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _is_in_request(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _read_slowly(self) -> None:
        if not self._is_slow:
            self._is_slow = True
            self._wait(LINGER_S, self.transport.close)
        self.flow.pause_reading()
        self.loop.call_later(PAUSE_S, self.flow.resume_reading)

    def _wait(self, seconds: float, then: Callable[[], object] | None = None) -> None:
        self._stop_waiting()
        self._timer = self.loop.call_later(seconds, then or self._give_up)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        self._timer = None
        if self.transport.is_closing():
            return
        if self._is_in_request() and self.flow.read_paused:  # it is the server that does not read
            self._wait(BODY_S)
            return
        if not self._is_in_request():
            self.transport.write(_TIMEOUT)
        self.transport.close()


def end_slow_senders(config: Any) -> None:
    """Have a server, by its loaded configuration of uvicorn, close such connections."""
    config.http_protocol_class = type("ImpatientProtocol", (_Impatient, config.http_protocol_class), {})
