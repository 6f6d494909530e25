"""A scripted server for the tests of what talks to one."""

from collections.abc import Iterator

import pytest

from tests.support.servers.scripted_server import ScriptedServer, scripted_server


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as started:
        yield started
