"""Metrics are for this machine, or for those who have a key."""

from contextlib import suppress
from math import isnan

import pytest

from api.caller import CALLER, Caller
from api.metrics_face import metrics_face
from api.standalone import RunningApi
from ingest.backup import back_up
from rag.errors import LibraryError
from rag.model_servers.server_failures import OutOfServiceError
from rag.services import Services
from rag.stores.sqlite_library import SqliteLibrary
from serving.upload_progress import STATES
from tests.observing.metric_samples import samples
from tests.support.servers.api_server import client
from tests.support.servers.replica_sets import replicas_of, taken


def test_on_this_machine_no_key_is_needed(running: RunningApi) -> None:
    with client(running) as http:
        read = http.get("/metrics")
        assert (read.status_code, read.headers["content-type"].partition(";")[0]) == (200, "text/plain")
        assert samples(read.text)
        assert http.get("/metrics", headers={"Host": "citewell.example"}).status_code == 403
        assert http.get("/metrics/more").status_code == 404


def test_the_servers_of_a_model_with_several_are_shown(running: RunningApi) -> None:
    replicas = replicas_of("reranker", "http://a:1,http://b:2")
    with suppress(OutOfServiceError), replicas.judged(failed := taken(replicas)):
        raise OutOfServiceError("The server cannot be reached.", "Connection refused")
    running.backend.services.replicas.append(replicas)
    with client(running) as http:
        read = samples(http.get("/metrics").text)
    in_use = {host: float(host != failed.host) for host in ("a:1", "b:2")}
    for host, value in in_use.items():
        labels = (("replica", host), ("setting", "reranker"))
        assert read["citewell_replica_in_use", labels] == value
        assert read["citewell_replica_requests", labels] == 1 - value


def test_what_a_department_would_be_woken_for_is_shown(running: RunningApi, monkeypatch: pytest.MonkeyPatch) -> None:
    library = running.backend.services.settings.library
    running.backend.uploads.reject("ann", "a.txt", "it is too large")
    with client(running) as http:
        read = samples(http.get("/metrics").text)
        assert read["citewell_library_ready", ()] == 1
        counts = {state: read["citewell_uploads", (("state", state),)] for state in STATES}
        assert counts == {"waiting": 0, "working": 0, "ready": 0, "failed": 1, "locked": 0}
        assert read["citewell_disk_free_bytes", (("place", "library"),)] > 0
        assert isnan(read["citewell_last_backup_timestamp_seconds", ()])
        back_up(library, library.parent / "backup.zip")
        made = samples(http.get("/metrics").text)["citewell_last_backup_timestamp_seconds", ()]
        assert made == pytest.approx((library.parent / "backup.zip").stat().st_mtime, abs=60)

        def unreadable(_library: SqliteLibrary) -> int:
            raise LibraryError("The library is damaged.")

        monkeypatch.setattr(SqliteLibrary, "generation", property(unreadable))
        broken = samples(http.get("/metrics").text)
    assert broken["citewell_library_ready", ()] == 0
    assert not [name for name, _ in broken if name == "citewell_uploads"]


async def test_a_sign_in_to_the_app_is_not_enough(running: RunningApi, services: Services) -> None:
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b""}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/metrics", "headers": [], "query_string": b""}
    await metrics_face(running.backend).app({**scope, CALLER: Caller(owner="ann")}, receive, send)  # type: ignore[arg-type]
    assert sent[0]["status"] == 403
