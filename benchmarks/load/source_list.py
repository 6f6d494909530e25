"""Measure the list of sources in Chromium: `python -m benchmarks.load.source_list [--json] [--documents N ...]`.

For libraries of several sizes, filled without reading a file, it opens the page of the app a few times, and prints the
seconds from navigation until the chat and the list can be used, and the frames of a scroll through the list that took
longer than one, and than two, of a screen of 60 Hz.
"""

import argparse
import json
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from benchmarks.machine import describe
from tests.support.app_process import scripted
from tests.support.browser import chromium
from tests.support.documents.many_documents import fill_library

WATCH = """
  window.usable = {};
  const isThere = {
    chat: () => document.querySelector('#cw-question textarea:enabled'),
    list: () => document.querySelector('#cw-documents .cw-doc') ||
      document.querySelector('#cw-documents')?.textContent.includes('No documents'),
  };
  const look = () => {
    for (const [what, test] of Object.entries(isThere))
      if (!(what in window.usable) && test()) window.usable[what] = performance.now();
    if (Object.keys(window.usable).length < 2) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
"""
"""A frame is counted once it is about to be painted with what is waited for."""

SCROLL = """async (frames) => {
  const pane = document.querySelector('#cw-documents').closest('[role=tabpanel]');
  const times = [];
  for (let frame = 0; frame <= frames; frame++) {
    times.push(await new Promise(requestAnimationFrame));
    pane.scrollTop += 120;
  }
  return times.slice(1).map((time, index) => time - times[index]);
}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One size of library: medians in seconds, and milliseconds and frames of all scrolls together."""

    documents: int
    chat_usable_s: float
    list_usable_s: float
    frames: int
    over_17_ms: int
    over_33_ms: int
    longest_ms: float


def main() -> None:
    """Measure each size, and print a table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, nargs="+", default=[0, 2_000, 10_000])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--frames", type=int, default=300, help="of each scroll")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        measured = [measure(browser, each, options.runs, options.frames) for each in options.documents]
        browser.close()
    if options.json:
        print(json.dumps({"machine": describe(), "measured": [asdict(each) for each in measured]}, indent=2))
    else:
        print_table(measured)


def measure(browser: Browser, documents: int, runs: int, frames: int) -> Measured:
    """Serve a library of so many documents, and open its page several times."""
    with tempfile.TemporaryDirectory() as folder:
        fill_library(Path(folder) / "library", documents, collections=5)
        with scripted(Path(folder), "Yes.") as url:
            opened(browser, url, 0)  # whatever the server loads at its first page
            seen = [opened(browser, url, frames if documents else 0) for _ in range(runs)]
    times = [time for _, scrolled in seen for time in scrolled]
    return Measured(
        documents=documents,
        chat_usable_s=round(median(usable["chat"] for usable, _ in seen) / 1000, 2),
        list_usable_s=round(median(usable["list"] for usable, _ in seen) / 1000, 2),
        frames=len(times),
        over_17_ms=sum(time > 17.5 for time in times),  # the clock of frames is not exact
        over_33_ms=sum(time > 33.5 for time in times),
        longest_ms=round(max(times, default=0.0), 1),
    )


def opened(browser: Browser, url: str, frames: int) -> tuple[dict[str, float], list[float]]:
    """Open the page as somebody who was here before, and return when it could be used, and the times of its frames."""
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.add_init_script(WATCH)
    page.goto(url)
    page.wait_for_function("Object.keys(window.usable).length === 2", timeout=120_000)
    usable: dict[str, float] = page.evaluate("window.usable")
    times: list[float] = page.evaluate(SCROLL, frames) if frames else []
    page.close()
    return usable, times


def print_table(measured: list[Measured]) -> None:
    """Print a row of Markdown for each size."""
    print(describe())
    print("| documents | chat usable, s | list usable, s | frames | over 17 ms | over 33 ms | longest, ms |")
    print("|---|---|---|---|---|---|---|")
    for each in measured:
        print(f"| {' | '.join(f'{value:,}' for value in asdict(each).values())} |")


if __name__ == "__main__":
    main()
