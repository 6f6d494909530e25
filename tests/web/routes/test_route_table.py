"""The page's own files are served, and no others; every response says what a page may do."""

from pathlib import Path

import gradio

from tests.web.routes.sharing_app import SharingApp


def test_the_page_has_its_files_and_gradios_katex_whatever_its_version_calls_it(app: SharingApp) -> None:
    at = app.as_user("ann")
    assert at.get("/citewell/static/styles/layout.css").headers["content-type"].startswith("text/css")
    for suffix in ("js", "css"):
        folder, _, name = at.get(f"/citewell/katex.{suffix}").headers["location"].rpartition("/")
        assert folder == "../assets", "beside its fonts"
        assets = Path(gradio.__file__).parent / "templates" / "frontend" / "assets"
        assert "KaTeX" in (assets / name).read_text(encoding="utf-8")
    for other in ("static/../server.py", "nothing", "katex.map"):
        assert at.get(f"/citewell/{other}").status_code == 404


def test_every_response_forbids_foreign_content(app: SharingApp) -> None:
    for path in ("/login", "/citewell/me", "/citewell/static/styles/layout.css", "/nothing"):
        headers = app.stranger().get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "https:" not in headers["content-security-policy"]
        assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "same-origin")
