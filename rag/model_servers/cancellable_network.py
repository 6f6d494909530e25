"""Connections that stop waiting as soon as an event is set, also before the first byte has arrived."""

import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore2

from rag.runtime.progress import CancelEvent

_LOOK_S = 0.05
"""How often a wait looks whether it is cancelled."""


class CancelledError(Exception):
    """Nobody wants any more what was waited for."""


class CancellableBackend(httpcore2.NetworkBackend):
    """Connect as usual; reading ends with a `CancelledError` once the event is set."""

    def __init__(self, cancelled: CancelEvent) -> None:
        self._cancelled = cancelled
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to a host."""
        stream = self._plain.connect_tcp(host, port, timeout, local_address, socket_options)
        return _CancellableStream(stream, self._cancelled)


class _CancellableStream(httpcore2.NetworkStream):
    def __init__(self, stream: httpcore2.NetworkStream, cancelled: CancelEvent) -> None:
        self._stream = stream
        self._cancelled = cancelled

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        ends = time.monotonic() + (float("inf") if timeout is None else timeout)
        while True:
            if self._cancelled.is_set():
                raise CancelledError
            try:
                return self._stream.read(max_bytes, max(0.001, min(_LOOK_S, ends - time.monotonic())))
            except httpcore2.ReadTimeout:
                if time.monotonic() >= ends:
                    raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if self._cancelled.is_set():
            raise CancelledError
        self._stream.write(buffer, timeout)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, timeout)
        return _CancellableStream(secured, self._cancelled)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
