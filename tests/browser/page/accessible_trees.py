"""The page as a screen reader has it, in five states: `make looks` renews the trees that are kept.

Of the page as it opens it is all of it, of the others the part that came.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.page.page_states import answered, as_it_opens, guide
from tests.support.browser_tab import Tab

KEPT_TREES = Path(__file__).parent / "kept_trees"

_OF_ANOTHER_RUN = re.compile(r"^ *- (?:/url: .*|text: [\d.]+s)\n", re.MULTILINE)
"""Lines that another run would have otherwise: addresses with ids in them, and the seconds that Gradio counts."""


def card(tab: Tab) -> None:
    answered(tab)
    tab.page.locator("#cw-chat .cw-chip").first.focus()
    expect(tab.page.locator("#cw-source-card .cw-box").first).to_be_attached()


def dialog(tab: Tab) -> None:
    tab.page.locator("#cw-documents").get_by_role("button", name="Remove").first.click()
    expect(tab.page.locator("dialog[open]")).to_be_visible()


def answering(tab: Tab) -> None:
    tab.page.keyboard.press("Escape")
    tab.ask("Wait before you answer: what is a birch?")
    expect(tab.page.locator("#cw-question button.stop-button")).to_be_visible()
    expect(tab.page.locator("#cw-middle")).to_contain_text("Reading")


STATES: Mapping[str, tuple[str, Callable[[Tab], None]]] = {
    "open": ("body", as_it_opens),
    "guide": ("#cw-guide", guide),
    "card": ("#cw-source-card", card),
    "dialog": ("dialog[open]", dialog),
    "answering": ("#cw-middle", answering),
}


def trees(browser: Browser, address: str) -> Iterator[tuple[str, str]]:
    """Bring one tab into the states, one after the other; yield the name and the tree of each."""
    tab = Tab(browser.new_page(viewport={"width": 1400, "height": 860}, reduced_motion="reduce"))
    tab.open(address)
    for state, (part, reach) in STATES.items():
        reach(tab)
        yield state, _kept(tab.page.locator(part).aria_snapshot() + "\n", tab)
    tab.page.locator("#cw-question button.stop-button").click()
    tab.expect_idle()
    tab.page.close()


def _kept(tree: str, tab: Tab) -> str:
    """Return the tree without what is of this run and this machine."""
    return _OF_ANOTHER_RUN.sub("", tree).replace(tab.page.locator("#cw-model").inner_text(), "MODEL")


def keep_trees(browser: Browser, address: str) -> None:
    """Keep the trees of today."""
    KEPT_TREES.mkdir(exist_ok=True)
    for each in KEPT_TREES.glob("*.yaml"):
        each.unlink()
    for state, tree in trees(browser, address):
        (KEPT_TREES / f"{state}.yaml").write_text(tree)
