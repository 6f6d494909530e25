"""Answers go on without their tab, and show up in their own conversation only."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import FEE, HALF, chips, pane
from tests.support.browser_tab import WAIT_MS, Tab
from tests.support.scripted_app import HOLD, release

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def ask_half(tab: Tab) -> None:
    """Ask a question whose answer goes on being written until it is stopped."""
    tab.ask(HALF)
    expect(tab.page.locator("#cw-chat .cw-chip")).to_have_count(1, timeout=WAIT_MS)


def test_an_answer_that_is_left_goes_on_is_kept_and_does_not_show_up_elsewhere(tab: Tab) -> None:
    ask_half(tab)
    tab.page.get_by_role("button", name="New conversation").click()
    expect(tab.page.locator("#cw-chat .bot")).to_have_count(0)
    tab.expect_idle()
    pane(tab, "Chats")
    row = tab.page.locator(".cw-conversations li")
    expect(row).to_contain_text("0 answers, one being written …")
    row.get_by_role("link").evaluate("link => { link.isTheFirst = true; }")
    row.get_by_role("link").focus()
    for _ in range(2):
        with tab.page.expect_response(re.compile(r"/citewell/conversations\?")):
            pass  # the list is asked for again each second
    expect(row.get_by_role("link")).to_be_focused()
    assert row.get_by_role("link").evaluate("link => link.isTheFirst")  # a click would be lost with a row replaced
    row.get_by_role("link").click()
    expect(tab.page.locator("#cw-question button.stop-button")).to_be_visible()
    tab.page.get_by_role("button", name="New conversation").click()
    expect(tab.page.locator("#cw-chat .bot")).to_have_count(0)
    row.get_by_role("link").click()
    tab.page.locator("#cw-question button.stop-button").click()
    expect(tab.page.locator("#cw-chat")).to_contain_text("Stopped.", timeout=WAIT_MS)
    tab.expect_idle()
    expect(row).to_contain_text("1 answer, ", timeout=WAIT_MS)
    tab.page.get_by_role("button", name="New conversation").click()
    expect(tab.page.locator("#cw-chat .bot")).to_have_count(0)
    assert "?" not in tab.page.url


def test_an_answer_goes_on_when_its_page_is_loaded_again_and_is_stopped_from_there(tab: Tab, folder: Path) -> None:
    tab.ask(f"Repeat: {FEE} The office {HOLD} opens at nine. The entry {HOLD} fee is 20 euros.")
    expect(tab.page).to_have_url(re.compile(r"\?c=\w+"))
    expect(tab.page.locator("#cw-chat .cw-chip")).to_have_count(1, timeout=WAIT_MS)
    tab.page.reload()
    expect(tab.page.locator("#cw-chat .cw-chip")).to_have_count(1, timeout=WAIT_MS)
    release(folder)
    expect(tab.page.locator("#cw-chat .cw-chip")).to_have_count(2, timeout=WAIT_MS)
    expect(tab.page.locator("#cw-question button.stop-button")).to_be_visible()
    tab.page.locator("#cw-question button.stop-button").click()
    expect(tab.page.locator("#cw-chat")).to_contain_text("Stopped.", timeout=WAIT_MS)
    tab.expect_idle()
    written = chips(tab)
    tab.page.reload()
    expect(tab.page.locator("#cw-chat")).to_contain_text("Stopped.", timeout=WAIT_MS)
    assert chips(tab) == written
    assert tab.errors == []
