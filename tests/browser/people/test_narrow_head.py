"""The head of the page fits a phone: whoever is signed in, under a long name, in another language, with a finger."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.people.conftest import LONG
from tests.conftest import GOOD_PASSWORD
from tests.support.browser_tab import box_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OUTSIDE = """() => [...document.querySelectorAll('.cw-head :is(button, a, .cw-note)')].filter((each) => {
  const box = each.getBoundingClientRect();
  return box.width && (box.left < 0 || box.right > innerWidth);
}).map((each) => each.outerHTML)"""
CUT = """() => [...document.querySelectorAll('.cw-head :is(button, a)')]
  .filter((each) => each.scrollWidth > each.clientWidth + 1).map((each) => each.outerHTML)"""


def phone(browser: Browser, address: str, name: str, locale: str) -> Page:
    """Sign in with a phone of this language."""
    size = {"width": 390, "height": 780}
    context = browser.new_context(viewport=size, has_touch=True, is_mobile=True, locale=locale)  # type: ignore[arg-type]
    signed_in = context.request.post(f"{address}/login", form={"name": name, "password": GOOD_PASSWORD})
    assert signed_in.ok
    page = context.new_page()
    page.goto(address)
    expect(page.locator(".cw-account button")).to_be_visible()
    assert page.evaluate("matchMedia('(pointer: coarse)').matches")
    return page


@pytest.mark.parametrize(("name", "locale"), [("ann", "en"), ("ann", "fr"), (LONG, "de")])
def test_everything_in_the_head_is_in_the_window_and_can_be_read(
    browser: Browser, address: str, name: str, locale: str
) -> None:
    page = phone(browser, address, name, locale)
    for with_account in (True, False):
        if not with_account:
            page.locator(".cw-account").evaluate("(each) => each.remove()")
        for width in (390, 375, 320):
            page.set_viewport_size({"width": width, "height": 640})
            assert page.evaluate(OUTSIDE) == []
            assert page.evaluate(CUT) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            head, panes = (box_of(page.locator(each)) for each in (".cw-head", "#cw-panes"))
            assert head["y"] + head["height"] <= panes["y"]
            assert head["height"] <= 3 * 48
