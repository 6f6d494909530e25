"""A browser tab on the app, and the steps that tests repeat in it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserType,
    FilePayload,
    FloatRect,
    Locator,
    Page,
    Request,
    expect,
    sync_playwright,
)

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
    joined: list[str] = field(default_factory=list)
    """What Gradio was asked to do."""

    def __post_init__(self) -> None:
        self.page.set_default_timeout(WAIT_MS)
        self.page.on("request", self._record)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _record(self, request: Request) -> None:
        self.urls.append(request.url)
        self.hosts.add(urlsplit(request.url).hostname or "")
        if "/queue/join" in request.url:
            self.joined.append(request.post_data or "")

    def open(self, address: str) -> None:
        self.page.goto(address)
        expect(self.page.locator("#cw-question textarea")).to_be_visible()
        expect(self.page.locator("#cw-upload input[type=file]")).to_be_enabled()

    def ask(self, question: str) -> None:
        questions = self.page.locator("#cw-chat .user-row")
        before = questions.count()
        box = self.page.locator("#cw-question textarea")
        box.fill(question)
        box.press("Enter")
        try:
            expect(questions).to_have_count(before + 1)
        except AssertionError as error:
            raise AssertionError(f"not asked; the box has {box.input_value()!r}; sent: {self.joined}") from error

    def expect_idle(self, timeout: float = WAIT_MS) -> None:
        expect(self.page.locator("#cw-question button.submit-button")).to_be_visible(timeout=timeout)

    def answer(self, question: str) -> Locator:
        """Ask, and return the answer once it is whole."""
        self.ask(question)
        self.expect_idle()
        return self.page.locator("#cw-chat .bot").last

    def stop(self) -> None:
        """Stop the answer that is being written."""
        self.page.locator("#cw-question button.stop-button").click()
        expect(self.page.locator("#cw-chat .bot").last).to_contain_text("Stopped.")
        self.expect_idle()

    def begin_anew(self) -> None:
        """Turn to a new conversation."""
        self.page.get_by_role("button", name="New conversation").click()
        expect(self.page.locator("#cw-chat .message")).to_have_count(0)

    def upload(self, *paths: Path) -> None:
        self.page.locator("#cw-upload input[type=file]").set_input_files(paths)
        for path in paths:
            self.expect_uploaded(path.name)

    def upload_texts(self, texts: Mapping[str, str]) -> None:
        """Upload files of these names and texts."""
        self.page.locator("#cw-upload input[type=file]").set_input_files(text_files(texts))
        for name in texts:
            self.expect_uploaded(name)

    def expect_uploaded(self, name: str) -> None:
        finished = ", ".join(f"#cw-progress .cw-{state}" for state in ("ready", "failed", "locked"))
        ended = self.page.locator(finished).filter(has_text=name)
        expect(ended.last).to_be_visible()


def launched(kind: BrowserType, *arguments: str) -> Browser:
    """Start a browser. A second one begins with the `browser_type` of the first: Playwright cannot run twice."""
    return kind.launch(executable_path=chromium(light=True), args=["--no-sandbox", *arguments])


@contextmanager
def browsing() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launched(playwright.chromium)
        yield browser
        browser.close()


def new_tab(browser: Browser, address: str, *, width: int = 1400, height: int = 900) -> Tab:
    tab = Tab(browser.new_page(viewport={"width": width, "height": height}))
    tab.open(address)
    return tab


def text_files(texts: Mapping[str, str]) -> list[FilePayload]:
    """Return files of these names and texts, to be chosen in the page."""
    return [FilePayload(name=name, mimeType="", buffer=text.encode()) for name, text in texts.items()]


def box_of(shown: Locator) -> FloatRect:
    box = shown.bounding_box()
    assert box
    return box


def serious_violations(shown: Tab | Page, within: str | None = None, *, only: Sequence[str] = ()) -> list[str]:
    """Return the serious and critical violations that axe finds, by all its rules or `only` some.

    All are those that it has switched on, and WCAG 2.2's own: that targets are large enough.
    """
    page = shown.page if isinstance(shown, Tab) else shown
    rules = {"runOnly": list(only)} if only else {"rules": {"target-size": {"enabled": True}}}
    options = {"resultTypes": ["violations"], **rules}
    found = Axe().run(page, within, options).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found if each["impact"] in ("serious", "critical")]
