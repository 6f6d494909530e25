"""Take the pictures in `docs/screenshots` of the running app: `make screenshots`, or with a model's name."""

import io
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from benchmarks.answering import EXAMPLES
from ingest.pipeline import open_ingestor
from rag.services import Services
from rag.settings import load_settings
from tests.conftest import MODELS
from tests.support.app_process import serving
from tests.support.browser_tab import WAIT_MS, Tab, browsing
from tests.support.paths import ROOT, SAMPLES

FOLDER = ROOT / "docs" / "screenshots"
UNANSWERED = "Who won the football world cup in 2018?"
WIDE, NARROW = (1400, 860), (420, 860)


def main(model: str = "default") -> None:
    """Take the main states, light and dark, on wide and narrow screens."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "library"
        with Services(load_settings(library=library, models=MODELS)) as services:
            list(open_ingestor(services).ingest([str(SAMPLES)]))
        with serving(library, MODELS, "--model", model) as address, browsing() as browser:
            with tab_on(browser, address, "light", WIDE) as tab:
                answer(tab)  # warms up the model
            with tab_on(browser, address, "light", WIDE) as tab:
                wide(tab, "light", Path(folder))
            with tab_on(browser, address, "dark", WIDE) as tab:
                answer_and_page(tab, "dark")
            for theme in ("light", "dark"):
                with tab_on(browser, address, theme, NARROW) as tab:
                    narrow(tab, theme)


def wide(tab: Tab, theme: str, folder: Path) -> None:
    expect(tab.page.locator("#cw-chat .examples button").first).to_be_visible(timeout=WAIT_MS)
    shoot(tab.page, f"empty-{theme}")
    answer_and_page(tab, theme)
    tab.ask(UNANSWERED)
    tab.expect_idle(10 * WAIT_MS)
    shoot(tab.page, f"refusal-{theme}")
    (folder / "empty.txt").touch()
    (folder / "notes.md").write_text("# Notes\n\nThe next release is due in spring.\n")
    tab.upload(folder / "empty.txt", folder / "notes.md")
    shoot(tab.page, f"upload-{theme}")
    tab.page.get_by_role("tab", name="Chats").click()
    expect(tab.page.locator(".cw-conversations li").first).to_be_visible(timeout=WAIT_MS)
    shoot(tab.page, f"chats-{theme}")
    tab.page.get_by_role("tab", name="Settings").click()
    tab.page.wait_for_timeout(300)
    shoot(tab.page, f"settings-{theme}")


def answer_and_page(tab: Tab, theme: str) -> None:
    answer(tab)
    shoot(tab.page, f"answer-{theme}")
    open_page(tab)
    shoot(tab.page, f"page-{theme}")
    tab.page.keyboard.press("Escape")


def narrow(tab: Tab, theme: str) -> None:
    answer(tab)
    shoot(tab.page, f"narrow-chat-{theme}")
    open_page(tab)
    shoot(tab.page, f"narrow-page-{theme}")


def answer(tab: Tab) -> None:
    tab.ask(EXAMPLES[0])
    tab.expect_idle(10 * WAIT_MS)


def open_page(tab: Tab) -> None:
    tab.page.locator("#cw-chat .cw-chip").first.click()
    expect(tab.page.locator(".cw-box, .cw-text").first).to_be_visible(timeout=WAIT_MS)


@contextmanager
def tab_on(browser: Browser, address: str, theme: str, size: tuple[int, int]) -> Iterator[Tab]:
    tab = Tab(browser.new_page(viewport={"width": size[0], "height": size[1]}))
    tab.page.set_default_timeout(3 * WAIT_MS)
    tab.open(f"{address}/?__theme={theme}")
    yield tab
    tab.page.close()


def shoot(page: Page, name: str) -> None:
    """Save with 255 colours: text and panes need no more, and a picture takes half the space."""
    page.mouse.move(0, 0)
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled")))
    picture.convert("RGB").quantize(255, dither=Image.Dither.NONE).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
