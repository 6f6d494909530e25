"""The card beside a citation or a verdict: the quote and its place on the page, by pointer, keyboard and finger."""

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import FEE, OPEN, clipboard, sides
from tests.support.browser_tab import Tab, box_of, serious_violations

pytestmark = pytest.mark.browser

STEADY = """() => new Promise((resolve) => {
  const top = () => document.querySelector('#cw-chat .cw-chip').getBoundingClientRect().top;
  const before = top();
  setTimeout(() => resolve(top() === before), 300);
})"""

WRONG_FEE = "The entry fee is 90 euros."


def chip(tab: Tab, text: str = FEE) -> Locator:
    return tab.answer(f"Repeat: {text}").locator(".cw-chip").first


def card(tab: Tab) -> Locator:
    return tab.page.locator("#cw-source-card")


def test_pointing_at_a_citation_shows_its_quote_its_place_and_a_crop_of_the_page(tab: Tab) -> None:
    cited = chip(tab)
    cited.hover()
    expect(card(tab)).to_be_visible()
    expect(card(tab).locator("blockquote")).to_have_text(FEE)
    expect(card(tab).locator(".cw-card-head")).to_contain_text("fees.pdf")
    expect(card(tab).locator(".cw-card-head")).to_contain_text("p. 2")
    expect(card(tab)).to_contain_text("✓ Supports the sentence")
    mark, crop = (sides(card(tab).locator(each)) for each in (".cw-box", ".cw-crop"))
    assert crop["left"] <= mark["left"] < mark["right"] <= crop["right"]
    assert crop["top"] <= mark["top"] < mark["bottom"] <= crop["bottom"]
    assert not cited.get_attribute("title"), "the browser's tip would cover the card"
    assert serious_violations(tab) == []
    card(tab).hover()
    tab.page.wait_for_timeout(400)  # longer than it stays when the pointer has left
    expect(card(tab)).to_be_visible()
    tab.page.mouse.move(5, 5)
    expect(card(tab)).to_be_hidden()
    assert FEE in (cited.get_attribute("title") or "")


@pytest.mark.slow
def test_a_citation_is_printed_and_copied_with_its_quote_while_its_card_is_open(tab: Tab) -> None:
    cited = chip(tab)
    cited.hover()
    expect(card(tab)).to_be_visible()
    tab.page.emulate_media(media="print")
    tab.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    printed = tab.page.locator("#cw-chat .cw-printed li")
    expect(printed).to_have_count(1)
    expect(printed).to_be_visible()
    for words in ("fees.pdf", "p. 2", FEE):
        expect(printed).to_contain_text(words)
    expect(card(tab)).to_be_hidden()
    tab.page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(printed).to_have_count(0)
    tab.page.emulate_media(media="screen")
    tab.page.get_by_role("button", name="Copy message").last.evaluate("(button) => button.click()")
    clipboard(tab, f"p. 2: {FEE}")


@pytest.mark.slow
def test_a_pointer_that_passes_over_opens_nothing_and_a_click_opens_the_page(tab: Tab) -> None:
    cited = chip(tab)
    cited.hover()
    cited.click()
    expect(tab.page.locator("#cw-viewer .cw-box")).to_be_visible()
    tab.page.wait_for_timeout(500)
    expect(card(tab)).to_be_hidden()


@pytest.mark.slow
def test_the_keyboard_opens_it_escape_closes_it_and_nothing_else(tab: Tab) -> None:
    cited = chip(tab)
    tab.page.keyboard.press("Tab")
    cited.focus()
    expect(card(tab)).to_be_visible()
    expect(cited).to_have_attribute("aria-describedby", "cw-source-card")
    expect(card(tab)).to_have_attribute("role", "tooltip")
    expect(cited).to_be_focused()
    tab.page.keyboard.press("Escape")
    expect(card(tab)).to_be_hidden()
    expect(cited).to_be_focused()
    assert cited.get_attribute("aria-describedby") is None


@pytest.mark.slow
def test_a_finger_that_holds_a_citation_sees_the_card_and_a_tap_opens_the_page(tab: Tab) -> None:
    cited = chip(tab)
    for name in ("pointerdown", "pointerup"):
        cited.dispatch_event(name, {"pointerType": "touch", "bubbles": True})
        if name == "pointerdown":
            expect(card(tab)).to_be_visible()
    cited.dispatch_event("click")
    expect(tab.page.locator("#cw-viewer")).to_be_hidden()
    expect(card(tab)).to_be_visible()
    cited.dispatch_event("pointerdown", {"pointerType": "touch", "bubbles": True})
    cited.dispatch_event("pointerup", {"pointerType": "touch", "bubbles": True})
    cited.dispatch_event("click")
    expect(tab.page.locator("#cw-viewer")).to_be_visible()
    expect(card(tab)).to_be_hidden()


@pytest.mark.slow
def test_a_verdict_says_what_it_means_and_shows_what_the_source_says_instead(tab: Tab) -> None:
    cited = chip(tab, f"{OPEN} {WRONG_FEE}")
    mark = tab.page.locator("#cw-chat .cw-weak")
    expect(mark).to_have_text("? partly supported")
    expect(mark).to_have_css("white-space", "nowrap")
    reason = mark.locator("xpath=following-sibling::*[1]")  # for screen readers, unseen
    expect(reason).to_contain_text("supports this only in part. Not in it: 90")
    assert reason.evaluate("(each) => each.getBoundingClientRect().width") < 2
    lacking = tab.page.locator("#cw-chat s.cw-lacking")
    expect(lacking).to_have_text("90")
    expect(lacking).to_have_css("text-decoration-line", "line-through")
    mark.click()
    expect(card(tab)).to_contain_text("supports this only in part. Not in it: 90")
    expect(card(tab).locator("blockquote")).to_have_text(FEE)
    expect(mark).to_have_attribute("aria-expanded", "true")
    tab.page.mouse.move(5, 5)
    tab.page.wait_for_timeout(400)
    expect(card(tab)).to_be_visible()
    mark.click()
    expect(card(tab)).to_be_hidden()
    cited.hover()
    expect(card(tab)).to_contain_text("✓ Supports the sentence")
    tab.page.locator("#cw-chat .cw-chip").last.hover()
    expect(card(tab)).to_contain_text("? partly supported")


@pytest.mark.slow
def test_at_400_percent_the_card_stays_in_the_window(tab: Tab) -> None:
    cited = chip(tab)
    tab.page.set_viewport_size({"width": 350, "height": 225})
    cited.scroll_into_view_if_needed()
    tab.page.wait_for_function(STEADY)  # the chat scrolls to its end once it has another size
    cited.hover()
    expect(card(tab)).to_be_visible()
    box = box_of(card(tab))
    assert box["x"] >= 0
    assert box["y"] >= 0
    assert box["x"] + box["width"] <= 350
    assert box["y"] + box["height"] <= 225
