"""A request is logged in a line that says what was used and by which key, and nothing that was in its address."""

import logging
from typing import Any

import pytest

from api.standalone import RunningApi
from observing.access_log import route_of
from rag.services import Services
from tests.observing.metric_samples import value
from tests.support.servers.api_server import client, make_key
from tests.support.waiting import until


def fields_in(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [record.__dict__["fields"] for record in caplog.records if record.name == "citewell.access"]


def test_a_request_is_logged_and_counted_without_its_contents(
    running: RunningApi, services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    (document,) = services.library.documents()
    key = make_key(services)
    asked = {"method": "POST", "route": "/api/v1/asks", "status": "200"}
    before = value("citewell_http_requests_total", **asked)
    with caplog.at_level(logging.INFO, "citewell.access"), client(running, key) as http:
        http.get(f"/api/v1/documents/{document.id}/pages/1?mark=marzipan")
        http.post("/api/v1/asks", json={"question": "What is marzipan?"})
        http.get("/api/v1/marzipan")
        http.get("/api/v1/documents", headers={"Authorization": "Bearer cw_marzipan"})
        until(lambda: len(fields_in(caplog)) == 4)  # a request is logged when its answer has been sent
    fields = fields_in(caplog)
    told = [(each["method"], each["route"], each["status"]) for each in fields]
    assert told == [
        ("GET", "/api/v1/documents/{document_id}/pages/{page}", 200),
        ("POST", "/api/v1/asks", 200),
        ("GET", "-", 404),
        ("GET", "-", 401),
    ]
    id_ = key.split("_")[1]
    assert [each["key"] for each in fields] == [id_, id_, id_, ""]
    assert all(each["ms"] >= 0 for each in fields)
    assert "marzipan" not in caplog.text
    assert value("citewell_http_requests_total", **asked) == before + 1


@pytest.mark.parametrize(
    ("path", "values", "route"),
    [
        ("/documents/1/pages/1", {"id": 1, "page": 1}, "/documents/{id}/pages/{page}"),
        ("/documents", {}, "/documents"),
        ("/files/a/b.txt", {"path": "a/b.txt"}, "-"),
    ],
)
def test_a_template_has_names_in_place_of_values(path: str, values: dict[str, object], route: str) -> None:
    assert route_of({"path": path, "path_params": values, "endpoint": object()}) == route
    assert route_of({"path": path, "path_params": values}) == "-"
