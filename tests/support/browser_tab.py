"""A browser tab on the app, and the steps that tests repeat in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.support.browser import chromium

WAIT_MS = 60_000
expect.set_options(timeout=WAIT_MS)  # conditions are waited for however busy the machine is


@dataclass
class Tab:
    """A tab with its errors and the addresses it requested."""

    page: Page
    hosts: set[str] = field(default_factory=set)
    urls: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self, address: str) -> None:
        self.page.goto(address)
        expect(self.page.locator("#cw-question textarea")).to_be_visible(timeout=WAIT_MS)
        expect(self.page.locator("#cw-upload input[type=file]")).to_be_enabled(timeout=WAIT_MS)

    def ask(self, question: str) -> None:
        questions = self.page.locator("#cw-chat .user-row")
        before = questions.count()
        box = self.page.locator("#cw-question textarea")
        box.fill(question)
        box.press("Enter")
        expect(questions).to_have_count(before + 1, timeout=WAIT_MS)

    def expect_idle(self, timeout: float = WAIT_MS) -> None:
        expect(self.page.locator("#cw-question button.submit-button")).to_be_visible(timeout=timeout)

    def upload(self, *paths: Path) -> None:
        self.page.locator("#cw-upload input[type=file]").set_input_files(paths)
        for path in paths:
            self.expect_uploaded(path.name)

    def expect_uploaded(self, name: str) -> None:
        finished = ", ".join(f"#cw-progress .cw-{state}" for state in ("ready", "failed", "locked"))
        ended = self.page.locator(finished).filter(has_text=name)
        expect(ended.last).to_be_visible(timeout=WAIT_MS)


@contextmanager
def browsing() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield browser
        browser.close()


def new_tab(browser: Browser, address: str, *, width: int = 1400, height: int = 900) -> Tab:
    page = browser.new_page(viewport={"width": width, "height": height})
    page.set_default_timeout(WAIT_MS)
    tab = Tab(page)

    def record(url: str) -> None:
        tab.urls.append(url)
        tab.hosts.add(urlsplit(url).hostname or "")

    page.on("request", lambda request: record(request.url))
    page.on("pageerror", lambda error: tab.errors.append(str(error)))
    tab.open(address)
    return tab


def serious_violations(tab: Tab) -> list[str]:
    """Return the serious and critical violations that axe finds."""
    found = Axe().run(tab.page).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found if each["impact"] in ("serious", "critical")]
