"""Pictures of the running app: `make screenshots`; `MODEL=scripted` takes them with an answer that is always the same.

Every state at three widths, light and dark, goes into a folder outside the repository, to be looked at. What the README
shows is kept in `docs/screenshots`, unless the answers are scripted.
"""

import io
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from ingest.pipeline import open_ingestor
from rag.services import Services
from rag.settings import load_settings
from serving.auth_file import Users
from tests.conftest import GOOD_PASSWORD
from tests.support.app_process import scripted, serving
from tests.support.browser_tab import WAIT_MS, Tab, browsing
from tests.support.paths import MODELS, ROOT, SAMPLES

DOCS = ROOT / "docs" / "screenshots"
EVERY = Path(tempfile.gettempdir()) / "citewell-screenshots"
ANSWER = (
    "Debian is pronounced /ˈdɛ.bi.ən/. The name comes from the names of the creator of Debian, Ian Murdock, and his "
    "wife, Debra."
)
QUESTION = "How is the word Debian pronounced?"
UNANSWERED = "Who won the football world cup in 2018?"
SCRIPTED = "scripted"
WIDE, MIDDLE, NARROW = 1400, 1024, 420
HEIGHT = 860
THEMES = ("light", "dark")
KEPT: Mapping[str, str] = {
    **{f"{name}-1400-light": f"{name}-light" for name in ("empty", "refusal", "upload", "chats", "settings")},
    **{f"{name}-1400-light": f"{name}-light" for name in ("answer", "page", "guide", "two-sources", "admin")},
    **{f"{name}-1400-dark": f"{name}-dark" for name in ("answer", "page", "palette")},
    **{f"answer-420-{theme}": f"narrow-chat-{theme}" for theme in THEMES},
    **{f"page-420-{theme}": f"narrow-page-{theme}" for theme in THEMES},
}
"""What `docs/screenshots` calls a few of them."""


class Camera:
    """Takes one tab through the states, and a picture of each."""

    def __init__(self, page: Page, size: str, kept: Path | None) -> None:
        self.page = page
        self._size = size
        self._kept = kept

    def shoot(self, state: str) -> None:
        """Save with 255 colours: text and panes need no more, and a picture takes half the space."""
        self.page.mouse.move(0, 0)
        picture = Image.open(io.BytesIO(self.page.screenshot(animations="disabled")))
        name = f"{state}-{self._size}"
        few = picture.convert("RGB").quantize(255, dither=Image.Dither.NONE)
        few.save(EVERY / f"{name}.png", optimize=True)
        if self._kept and name in KEPT:
            few.save(self._kept / f"{KEPT[name]}.png", optimize=True)

    def go_to(self, pane: str) -> None:
        """Show a pane where there is one at a time."""
        switch = self.page.locator(".cw-switch").get_by_role("button", name=pane)
        if switch.is_visible():
            switch.click()

    def open_left(self, tab: str) -> None:
        self.go_to("Sources")
        self.page.locator("#cw-left").get_by_role("tab", name=tab).click()


def main(model: str = "default") -> None:
    """Take all of them."""
    kept = None if model == SCRIPTED else DOCS
    EVERY.mkdir(parents=True, exist_ok=True)
    DOCS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, browsing() as browser:
        with served(Path(folder), model) as address:
            for tab, size in tabs(browser, address):
                through_the_app(tab, Camera(tab.page, size, kept), Path(folder))
        with tempfile.TemporaryDirectory() as other:
            of_accounts(browser, Path(other), kept)
    sys.stdout.write(f"{len(list(EVERY.glob('*.png')))} pictures in {EVERY}\n")


def served(folder: Path, model: str) -> AbstractContextManager[str]:
    if model == SCRIPTED:
        return scripted(folder, ANSWER, *sorted(SAMPLES.iterdir()))
    library = folder / "library"
    with Services(load_settings(library=library, models=MODELS)) as services:
        list(open_ingestor(services).ingest([str(SAMPLES)]))
    return serving(library, MODELS, "--model", model)


def tabs(browser: Browser, address: str) -> Iterator[tuple[Tab, str]]:
    """Yield a tab of each width and theme, and what its pictures are called by."""
    for width in (WIDE, MIDDLE, NARROW):
        for theme in THEMES:
            tab = Tab(browser.new_page(viewport={"width": width, "height": HEIGHT}, reduced_motion="reduce"))
            tab.page.set_default_timeout(3 * WAIT_MS)
            tab.open(f"{address}/?__theme={theme}")
            yield tab, f"{width}-{theme}"
            tab.page.close()


def through_the_app(tab: Tab, camera: Camera, folder: Path) -> None:
    page = tab.page
    expect(page.locator("#cw-chat .examples button").first).to_be_visible()
    camera.shoot("empty")
    camera.open_left("Sources")
    page.locator("#cw-documents button.cw-doc").first.click()
    expect(page.locator(".cw-guide-text")).not_to_be_empty()
    expect(page.locator("#cw-guide [data-do=stop]")).to_be_hidden(timeout=10 * WAIT_MS)
    camera.shoot("guide")
    camera.go_to("Chat")
    answer(tab, QUESTION)
    camera.shoot("answer")
    chip = page.locator("#cw-chat .cw-chip").first
    chip.focus()
    expect(page.locator("#cw-source-card .cw-box, #cw-source-card blockquote").first).to_be_attached()
    camera.shoot("card")
    page.keyboard.press("Escape")
    expect(page.locator("#cw-source-card")).to_be_hidden()
    save_as_note(page)
    chip.click()
    expect(page.locator(".cw-box, .cw-text").first).to_be_visible()
    camera.shoot("page")
    page.get_by_role("button", name="Open beside").click()
    expect(page.locator("#cw-beside h2")).not_to_be_empty()
    camera.shoot("two-sources")
    page.get_by_role("button", name="Close the source beside").click()
    page.keyboard.press("Escape")
    for state, take in LATER.items():
        take(tab, camera, folder)
        camera.shoot(state)


def answer(tab: Tab, question: str) -> None:
    tab.ask(question)
    tab.expect_idle(10 * WAIT_MS)


def save_as_note(page: Page) -> None:
    page.locator("#cw-chat").get_by_label("Save as note").last.click()
    expect(page.locator(".cw-toast")).to_have_text("Saved as a note.")
    expect(page.locator(".cw-toast")).to_be_hidden()


def refusal(tab: Tab, camera: Camera, _folder: Path) -> None:
    camera.go_to("Chat")
    answer(tab, UNANSWERED)


def upload(tab: Tab, camera: Camera, folder: Path) -> None:
    camera.open_left("Sources")
    (folder / "empty.txt").touch()
    (folder / "notes.md").write_text("# Notes\n\nThe next release is due in spring.\n")
    tab.upload(folder / "empty.txt", folder / "notes.md")


def chats(tab: Tab, camera: Camera, _folder: Path) -> None:
    camera.open_left("Chats")
    expect(tab.page.locator(".cw-conversations li").first).to_be_visible()


def notes(tab: Tab, camera: Camera, _folder: Path) -> None:
    camera.open_left("Notes")
    tab.page.locator(".cw-notes summary").first.click()


def settings(tab: Tab, camera: Camera, _folder: Path) -> None:
    camera.open_left("Settings")
    expect(tab.page.locator(".cw-settings .cw-whole")).to_be_enabled()


def palette(tab: Tab, _camera: Camera, _folder: Path) -> None:
    tab.page.locator("#cw-palette-open").click()
    expect(tab.page.locator("#cw-palette [role=option]").first).to_be_visible()


def shown_help(tab: Tab, _camera: Camera, _folder: Path) -> None:
    tab.page.keyboard.press("Escape")
    tab.page.locator("#cw-help-open").click()
    expect(tab.page.locator("#cw-help")).to_be_visible()


LATER: Mapping[str, Callable[[Tab, Camera, Path], None]] = {
    "refusal": refusal,
    "upload": upload,
    "chats": chats,
    "notes": notes,
    "settings": settings,
    "palette": palette,
    "help": shown_help,
}


def of_accounts(browser: Browser, folder: Path, kept: Path | None) -> None:
    """Take the pages of sign-in and administration, which need users."""
    users = Users(folder / "users.json")
    for name in ("ann", "bob", "carol"):
        users.add(name, GOOD_PASSWORD)
    with scripted(folder, ANSWER, auth_file=str(users.path)) as address:
        for width in (WIDE, MIDDLE, NARROW):
            for theme in THEMES:
                with signed_in(browser, address, width, theme) as page:
                    camera = Camera(page, f"{width}-{theme}", kept)
                    for state, path in (("admin", "admin"), ("remove-user", "admin/remove?name=bob")):
                        page.goto(f"{address}/{path}")
                        camera.shoot(state)
                    page.goto(f"{address}/login")
                    camera.shoot("sign-in")


@contextmanager
def signed_in(browser: Browser, address: str, width: int, theme: str) -> Iterator[Page]:
    """Yield a page of an owner in a browser whose system is light or dark."""
    size = {"width": width, "height": HEIGHT}
    with browser.new_context(viewport=size, color_scheme=theme) as context:  # type: ignore[arg-type]
        context.request.post(f"{address}/login", form={"name": "ann", "password": GOOD_PASSWORD})
        yield context.new_page()


if __name__ == "__main__":
    main(*sys.argv[1:])
