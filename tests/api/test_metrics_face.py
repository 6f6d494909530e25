"""Metrics are for this machine, or for those who have a key."""

from pathlib import Path

from api.callers.caller import CALLER, Caller
from api.metrics_face import metrics_face
from api.standalone import RunningApi
from rag.services import Services
from tests.observing.metric_samples import samples
from tests.support.app_process import citewell
from tests.support.servers.api_server import client, make_key, scripted_services, serving_api


def test_on_this_machine_no_key_is_needed(running: RunningApi) -> None:
    with client(running) as http:
        read = http.get("/metrics")
        assert (read.status_code, read.headers["content-type"].partition(";")[0]) == (200, "text/plain")
        assert samples(read.text)
        assert http.get("/metrics", headers={"Host": "citewell.example"}).status_code == 403
        assert http.get("/metrics/more").status_code == 404


def test_with_accounts_a_key_is_needed(tmp_path: Path) -> None:
    users = tmp_path / "users.json"
    citewell("users", "add", "ann", "--password-stdin", "--auth-file", str(users), typed="correct horse battery\n")
    with scripted_services(auth_file=users) as services:
        key = make_key(services, owner="ann")
        with serving_api(services) as running, client(running) as http:
            assert http.get("/metrics").status_code == 401
            read = http.get("/metrics", headers={"Authorization": f"Bearer {key}"})
            assert read.status_code == 200


async def test_a_sign_in_to_the_app_is_not_enough(running: RunningApi, services: Services) -> None:
    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b""}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/metrics", "headers": [], "query_string": b""}
    await metrics_face(running.backend).app({**scope, CALLER: Caller(owner="ann")}, receive, send)  # type: ignore[arg-type]
    assert sent[0]["status"] == 403
