"""Whoever has no conversation is led through three steps, and not twice; the theme is there at once."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Serve
from tests.support.browser_tab import Tab, new_tab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ANSWER = "Our priorities are our users and free software."

NO_STORAGE = """
Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("storage is refused", "SecurityError"); }
});
"""


@pytest.fixture(scope="module")
def address(serve: Serve) -> str:
    return serve(ANSWER, {})


def test_they_are_left_at_once_and_stay_away(browser: Browser, address: str) -> None:
    tab = new_tab(browser, address)
    steps = tab.page.get_by_role("region", name="First steps")
    expect(steps).to_be_visible()
    steps.get_by_role("button", name="Leave the first steps").click()
    expect(steps).to_be_hidden()
    expect(tab.page.locator("#cw-question textarea")).to_be_focused()
    before = len(tab.urls)
    tab.open(address)
    expect(tab.page.locator("#cw-documents p")).to_have_text("No documents yet. Add some above.")
    expect(steps).to_be_hidden()
    assert not [url for url in tab.urls[before:] if url.endswith("/find")]


def test_a_browser_that_refuses_storage_has_all_of_it(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.add_init_script(NO_STORAGE)
    tab = Tab(page)
    tab.open(address)
    steps = page.get_by_role("region", name="First steps")
    steps.get_by_role("button", name="Leave the first steps").click()
    expect(steps).to_be_hidden()
    theme = page.locator("#cw-theme")
    theme.click()
    theme.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("body")).to_have_class("dark")
    assert [error for error in tab.errors if "storage is refused" not in error] == []


def test_the_first_minute_works_with_nothing_of_ones_own(browser: Browser, address: str) -> None:
    tab = new_tab(browser, address)
    steps = tab.page.get_by_role("region", name="First steps")
    steps.get_by_role("button", name="or take the sample").click()
    expect(steps.locator("[data-step=add]")).to_have_attribute("data-done", "")
    steps.get_by_role("button", name="Ask about it").click()
    tab.page.keyboard.type("What are our priorities?")
    tab.page.keyboard.press("Enter")
    expect(steps.locator("[data-step=ask]")).to_have_attribute("data-done", "")
    tab.expect_idle()
    tab.page.locator("#cw-chat .cw-chip").first.click()
    expect(steps).to_be_hidden()
    again = browser.new_page()  # another browser, of somebody who has a conversation
    with again.expect_response("**/citewell/find"):
        again.goto(address)
    expect(again.locator("#cw-upload input[type=file]")).to_be_enabled()
    expect(again.get_by_role("region", name="First steps")).to_be_hidden()


@pytest.mark.parametrize(("chosen", "system", "expected"), [("dark", "light", "dark"), ("light", "dark", "light")])
def test_no_other_theme_is_painted_first(
    browser: Browser, address: str, chosen: str, system: str, expected: str
) -> None:
    context = browser.new_context(color_scheme=system)  # type: ignore[arg-type]
    page = context.new_page()
    page.add_init_script(
        f"""localStorage.setItem("citewell-theme", "{chosen}");
        window.seen = [];
        const look = () => {{
          if (document.body) window.seen.push(getComputedStyle(document.body).backgroundColor);
          requestAnimationFrame(look);
        }};
        look();"""
    )
    page.goto(address)
    expect(page.locator("#cw-upload input[type=file]")).to_be_enabled()
    seen = page.evaluate("[...new Set(window.seen)]")
    assert seen == ["rgb(14, 16, 19)" if expected == "dark" else "rgb(242, 243, 245)"]
