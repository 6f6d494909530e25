"""The palette and the keys: found by a few letters, reached by keyboard, and silent while somebody types."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ask
from tests.support.browser_tab import Tab, serious_violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def leave_the_box(page: Page) -> None:
    expect(page.locator("body[data-keys]")).to_be_attached()  # keys are listened for
    page.evaluate("document.activeElement.blur()")


def test_a_few_letters_lead_to_what_the_page_and_the_library_have(tab: Tab) -> None:
    page = tab.page
    ask(tab, "What is the entry fee?", 1)
    page.get_by_role("button", name="New conversation").click()
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="Find anything")
    field = palette.get_by_role("combobox")
    expect(field).to_be_focused()
    options = palette.get_by_role("option")
    expect(options.filter(has_text="New note")).to_have_count(1)
    assert serious_violations(tab) == []

    page.keyboard.type("fees.p")
    expect(options).to_have_text(["fees.pdfSource"])
    page.keyboard.press("Escape")
    expect(palette).to_be_hidden()

    page.keyboard.press("Control+k")
    page.keyboard.type("passages")
    expect(options).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Passages that the model reads")).to_be_focused()

    page.keyboard.press("Control+k")
    page.keyboard.type("top-k")  # ruled out by the kind of answer, so that is where it leads
    expect(options).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#cw-left input[name=kind]:checked")).to_be_focused()

    page.keyboard.press("Control+k")
    page.keyboard.type("entry fee")
    expect(options.filter(has_text="Conversation")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#cw-chat .cw-chip")).to_have_count(1)


def test_single_keys_act_outside_fields_only_and_can_be_switched_off(tab: Tab) -> None:
    page = tab.page
    box = page.locator("#cw-question textarea")
    box.fill("Why")
    box.press("?")
    box.press("/")
    expect(box).to_have_value("Why?/")
    leave_the_box(page)
    page.keyboard.press("/")
    expect(box).to_be_focused()
    expect(box).to_have_value("Why?/")
    leave_the_box(page)
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Help").get_by_label("Use / and ? as shortcuts").uncheck()
    page.keyboard.press("Escape")
    leave_the_box(page)
    page.keyboard.press("/")
    expect(box).not_to_be_focused()
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Find anything")).to_be_focused()
