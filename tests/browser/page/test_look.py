"""How the page looks and is arranged: panes, themes, the box for questions, the list of sources, paper, an own icon."""

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import FEE, ask
from tests.support.browser_tab import Tab, new_tab

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def width(part: Locator) -> float:
    box = part.bounding_box()
    return box["width"] if box else 0


def is_dark(page: Page) -> bool:
    return bool(page.evaluate("document.body.classList.contains('dark')"))


def theme_told(page: Page) -> list[str]:
    """Return what the server is told of the theme, for its pages without scripts."""
    return [each.get("value", "") for each in page.context.cookies() if each.get("name") == "citewell-theme"]


def test_the_right_pane_is_closed_until_the_first_quote_and_can_be_put_away(tab: Tab) -> None:
    right = tab.page.locator("#cw-right")
    expect(right).to_be_hidden()
    ask(tab, "What is the entry fee?", 1)
    expect(right).to_be_visible()
    expect(tab.page.locator("#cw-name")).to_have_text("What is the entry fee?")
    assert abs(width(right) - 420) <= 1
    assert abs(width(tab.page.locator("#cw-left")) - 300) <= 1
    tab.page.get_by_role("button", name="Hide the quotes").click()
    expect(right).to_be_hidden()
    tab.page.get_by_role("button", name="Show the quotes").click()
    expect(right).to_be_visible()
    tab.page.get_by_role("button", name="Hide the quotes").click()
    tab.page.locator("#cw-chat .cw-chip").click()
    expect(tab.page.locator("#cw-viewer")).to_be_visible()


def test_the_theme_is_chosen_and_kept(browser: Browser, address: str) -> None:
    context = browser.new_context(color_scheme="dark", viewport={"width": 1400, "height": 900})
    tab = Tab(context.new_page())
    tab.open(address)
    assert is_dark(tab.page)
    tab.page.get_by_role("button", name="Theme: as the system").click()
    assert not is_dark(tab.page)
    assert theme_told(tab.page) == ["light"]
    tab.open(address)
    expect(tab.page.get_by_role("button", name="Theme: light")).to_be_visible()
    assert not is_dark(tab.page)
    tab.page.emulate_media(color_scheme="light")
    tab.page.get_by_role("button", name="Theme: light").click()
    assert is_dark(tab.page)
    assert theme_told(tab.page) == ["dark"]
    tab.page.get_by_role("button", name="Theme: dark").click()
    assert not is_dark(tab.page)
    assert theme_told(tab.page) == []


def test_the_box_for_questions_tells_how_many_sources_are_asked_and_which_model(tab: Tab) -> None:
    scope = tab.page.locator("#cw-scope")
    expect(scope).to_have_text("1 source")
    tab.page.get_by_role("tab", name="Settings").click()
    scope.click()
    tab.page.get_by_label("Ask fees.pdf").uncheck()
    expect(scope).to_have_text("0 of 1 source")
    tab.page.locator("#cw-model").click()
    model = tab.page.get_by_label("Model", exact=True)
    expect(model).to_be_visible()
    expect(tab.page.locator("#cw-model")).to_have_text(model.locator("option").first.inner_text())


def test_our_own_part_of_the_page_is_light(browser: Browser, address: str) -> None:
    """Gradio's own scripts and styles are not counted; ours come compressed."""
    tab = new_tab(browser, address)  # with an empty cache
    ours = tab.page.evaluate(
        """performance.getEntriesByType('resource').filter((each) => each.name.includes('/citewell/static/'))
             .reduce((sum, each) => sum + each.transferSize, 0)"""
    )
    print(f"our own part of the page: {ours / 1000:.0f} kB")  # noqa: T201
    assert 0 < ours <= 250_000


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
