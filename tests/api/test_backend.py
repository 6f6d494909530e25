"""A server's parts are made from its settings, and it is not ready before somebody says so."""

import pytest

from api.backend import open_backend
from api.callers.authentication import Authentication
from api.keys.key_store import KeyStore
from ingest.pipeline import open_ingestor
from serving.page_images import open_page_images
from serving.uploading.uploads import open_uploads
from tests.support.servers.api_server import scripted_services


@pytest.mark.parametrize("waiting", [0, 3])
def test_the_parts_of_a_server_follow_its_settings(waiting: int) -> None:
    with scripted_services(answers_at_once=2, answers_waiting=waiting) as services:
        uploads = open_uploads(services, open_ingestor(services))
        authentication = Authentication(KeyStore(services.settings.library), None)
        backend = open_backend(services, uploads, open_page_images(services), authentication)
        assert not backend.ready.is_set()
        assert not backend.turns.is_busy
