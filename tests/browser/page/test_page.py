"""The page as such: names of its controls, the way past its lists, how it prints, and how it opens."""

import re

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.conftest import FEE, HALF, ask
from tests.support.browser_tab import Tab, new_tab

pytestmark = pytest.mark.browser


@pytest.mark.slow
def test_sending_and_stopping_have_names(tab: Tab) -> None:
    tab.page.locator("#cw-question textarea").fill("What is the entry fee?")
    tab.page.get_by_role("button", name="Send", exact=True).click()
    expect(tab.page.locator("#cw-chat .cw-chip")).to_have_count(1)
    tab.expect_idle()
    tab.ask(HALF)
    tab.page.get_by_role("button", name="Stop", exact=True).click()
    expect(tab.page.locator("#cw-chat")).to_contain_text("Stopped.")
    tab.expect_idle()


@pytest.mark.slow
def test_however_narrow_the_left_pane_is_each_of_its_tabs_is_there(tab: Tab) -> None:
    tab.page.evaluate(
        """async () => {
             document.querySelector('#cw-panes').style.setProperty('--cw-left', '240px');
             for (let frame = 0; frame < 5; frame++) await new Promise(requestAnimationFrame);
           }"""
    )
    tabs = tab.page.locator("#cw-left").get_by_role("tab")
    expect(tabs).to_have_text(["Sources", "Chats", "Notes", "Settings"])
    tabs.last.click()
    expect(tab.page.get_by_role("form", name="Settings of this conversation")).to_be_visible()


@pytest.mark.slow
def test_the_first_tab_stop_leads_past_the_lists_to_the_question(tab: Tab) -> None:
    tab.page.locator("body").click(position={"x": 1, "y": 1})
    tab.page.evaluate("document.activeElement.blur()")
    tab.page.keyboard.press("Tab")
    link = tab.page.get_by_role("link", name="Skip to the question")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    tab.page.keyboard.press("Enter")
    expect(tab.page.locator("#cw-question textarea")).to_be_focused()


@pytest.mark.slow
def test_a_question_is_written_in_the_direction_of_its_script(tab: Tab) -> None:
    expect(tab.page.locator("#cw-question textarea")).to_have_attribute("dir", "auto")


@pytest.mark.slow
def test_a_printed_conversation_is_whole_and_has_nothing_else(tab: Tab) -> None:
    ask(tab, "What is the entry fee?", 1)
    for _ in range(6):
        tab.ask(f"Repeat: {FEE}")
        tab.expect_idle()
    tab.page.emulate_media(media="print")
    for selector in ("#cw-left", "#cw-question", ".message-buttons"):
        expect(tab.page.locator(selector).first).to_be_hidden()
    shown, whole = tab.page.locator("#cw-chat").evaluate(
        "(chat) => [chat.getBoundingClientRect().bottom, Math.max(...[...chat.querySelectorAll('.bot')].map("
        "(each) => each.getBoundingClientRect().bottom))]"
    )
    assert shown >= whole
    assert tab.page.evaluate("document.documentElement.scrollHeight") >= whole


@pytest.mark.slow
def test_nothing_looks_as_if_it_deleted_a_conversation_that_is_only_left(tab: Tab) -> None:
    ask(tab, "What is the entry fee?", 1)
    expect(tab.page.get_by_role("button", name="Clear", exact=True)).to_have_count(0)


@pytest.mark.slow
def test_the_address_of_a_conversation_never_shows_the_empty_chat(browser: Browser, tab: Tab) -> None:
    ask(tab, "What is the entry fee?", 1)
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script(
        """addEventListener('DOMContentLoaded', () => {
             window.flashed = false;
             const look = () => {
               const chat = document.querySelector('#cw-chat');
               if (chat?.innerText.includes('Ask your documents')) window.flashed = true;
               requestAnimationFrame(look);
             };
             look();
           });"""
    )
    held: list[Route] = []
    page.route("**/static/main.js*", lambda route: held.append(route))
    page.goto(tab.page.url)
    expect(page.locator("#cw-chat .cw-chip")).to_have_count(1)
    assert not page.evaluate("window.flashed")
    page.get_by_role("button", name="New conversation").click()  # before there is anybody who listens
    held[0].continue_()
    expect(page.locator("#cw-chat")).to_contain_text("Ask your documents")


@pytest.mark.slow
def test_enter_in_the_dialog_of_names_renames_a_conversation(browser: Browser, tab: Tab, address: str) -> None:
    ask(tab, "What is the entry fee?", 1)
    tab = new_tab(browser, tab.page.url)
    tab.page.get_by_role("tab", name="Chats").click()
    tab.page.get_by_role("button", name=re.compile("Rename")).click()
    field = tab.page.get_by_label("Name of this conversation")
    field.fill("Prices")
    field.press("Enter")
    expect(tab.page.locator(".cw-conversations .cw-talk")).to_have_text(["Prices"])
