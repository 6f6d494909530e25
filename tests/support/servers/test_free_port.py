"""A port that a test is given stays its own until the tests end."""

import errno
import socket

import pytest

from tests.support.servers.free_port import free_port
from tests.support.servers.scripted_server import scripted_server


def test_nobody_listens_at_it_and_nobody_else_is_given_it() -> None:
    port = free_port()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
    with socket.socket() as other, pytest.raises(OSError, match="in use") as refused:
        other.bind(("127.0.0.1", port))
    assert refused.value.errno == errno.EADDRINUSE


def test_a_server_is_started_at_it_and_again_after_it_has_ended() -> None:
    port = free_port()
    for _ in range(2):
        with scripted_server(port) as server, socket.create_connection(("127.0.0.1", port)):
            assert server.port == port
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))
