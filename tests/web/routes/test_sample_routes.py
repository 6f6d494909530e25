"""Whoever has no document at hand may take the sample, where there is one."""

from pathlib import Path

from rag.services import Services
from serving.uploading.uploads import Uploads
from tests.web.routes.conftest import client
from web.routes.sample_routes import SAMPLE, SampleRoutes


def test_the_sample_is_added_like_an_uploaded_file(services: Services, uploads: Uploads) -> None:
    asking = client(SampleRoutes(services, uploads).routes())
    assert asking.get("/sample").json() == {"name": SAMPLE.name}
    sent = asking.post("/sample")
    assert (sent.status_code, sent.json()["name"]) == (202, SAMPLE.name)
    assert [each.name for each in uploads.of("ann")] == [SAMPLE.name]
    assert uploads.of("bob") == []
    assert SAMPLE.is_file(), "the sample itself stays"


def test_where_there_is_none_that_is_said(services: Services, uploads: Uploads, tmp_path: Path) -> None:
    asking = client(SampleRoutes(services, uploads, tmp_path / "none.md").routes())
    assert asking.get("/sample").json() == {"name": ""}
    refused = asking.post("/sample")
    assert (refused.status_code, "Add one of your own" in refused.json()["error"]) == (400, True)
