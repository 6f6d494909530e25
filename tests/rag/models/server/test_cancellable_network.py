"""Waiting for a server that ends at once when it is cancelled."""

from threading import Event

import httpcore2
import pytest

from rag.models.server.cancellable_network import CancellableBackend, CancelledError
from tests.support.servers.scripted_server import CHAT, ScriptedServer, silence


def ask(server: ScriptedServer, cancelled: Event, seconds: float = 30.0) -> bytes:
    with httpcore2.ConnectionPool(network_backend=CancellableBackend(cancelled)) as pool:
        timeouts = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), seconds)}
        return pool.request("POST", server.address + "/chat/completions", content=b"{}", extensions=timeouts).content


def test_a_wait_for_the_first_byte_ends_when_it_is_cancelled(server: ScriptedServer) -> None:
    cancelled = Event()
    server.on(CHAT, silence(Event(), begun=cancelled))
    with pytest.raises(CancelledError):
        ask(server, cancelled, seconds=3600)
    assert server.to(CHAT)[0].left.wait(60), "the server sees it too"


def test_nothing_is_sent_that_was_cancelled_before(server: ScriptedServer) -> None:
    cancelled = Event()
    cancelled.set()
    with pytest.raises(CancelledError):
        ask(server, cancelled)
    assert server.to(CHAT) == []
