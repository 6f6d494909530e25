"""The ten tasks of a newcomer, in the browser: `python -m tests.browser.page.newcomer [MODEL]` for the record.

A test does them with scripted answers. With a model's name it answers the same questions, and a table says what came.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from playwright.sync_api import Locator, expect

from tests.browser.page.hands import Hand, Keyboard, Mouse
from tests.support.app_process import serving
from tests.support.browser_tab import WAIT_MS, Tab, browsing, new_tab
from tests.support.documents.pdfs import write_pdf
from tests.support.paths import MODELS

FEE = "The entry fee is 20 euros."
NEWS = """# The year of the club

The club had 140 members in 2023, and 120 members in 2022. Its hall was painted in May. It moved to Lake Street in June.

## Figures

| year | members | income in euros |
|---|---|---|
| 2022 | 120 | 4100 |
| 2023 | 140 | 5250 |
"""
PLAN = """# Plans of the club

The club wants 200 members in 2025. A second hall is to be built in Mill Street. The hall will cost 90,000 euros.
"""


@dataclass(frozen=True, slots=True)
class Question:
    """A newcomer's question, a text that a scripted model answers, and all that a right answer has in it."""

    text: str
    scripted: str
    expected: tuple[str, ...]


FACT = Question("What is the entry fee?", FEE, ("20 euros",))
CELL = Question("What was the income in 2023?", "The income in euros in 2023 was 5250.", ("5250",))
SUMMARY = Question("Summarise news.md", "The club had 140 members in 2023. Its hall was painted in May.", ("140",))
COMPARISON = Question(
    "Compare the members in news.md with the members wanted in plan.md",
    "The club had 140 members in 2023. The club wants 200 members in 2025.",
    ("140", "200"),
)
FOLLOW_UP = Question("And what will the second hall cost?", "The hall will cost 90,000 euros.", ("90,000",))


class Newcomer:
    """Somebody who does one task after the other; a scripted model is told what to say.

    `restart` ends the server, begins it again and returns its address.
    """

    def __init__(self, tab: Tab, hand: Hand, folder: Path, restart: Callable[[], str], *, scripted: bool) -> None:
        self._tab, self._hand, self._folder, self._restart, self._scripted = tab, hand, folder, restart, scripted

    def tasks(self) -> dict[str, Callable[[], object]]:
        """Return the tasks by name, in their order."""
        return {
            "add three files": self.add_files,
            "an overview of one": self.overview,
            "a fact": lambda: self.ask(FACT),
            "its quote": self.quote,
            "a figure of a table": lambda: self.ask(CELL),
            "a summary": lambda: self.ask(SUMMARY),
            "a comparison of two": lambda: self.ask(COMPARISON),
            "a follow-up": lambda: self.ask(FOLLOW_UP),
            "save and export": self.save_and_export,
            "find it tomorrow": self.find_again,
        }

    def add_files(self) -> None:
        write_pdf(self._folder / "fees.pdf", ["Contents", f"{FEE} The office opens at nine."])
        (self._folder / "news.md").write_text(NEWS)
        (self._folder / "plan.md").write_text(PLAN)
        paths = [self._folder / name for name in ("fees.pdf", "news.md", "plan.md")]
        self._hand.choose_files(self._page_has("#cw-upload input[type=file]:not([webkitdirectory])").first, *paths)
        for path in paths:
            self._tab.expect_uploaded(path.name)
            expect(self._source(path.name)).to_be_visible()

    def overview(self) -> None:
        self._hand.press(self._source("news.md"))
        expect(self._page_has("#cw-guide-title")).to_have_text("news.md")
        expect(self._page_has("#cw-guide [data-do=stop]")).to_be_hidden(timeout=10 * WAIT_MS)
        expect(self._page_has(".cw-guide-text .cw-chip").first).to_be_visible()
        expect(self._page_has("#cw-guide .cw-outline, #cw-guide li").first).to_be_visible()

    def ask(self, question: Question) -> None:
        answers = self._page_has("#cw-chat .bot")
        before = answers.count()
        text = f"{question.text} Repeat: {question.scripted}" if self._scripted else question.text
        self._hand.write(self._page_has("#cw-question textarea"), text)
        expect(answers).to_have_count(before + 1)
        self._tab.expect_idle(10 * WAIT_MS)
        for part in question.expected:
            expect(answers.last).to_contain_text(part)
        expect(answers.last.locator(".cw-chip").first).to_be_visible()

    def quote(self) -> None:
        self._hand.press(self._page_has("#cw-chat .bot").last.locator(".cw-chip").first)
        expect(self._page_has("#cw-viewer")).to_be_visible()
        expect(self._page_has(".cw-box, #cw-viewer mark").first).to_be_attached()
        expect(self._page_has(".cw-viewer-title")).to_contain_text("fees.pdf")

    def save_and_export(self) -> None:
        self._hand.press(self._page_has("#cw-chat").get_by_label("Save as note").last)
        expect(self._page_has(".cw-toast")).to_have_text("Saved as a note.")
        self._open_tab("Notes")
        expect(self._page_has(".cw-notes summary").last).to_be_visible()
        self._open_tab("Chats")
        with self._tab.page.expect_download() as waiting:
            self._hand.press(self._page_has(".cw-exports").get_by_role("link", name="HTML"))
        assert FACT.expected[0] in Path(waiting.value.path()).read_text()

    def find_again(self) -> None:
        self._tab.page.goto("about:blank")  # in the evening everything is closed
        self._tab.open(self._restart())
        self._open_tab("Chats")
        self._hand.press(self._page_has(".cw-conversations .cw-talk").filter(has_text=FACT.text).first)
        expect(self._page_has("#cw-chat .bot").first).to_contain_text(FACT.expected[0])
        self._hand.press(self._page_has("#cw-chat .bot").first.locator(".cw-chip").first)
        expect(self._page_has(".cw-box, #cw-viewer mark").first).to_be_attached()

    def _open_tab(self, name: str) -> None:
        self._hand.press(self._tab.page.get_by_role("tab", name=name))

    def _source(self, name: str) -> Locator:
        return self._page_has("#cw-documents button.cw-doc").filter(has_text=name)

    def _page_has(self, selector: str) -> Locator:
        return self._tab.page.locator(selector)


def done(newcomer: Newcomer) -> Iterator[tuple[str, float, str]]:
    """Do the tasks; yield each with its seconds and what went wrong ("" for nothing)."""
    for name, task in newcomer.tasks().items():
        started = time.perf_counter()
        try:
            task()
        except AssertionError as error:
            yield name, time.perf_counter() - started, str(error).splitlines()[0]
        else:
            yield name, time.perf_counter() - started, ""


@contextmanager
def restartable(serve: Callable[[], AbstractContextManager[str]]) -> Iterator[Callable[[], str]]:
    """Yield a function that starts a server, or ends it and starts it again, and returns its address."""
    with ExitStack() as running:

        def start() -> str:
            running.close()
            return running.enter_context(serve())

        yield start


def main(model: str = "default") -> None:
    """Print the table for a real model, with a mouse and with the keyboard."""
    for hand in (Mouse, Keyboard):
        with tempfile.TemporaryDirectory() as place, browsing() as browser:
            library = Path(place) / "library"
            with restartable(partial(serving, library, MODELS, "--model", model)) as start:
                tab = new_tab(browser, start())
                newcomer = Newcomer(tab, hand(tab.page), Path(place), start, scripted=False)
                for name, seconds, fault in done(newcomer):
                    sys.stdout.write(f"{hand.__name__:10} {name:24} {seconds:6.1f} s  {fault or 'done'}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
