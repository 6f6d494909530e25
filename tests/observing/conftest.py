"""Services with a scripted model, over one document."""

from collections.abc import Iterator

import pytest

from api.standalone import RunningApi
from rag.services import Services
from tests.support.servers.api_server import scripted_services, serving_api, store_document


@pytest.fixture
def services() -> Iterator[Services]:
    with scripted_services() as made:
        store_document(made, "fees.txt", "The entry fee is 20 euros.")
        yield made


@pytest.fixture
def running(services: Services) -> Iterator[RunningApi]:
    with serving_api(services) as started:
        yield started
