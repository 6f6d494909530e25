"""Serve an ASGI app on a port of loopback, in this process."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import uvicorn


def _as_it_is(_config: uvicorn.Config) -> None:
    pass


@contextmanager
def served(app: Any, adapt: Callable[[uvicorn.Config], object] = _as_it_is) -> Iterator[int]:
    """Serve an app until the end, with its configuration adapted; yield the port."""
    config = uvicorn.Config(app, log_level="error")
    config.load()
    adapt(config)
    server = uvicorn.Server(config)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()  # a connection waits until the server runs
        thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield int(listener.getsockname()[1])
        server.should_exit = True
        thread.join(10)
