"""Makes the pictures of the README from the running app: `make screenshots`."""

import tempfile
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from benchmarks.answering import EXAMPLES
from ingest.factory import open_ingestor
from rag.factory import Services
from rag.settings import load_settings
from tests.browser import chromium
from tests.conftest import MODELS, ROOT, SAMPLES
from tests.server import serving

FOLDER = ROOT / "docs" / "screenshots"


def main() -> None:
    """An empty chat, and an answer with its sources, in light and dark and on a narrow screen."""
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "library"
        services = Services(load_settings(library=library, models=MODELS))
        list(open_ingestor(services).ingest([str(SAMPLES)]))
        with serving(library, MODELS) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
            for name, theme, width in (("light", "light", 1400), ("dark", "dark", 1400), ("narrow", "light", 420)):
                page = browser.new_page(viewport={"width": width, "height": 860})
                page.goto(f"{address}/?__theme={theme}")
                expect(page.locator("#cw-question textarea")).to_be_visible(timeout=60_000)
                if name == "light":
                    expect(page.locator("#cw-documents")).to_contain_text("debian-faq.pdf", timeout=60_000)
                    page.screenshot(path=FOLDER / "empty.png")
                for question in (EXAMPLES[0], "Who won the football world cup in 2018?")[: 2 if name == "light" else 1]:
                    page.locator("#cw-question textarea").fill(question)
                    page.locator("#cw-question textarea").press("Enter")
                    expect(page.locator("#cw-quotes .cw-title")).to_have_text("Reading", timeout=60_000)
                    expect(page.locator("#cw-quotes .cw-title")).not_to_have_text("Reading", timeout=120_000)
                    if question == EXAMPLES[0]:
                        page.screenshot(path=FOLDER / f"answer-{name}.png", full_page=name == "narrow")
                    else:
                        page.screenshot(path=FOLDER / "refusal.png")
                page.close()
            browser.close()


if __name__ == "__main__":
    main()
