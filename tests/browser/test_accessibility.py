"""Whoever cannot see it, sees it large, sees it dark, or holds it in one hand: axe's checks, zoom, narrow screens."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.support.app_process import scripted
from tests.support.browser_tab import WAIT_MS, Tab, new_tab, serious_violations
from tests.support.documents.pdfs import Words, write_words

pytestmark = pytest.mark.browser

ANSWER = "The yew is a poisonous tree. The yew is a poisonous tree of 90 metres. Elephants are green on Mondays."


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("access")
    path = write_words(folder / "trees.pdf", [[Words(60, 700, "The yew is a poisonous tree.")]])
    with scripted(folder, ANSWER, path) as url:
        yield url


def expect_no_violations(tab: Tab) -> None:
    """Expect nothing serious of axe; in the dark only colours are others."""
    assert serious_violations(tab) == []
    tab.page.emulate_media(color_scheme="dark")
    expect(tab.page.locator("html")).to_have_attribute("data-theme", "dark")
    assert serious_violations(tab, only=["color-contrast"]) == []
    tab.page.emulate_media(color_scheme="light")
    expect(tab.page.locator("html")).to_have_attribute("data-theme", "light")


@pytest.mark.parametrize("width", [1400, pytest.param(420, marks=pytest.mark.slow)])
def test_axe_finds_nothing_serious_in_any_state(browser: Browser, address: str, width: int) -> None:
    tab = new_tab(browser, address, width=width)
    tab.page.emulate_media(reduced_motion="reduce")  # a colour on its way from one theme to the other is neither's
    switch = tab.page.locator(".cw-switch")

    def go_to(pane: str) -> None:
        if width < 900:
            switch.get_by_role("button", name=pane).click()

    go_to("Sources")
    expect(tab.page.get_by_label("Ask trees.pdf")).to_be_visible(timeout=WAIT_MS)
    tab.page.get_by_role("button", name="Remove trees.pdf").click()
    expect_no_violations(tab)
    tab.page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    for pane in ("Chats", "Notes", "Settings", "Sources"):
        tab.page.get_by_role("tab", name=pane).click()
        expect_no_violations(tab)
    go_to("Chat")
    if width < 900:
        expect_no_violations(tab)
    tab.ask("What is poisonous?")
    tab.expect_idle()
    expect_no_violations(tab)
    tab.page.locator("#cw-chat .cw-chip").first.click()
    expect(tab.page.locator(".cw-box")).to_be_visible(timeout=WAIT_MS)
    expect_no_violations(tab)
    go_to("Sources")
    tab.page.get_by_role("tab", name="Chats").click()
    expect(tab.page.locator(".cw-exports").first).to_be_visible(timeout=WAIT_MS)
    expect_no_violations(tab)


@pytest.mark.parametrize(
    ("width", "height"),
    [pytest.param(420, 860, marks=pytest.mark.slow), pytest.param(700, 450, marks=pytest.mark.slow), (320, 640)],
)
def test_narrow_or_at_200_per_cent_nothing_is_cut_off(browser: Browser, address: str, width: int, height: int) -> None:
    """A window of 1400 by 900 at 200 % has 700 by 450 to lay out."""
    tab = new_tab(browser, address, width=width, height=height)
    tab.ask("What is poisonous?")
    tab.expect_idle()
    for pane, inside in (("Sources", "#cw-upload"), ("Chat", "#cw-question"), ("Quotes", "#cw-quotes")):
        tab.page.locator(".cw-switch").get_by_role("button", name=pane).click()
        expect(tab.page.locator(inside)).to_be_in_viewport()
        wide, shown = tab.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide <= shown
    tab.page.locator("#cw-quotes .cw-open").first.click()
    expect(tab.page.locator(".cw-box")).to_be_in_viewport(timeout=WAIT_MS)
    tab.page.locator("#cw-viewer [data-do=close]").click()
    expect(tab.page.locator("#cw-middle")).to_be_visible()


@pytest.mark.slow
def test_the_first_paint_comes_quickly(browser: Browser, address: str) -> None:
    tab = new_tab(browser, address)
    (painted,) = tab.page.evaluate(
        "performance.getEntriesByName('first-contentful-paint').map((entry) => entry.startTime)"
    )
    print(f"first contentful paint: {painted:.0f} ms")  # noqa: T201
    assert painted < 10_000
