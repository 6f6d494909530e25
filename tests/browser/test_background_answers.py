"""Answers go on without their tab, and show up in their own conversation only."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import FEE, HALF, OPEN, ask, chips, pane
from tests.support.browser_tab import Tab, new_tab
from tests.support.scripted_app import HOLD, release

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def ask_half(tab: Tab) -> None:
    """Ask a question whose answer goes on being written until it is stopped."""
    tab.ask(HALF)
    expect(tab.page.locator("#cw-chat .cw-chip")).to_have_count(1)


def test_a_thumb_is_shown_at_its_own_answer_only(tab: Tab) -> None:
    ask(tab, "What is the entry fee?", 1)
    rated = tab.page.get_by_role("button", name="Disliked")
    tab.page.locator("#cw-chat").get_by_role("button", name="Dislike").click()
    tab.page.locator("dialog[open]").get_by_role("button", name="Keep").click()
    expect(rated).to_have_count(1)
    tab.begin_anew()
    ask_half(tab)
    pane(tab, "Chats")
    row = tab.page.locator(".cw-conversations li")
    row.filter(has_text="entry fee").get_by_role("link").first.click()
    expect(rated).to_have_count(1)
    row.filter(has_text="Repeat").get_by_role("link").first.click()
    expect(tab.page.locator("#cw-question button.stop-button")).to_be_visible()
    tab.stop()
    expect(rated).to_have_count(0)
    row.filter(has_text="entry fee").get_by_role("link").first.click()
    expect(rated).to_have_count(1)
    tab.page.locator("#cw-chat").get_by_role("button", name="Retry").click()
    expect(rated).to_have_count(0)


def test_an_answer_that_is_left_goes_on_is_kept_and_does_not_show_up_elsewhere(tab: Tab) -> None:
    ask_half(tab)
    tab.begin_anew()
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
    tab.begin_anew()
    row.get_by_role("link").click()
    tab.stop()
    expect(row).to_contain_text("1 answer, ")
    tab.begin_anew()
    assert "?" not in tab.page.url


def test_an_answer_goes_on_when_its_page_is_loaded_again_and_is_stopped_from_there(tab: Tab, folder: Path) -> None:
    tab.ask(f"Repeat: {FEE} The office {HOLD} opens at nine. The entry {HOLD} fee is 20 euros.")
    expect(tab.page).to_have_url(re.compile(r"\?c=\w+"))
    expect(tab.page.locator("#cw-chat .cw-chip")).to_have_count(1)
    tab.page.reload()
    expect(tab.page.locator("#cw-chat .cw-chip")).to_have_count(1)
    release(folder)
    expect(tab.page.locator("#cw-chat .cw-chip")).to_have_count(2)
    expect(tab.page.locator("#cw-question button.stop-button")).to_be_visible()
    tab.stop()
    written = chips(tab)
    tab.page.reload()
    expect(tab.page.locator("#cw-chat")).to_contain_text("Stopped.")
    assert chips(tab) == written


def test_a_draft_is_kept_when_an_answer_being_written_is_opened(tab: Tab) -> None:
    ask_half(tab)
    tab.begin_anew()
    tab.expect_idle()
    box = tab.page.locator("#cw-question textarea")
    box.fill("Another question")
    pane(tab, "Chats")
    tab.page.locator(".cw-conversations li").get_by_role("link").click()
    expect(tab.page.locator("#cw-question button.stop-button")).to_be_visible()
    expect(box).to_have_value("Another question")
    tab.stop()
    expect(box).to_have_value("Another question")


def test_an_answer_is_there_for_who_closed_its_tab_and_comes_back(browser: Browser, tab: Tab, folder: Path) -> None:
    tab.ask(f"Repeat: {HOLD} {FEE} {OPEN} {FEE}")
    expect(tab.page).to_have_url(re.compile(r"\?c=\w+"))
    place = tab.page.url
    tab.page.close()
    release(folder)
    tab = new_tab(browser, place)
    expect(tab.page.locator("#cw-chat .cw-chip")).to_have_count(3)
    tab.expect_idle()
    expect(tab.page.locator("#cw-chat")).not_to_contain_text("Stopped.")
