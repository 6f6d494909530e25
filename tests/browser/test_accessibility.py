"""Whoever cannot see it, sees it large, sees it dark, or holds it in one hand: axe's checks, zoom, narrow screens."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import FEE, ask, pane
from tests.support.browser_tab import Tab, new_tab, serious_violations

pytestmark = pytest.mark.browser

QUESTION = f"Repeat: {FEE} The entry fee is 90 euros. Elephants are green on Mondays."
"""Its answer has a sentence with each kind of support."""


@pytest.mark.parametrize("width", [1400, pytest.param(420, marks=pytest.mark.slow)])
def test_axe_finds_nothing_serious_in_any_state(tab: Tab, width: int) -> None:
    tab.page.set_viewport_size({"width": width, "height": 900})
    tab.page.emulate_media(reduced_motion="reduce")  # a colour on its way from one theme to the other is neither's

    def go_to(name: str) -> None:
        if width < 900:
            tab.page.locator(".cw-switch").get_by_role("button", name=name).click()

    go_to("Sources")
    tab.page.get_by_role("button", name="Remove fees.pdf").click()
    assert serious_violations(tab) == []
    tab.page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    for name in ("Notes", "Settings", "Sources"):
        pane(tab, name)
        assert serious_violations(tab) == []
    go_to("Chat")
    tab.answer(QUESTION)
    assert serious_violations(tab) == []
    tab.page.locator("#cw-chat .cw-chip").first.click()
    expect(tab.page.locator(".cw-box")).to_be_visible()
    assert serious_violations(tab) == []
    go_to("Sources")
    pane(tab, "Chats")
    expect(tab.page.locator(".cw-exports").first).to_be_visible()
    assert serious_violations(tab) == []
    tab.page.emulate_media(color_scheme="dark")
    expect(tab.page.locator("html")).to_have_attribute("data-theme", "dark")
    assert serious_violations(tab, only=["color-contrast"]) == []


@pytest.mark.slow
@pytest.mark.parametrize(("width", "height"), [(420, 860), (700, 450), (320, 640), (320, 256)])
def test_narrow_or_magnified_nothing_is_cut_off(browser: Browser, address: str, width: int, height: int) -> None:
    """A window of 1400 by 900 at 200 % has 700 by 450 to lay out, one of 1280 by 1024 at 400 % has 320 by 256."""
    tab = new_tab(browser, address, width=width, height=height)
    tab.answer(QUESTION)
    for name, inside in (("Sources", "#cw-upload"), ("Chat", "#cw-question"), ("Quotes", "#cw-quotes")):
        tab.page.locator(".cw-switch").get_by_role("button", name=name).click()
        tab.page.locator(inside).scroll_into_view_if_needed()
        expect(tab.page.locator(inside)).to_be_in_viewport()
        wide, shown = tab.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide <= shown
    tab.page.locator("#cw-quotes .cw-open").first.click()
    expect(tab.page.locator(".cw-box").first).to_be_in_viewport()
    tab.page.locator("#cw-viewer [data-do=close]").click()
    expect(tab.page.locator("#cw-middle")).to_be_visible()


@pytest.mark.slow
def test_with_forced_colours_what_is_cited_and_focused_is_still_told_apart(tab: Tab) -> None:
    tab.page.emulate_media(forced_colors="active")
    ask(tab, "What is the entry fee?", 1)
    chip = tab.page.locator("#cw-chat .cw-chip").first
    chip.focus()
    style = "(each, names) => names.map((name) => getComputedStyle(each)[name])"
    assert chip.evaluate(style, ["outlineStyle", "borderTopStyle"]) == ["solid", "solid"]
    chip.press("Enter")
    box = tab.page.locator(".cw-box").first
    expect(box).to_be_visible()
    assert box.evaluate(style, ["borderTopStyle", "backgroundColor"]) == ["solid", "rgba(0, 0, 0, 0)"]
    tab.page.get_by_role("button", name="Text", exact=True).click()
    mark = tab.page.locator("#cw-viewer mark.cw-cited")
    expect(mark).to_have_text(FEE)
    around = mark.evaluate("(each) => getComputedStyle(each.parentElement).backgroundColor")
    assert mark.evaluate(style, ["backgroundColor"]) != [around]
