"""States of the page that are looked at again and again, in an app that says always the same: how a tab gets there."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import expect

from tests.support.app_process import scripted
from tests.support.browser_tab import WAIT_MS, Tab
from tests.support.paths import SAMPLES

ANSWER = (
    "Debian is pronounced /ˈdɛ.bi.ən/. The name comes from the names of the creator of Debian, Ian Murdock, and his "
    "wife, Debra."
)
QUESTION = "How is the word Debian pronounced?"
_STEADY = """() => new Promise((resolve) => {
  const top = () => document.querySelector('#cw-chat .cw-chip').getBoundingClientRect().top;
  const before = top();
  setTimeout(() => resolve(top() === before), 300);
})"""
WIDE, NARROW = (1400, 860), (420, 860)


def answered(tab: Tab) -> None:
    tab.ask(QUESTION)
    expect(tab.page.locator("#cw-chat .cw-chip").first).to_be_visible(timeout=WAIT_MS)
    tab.expect_idle()
    expect(tab.page.locator(".cw-follow-up").first).to_be_visible(timeout=WAIT_MS)  # it moves what is above
    tab.page.wait_for_function(_STEADY)


def cited_page(tab: Tab) -> None:
    answered(tab)
    tab.page.locator("#cw-chat .cw-chip").first.click()
    expect(tab.page.locator(".cw-box, #cw-viewer mark").first).to_be_visible(timeout=WAIT_MS)


def guide(tab: Tab) -> None:
    tab.page.locator("#cw-documents button.cw-doc").first.click()
    expect(tab.page.locator(".cw-guide-text")).not_to_be_empty()
    expect(tab.page.locator("#cw-guide [data-do=stop]")).to_be_hidden(timeout=WAIT_MS)


def as_it_opens(tab: Tab) -> None:
    expect(tab.page.locator("#cw-chat .examples button").first).to_be_visible(timeout=WAIT_MS)
    # What makes the box ready may end after what suggests questions: Gradio counts its seconds in words.
    expect(tab.page.get_by_test_id("status-tracker").filter(has_text="processing")).to_have_count(0)


def notes(tab: Tab) -> None:
    as_it_opens(tab)
    tab.page.get_by_role("tab", name="Notes").click()


def settings(tab: Tab) -> None:
    as_it_opens(tab)
    tab.page.get_by_role("tab", name="Settings").click()
    expect(tab.page.locator(".cw-settings .cw-whole")).to_be_enabled()  # once they are loaded


@contextmanager
def served() -> Iterator[str]:
    """Serve the sample documents with a model that says always the same."""
    with tempfile.TemporaryDirectory() as folder, scripted(Path(folder), ANSWER, *sorted(SAMPLES.iterdir())) as url:
        yield url
