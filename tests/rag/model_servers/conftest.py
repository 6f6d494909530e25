"""A scripted server for the tests of what talks to one, and generators over it."""

from collections.abc import Callable, Iterator

import pytest

from rag.model_servers.server_generator import ServerGenerator
from tests.support.servers.llama_server import client_of
from tests.support.servers.scripted_server import ScriptedServer
from tests.support.servers.scripted_server import server as server


@pytest.fixture
def make(server: ScriptedServer) -> Iterator[Callable[..., ServerGenerator]]:
    with client_of(server.address, seconds=60, sleep=lambda cancelled, _: cancelled.is_set()) as client:
        yield lambda **settings: ServerGenerator(client, **{"context_tokens": None, **settings})
