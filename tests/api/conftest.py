"""A server with documents of ann and of the person at the shell, for all tests of a module's own."""

from collections.abc import Iterator

import httpx
import pytest

from api.standalone import RunningApi
from rag.services import Services
from tests.support.servers.api_server import client, scripted_services, serving_api, store_usual_documents


@pytest.fixture
def services() -> Iterator[Services]:
    """Yield services over two documents of the shell's, one of them in a collection, and one of ann's."""
    with scripted_services() as made:
        store_usual_documents(made)
        yield made


@pytest.fixture
def running(services: Services) -> Iterator[RunningApi]:
    """Yield a running server that needs no key: it has no accounts, and listens on this machine only."""
    with serving_api(services) as started:
        yield started


@pytest.fixture
def at(running: RunningApi) -> Iterator[httpx.Client]:
    """Yield a client of it without a key."""
    with client(running) as opened:
        yield opened
