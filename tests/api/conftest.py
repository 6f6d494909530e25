"""A server with documents of ann and of the person at the shell, for all tests of a module's own."""

from collections.abc import Iterator

import pytest

from api.standalone import RunningApi
from rag.services import Services
from tests.support.servers.api_server import scripted_services, serving_api, store_document


@pytest.fixture
def services() -> Iterator[Services]:
    """Yield services over two documents of the shell's, one of them in a collection, and one of ann's."""
    with scripted_services() as made:
        store_document(made, "fees.txt", "The entry fee is 20 euros.")
        store_document(made, "birds.txt", "The heron is a grey bird.", collection="nature")
        store_document(made, "anns.txt", "The secret word is marzipan.", owner="ann")
        yield made


@pytest.fixture
def running(services: Services) -> Iterator[RunningApi]:
    """Yield a running server that needs no key: it has no accounts, and listens on this machine only."""
    with serving_api(services) as started:
        yield started
