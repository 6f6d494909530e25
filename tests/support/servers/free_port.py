"""Ports of this machine for servers of the tests."""

import socket

_KEPT: list[socket.socket] = []
"""Sockets that keep the ports that were given away."""


def free_port() -> int:
    """Return a port of this machine where nobody listens, and that nobody else is given while this process runs.

    It stays bound, and may be shared: a server that is ended and started again finds it free each time, and until then
    connections are refused.
    """
    kept = socket.socket()
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # what llama.cpp's server asks for in its place
    kept.bind(("127.0.0.1", 0))
    _KEPT.append(kept)
    return int(kept.getsockname()[1])
