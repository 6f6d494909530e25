"""REST says what it is, in a description that needs nothing from elsewhere."""

from api.standalone import RunningApi
from tests.support.servers.api_server import client


def test_the_description_is_served_and_no_page_that_loads_scripts(running: RunningApi) -> None:
    with client(running) as at:
        assert at.get("/api/v1/openapi.json").json()["info"]["title"] == "Citewell"
        assert at.get("/api/v1").json().keys() == {"citewell", "models"}
        for path in ("/api/v1/docs", "/docs", "/redoc", "/", "/api/v1x"):
            refused = at.get(path)
            assert (refused.status_code, refused.headers["content-type"]) == (404, "application/problem+json"), path
