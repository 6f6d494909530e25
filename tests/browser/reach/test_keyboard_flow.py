"""The main flow with no mouse: skip link, question, citation, closing, export; and what a screen reader is told."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser_tab import Tab

pytestmark = pytest.mark.browser

MOST_STOPS = 60


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until an element has the focus."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"{selector} is not reached")


def test_from_the_skip_link_to_the_export(tab: Tab) -> None:
    page = tab.page
    page.locator("body").click(position={"x": 1, "y": 1})
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the question")).to_be_focused()
    tab_to(page, "#cw-left [role=tab]")
    tab_to(page, "#cw-upload input[type=file]")
    page.keyboard.press("/")
    page.keyboard.type("What is the entry fee?")
    page.keyboard.press("Enter")
    expect(page.locator("#cw-chat .cw-chip")).to_have_count(1)
    tab.expect_idle()

    page.evaluate("document.activeElement.blur()")
    tab_to(page, "#cw-chat .cw-chip")
    page.keyboard.press("Enter")
    expect(page.locator("#cw-viewer .cw-page")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#cw-chat .cw-chip")).to_be_focused()

    page.keyboard.press("Control+k")
    page.keyboard.type("export markdown")
    expect(page.get_by_role("option")).to_have_count(1)
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename.endswith(".md")


@pytest.mark.slow
def test_a_screen_reader_is_told_what_is_where(tab: Tab) -> None:
    page = tab.page
    tab.answer("What is the entry fee?")
    tree = page.locator("body").aria_snapshot()
    for said in (
        r'link "Skip to the question"',
        r'heading "Citewell" \[level=1\]',
        r'button "Find anything"',
        r'button "Help"',
        r'tab "Sources" \[selected\]',
        r'region "Sources"',
        r'checkbox "Ask fees\.pdf" \[checked\]',
        r'heading "What is the entry fee\?" \[level=2\]',
        r'button "1"',
        r'textbox "Question',
        r'heading "Quotes" \[level=2\]',
    ):
        assert re.search(said, tree), said
