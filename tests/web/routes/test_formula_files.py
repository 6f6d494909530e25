"""KaTeX is found in the installed Gradio, whatever its version calls the files."""

from pathlib import Path

import gradio
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from web.routes.formula_files import formula_routes


@pytest.fixture
def client() -> TestClient:
    app = Starlette(routes=[Mount("/citewell", routes=formula_routes())])
    return TestClient(app, follow_redirects=False)


@pytest.mark.parametrize("suffix", ["js", "css"])
def test_a_request_leads_to_gradios_own_file_beside_its_fonts(client: TestClient, suffix: str) -> None:
    location = client.get(f"/citewell/katex.{suffix}").headers["location"]
    folder, _, name = location.rpartition("/")
    assert folder == "../assets"
    assets = Path(gradio.__file__).parent / "templates" / "frontend" / "assets"
    assert "KaTeX" in (assets / name).read_text(encoding="utf-8")


def test_nothing_else_is_served(client: TestClient) -> None:
    assert client.get("/citewell/katex.map").status_code == 404
