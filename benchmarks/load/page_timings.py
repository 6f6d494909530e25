"""Measure the page in Chromium: `python -m benchmarks.load.page_timings [--json] [--runs N]`.

With a scripted model, so that only the page is measured. It prints medians over the runs of: what Citewell adds to
Gradio's own files, as sent (compressed); first paint; from the click on a citation to its page; from the click on stop
to the stopped answer; and while an answer with a list, a table and code is streamed, the layout shift (CLS) and the
longest task.
"""

import argparse
import json
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.machine import describe
from tests.support.app_process import scripted
from tests.support.browser import chromium
from tests.support.documents.pdfs import write_pdf
from tests.support.scripted_app import tale

FACTS = ["The entry fee is 20 euros.", "The office opens at nine.", "The hall has 300 seats."]
ANSWER = "\n\n".join(
    [
        "\n".join(f"- {fact}" for fact in FACTS),
        "| Place | Fact |\n|---|---|\n" + "\n".join(f"| {number} | {fact} |" for number, fact in enumerate(FACTS)),
        "```python\nfee = 20\n```",
        *FACTS * 8,
    ]
)
OBSERVE = """
  window.seen = { shifts: [], tasks: [] };
  const observe = (type, use) =>
    new PerformanceObserver((list) => list.getEntries().forEach(use)).observe({ type, buffered: true });
  observe('layout-shift', (entry) => {
    if (!entry.hadRecentInput) window.seen.shifts.push([entry.startTime, entry.value]);
  });
  observe('longtask', (entry) => window.seen.tasks.push([entry.startTime, entry.duration]));
"""
TIMED_CLICK = """([button, shown]) => new Promise((resolve) => {
  const begin = performance.now();
  const look = () => {
    if (document.querySelector(shown)?.complete) resolve(performance.now() - begin);
    else requestAnimationFrame(look);
  };
  document.querySelector(button).click();
  look();
})"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One run; sizes as sent, times in milliseconds, CLS without a unit."""

    own_kb: float
    gradio_kb: float
    first_paint_ms: float
    click_to_page_ms: float
    stop_ms: float
    streaming_cls: float
    streaming_longest_task_ms: float


def main() -> None:
    """Measure, and print a table of the medians, or JSON of all runs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        write_pdf(Path(folder) / "fees.pdf", [" ".join(FACTS)])
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        with scripted(Path(folder), ANSWER, Path(folder) / "fees.pdf", pause=0.02) as url:
            measured = [measure(browser, url) for _ in range(options.runs + 1)][
                1:
            ]  # the server loads at the first page
        browser.close()
    if options.json:
        print(json.dumps({"machine": describe(), "runs": [asdict(each) for each in measured]}, indent=2))
        return
    print(describe())
    for name in asdict(measured[0]):
        print(f"| {name} | {median(getattr(each, name) for each in measured):,.3f} |")


def measure(browser: Browser, url: str) -> Measured:
    """Open the page with an empty cache, ask, open a citation, ask at length and stop."""
    page = browser.new_context(viewport={"width": 1400, "height": 900}).new_page()
    sizes = _sizes(page)
    page.add_init_script(OBSERVE)
    page.goto(url)
    page.wait_for_selector("#cw-question textarea:enabled")
    page.wait_for_selector("#cw-documents .cw-doc")
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    begin = page.evaluate("performance.now()")
    _ask(page, "What is there?")
    page.wait_for_selector("#cw-question button.submit-button", timeout=120_000)
    own, gradio = (
        round(sum(size for mine, size in sizes.values() if mine is wanted) / 1000, 1) for wanted in (True, False)
    )
    seen = page.evaluate("window.seen")
    to_page = page.evaluate(TIMED_CLICK, ["#cw-chat .cw-chip", "#cw-viewer .cw-picture img"])
    _ask(page, f"Repeat: {tale()}")
    page.wait_for_selector("#cw-chat .bot:has-text('birch is white')", timeout=120_000)
    stop = _stop(page)
    page.context.close()
    return Measured(
        own_kb=own,
        gradio_kb=gradio,
        first_paint_ms=round(paint),
        click_to_page_ms=round(to_page),
        stop_ms=stop,
        streaming_cls=round(sum(value for time, value in seen["shifts"] if time > begin), 4),
        streaming_longest_task_ms=round(max((value for time, value in seen["tasks"] if time > begin), default=0)),
    )


def _sizes(page: Page) -> dict[str, tuple[bool, int]]:
    """Collect the bytes of each response as sent, and whether it is one of Citewell's own."""
    own: dict[str, bool] = {}
    sizes: dict[str, tuple[bool, int]] = {}
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.responseReceived", lambda e: own.update({e["requestId"]: _is_own(e["response"]["url"])}))
    session.on(
        "Network.loadingFinished",
        lambda e: sizes.update({e["requestId"]: (own.get(e["requestId"], False), int(e["encodedDataLength"]))}),
    )
    return sizes


def _is_own(url: str) -> bool:
    return urlsplit(url).path.startswith("/citewell/")


def _ask(page: Page, question: str) -> None:
    page.locator("#cw-question textarea").fill(question)
    page.locator("#cw-question textarea").press("Enter")
    page.wait_for_selector("#cw-question button.stop-button", timeout=120_000)


def _stop(page: Page) -> float:
    told = "() => document.querySelector('#cw-chat').textContent.includes('Stopped.')"
    begin = page.evaluate("performance.now()")
    page.locator("#cw-question button.stop-button").click()
    page.wait_for_function(told, polling="raf", timeout=120_000)
    elapsed: float = page.evaluate("performance.now()") - begin
    return round(elapsed)


if __name__ == "__main__":
    main()
