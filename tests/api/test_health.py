"""The server lives before its models are loaded, and is ready after; nobody needs a key to see that."""

import shutil

import pytest

from api.standalone import RunningApi
from tests.support.servers.api_server import client


def test_health_and_readiness_are_told_apart(running: RunningApi) -> None:
    with client(running) as at:
        assert at.get("/health").json() == {"status": "alive"}
        assert at.get("/ready").json() == {"status": "ready"}
        running.backend.ready.clear()
        assert at.get("/health").status_code == 200
        refused = at.get("/ready")
        assert (refused.status_code, "still being loaded" in refused.json()["detail"]) == (503, True)
        assert int(refused.headers["retry-after"]) > 0


def test_a_library_that_is_gone_is_not_ready_and_only_the_log_says_where_it_was(
    running: RunningApi, caplog: pytest.LogCaptureFixture
) -> None:
    library = running.backend.services.settings.library
    shutil.rmtree(library)
    with client(running) as at:
        refused = at.get("/ready")
    assert (refused.status_code, refused.json()["detail"]) == (503, "The library cannot be read just now.")
    assert "is gone" in caplog.text
