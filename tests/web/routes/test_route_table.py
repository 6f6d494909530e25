"""All our routes are below one path, and every response says what a page may do."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ingest.pipeline import open_ingestor
from rag.services import Services
from serving.auth_file import Users
from serving.page_images import open_page_images
from serving.uploading.uploads import Uploads
from tests.conftest import GOOD_PASSWORD
from web.auth.login import Login
from web.chat.answer_jobs import AnswerJobs
from web.routes.route_table import middleware, routes
from web.upkeep import BackgroundRefresh
from web.watched_folders import WatchedFolders


@pytest.fixture
def served(services: Services, uploads: Uploads, refresh: BackgroundRefresh, users: Users) -> TestClient:
    folders = WatchedFolders(services, open_ingestor(services))
    own = routes(services, uploads, open_page_images(services), folders, AnswerJobs(), refresh)
    app = Starlette(routes=own, middleware=middleware(Login(users), services.settings))
    return TestClient(app, base_url="http://127.0.0.1:7860", follow_redirects=False)


def test_a_signed_in_user_reaches_every_pane(served: TestClient) -> None:
    assert served.get("/citewell/me").status_code == 401
    served.post("/login", data={"name": "ann", "password": GOOD_PASSWORD})
    assert served.get("/citewell/me").json() == {"user": "ann", "role": ""}
    assert [each["name"] for each in served.get("/citewell/sources").json()["documents"]] == ["anns.txt"]
    assert served.get("/citewell/conversations").json() == {"conversations": []}
    assert served.get("/citewell/static/styles/layout.css").headers["content-type"].startswith("text/css")
    assert served.get("/citewell/static/../server.py").status_code == 404
    assert served.get("/citewell/nothing").status_code == 404


def test_every_response_forbids_foreign_content(served: TestClient) -> None:
    for path in ("/login", "/citewell/me", "/citewell/static/styles/layout.css", "/nothing"):
        headers = served.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "https:" not in headers["content-security-policy"]
        assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "same-origin")
