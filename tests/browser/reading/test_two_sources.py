"""Two sources side by side: a page stays beside while another source is opened, and each is turned by itself."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import FEE, ask
from tests.support.browser_tab import Tab, box_of, serious_violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CLOSES = "The garden closes at six."


@pytest.fixture(autouse=True)
def garden(tab: Tab) -> None:
    """Add a second source while its upload is in view, which it is not in a narrow window."""
    tab.upload_texts({"garden.md": f"# Garden\n\n{CLOSES}\n"})


def both_open(tab: Tab) -> None:
    ask(tab, f"Repeat: {FEE} {CLOSES}", 2)
    tab.page.locator("#cw-chat .cw-chip").first.click()
    expect(tab.page.locator("#cw-viewer .cw-viewer-title")).to_have_text("fees.pdf · 2 of 2")
    tab.page.get_by_role("button", name="Open beside").click()
    expect(tab.page.locator("#cw-beside h2")).to_have_text("fees.pdf · 2 of 2")
    expect(tab.page.locator("#cw-viewer .cw-viewer-title")).to_have_text("garden.md")


def test_a_page_stays_beside_what_the_answer_cites_elsewhere_and_each_is_turned_by_itself(tab: Tab) -> None:
    both_open(tab)
    viewer, beside = tab.page.locator("#cw-viewer"), tab.page.locator("#cw-beside")
    expect(beside.locator(".cw-box").first).to_be_visible()
    expect(beside.locator(".cw-layer")).to_contain_text(FEE)
    expect(viewer.locator("mark")).to_have_text(CLOSES)
    beside.get_by_role("button", name="Previous page").click()
    expect(beside.locator("h2")).to_have_text("fees.pdf · 1 of 2")
    expect(viewer.locator(".cw-viewer-title")).to_have_text("garden.md")
    assert serious_violations(tab) == []
    beside.get_by_role("button", name="Close the source beside").click()
    expect(beside).to_be_hidden()
    expect(viewer.locator(".cw-page")).to_be_focused()


def test_the_keyboard_opens_reaches_and_closes_it(tab: Tab) -> None:
    ask(tab, f"Repeat: {FEE} {CLOSES}", 2)
    tab.page.locator("#cw-chat .cw-chip").first.press("Enter")
    expect(tab.page.locator("#cw-viewer .cw-page")).to_be_focused()
    tab.page.keyboard.press("b")
    expect(tab.page.locator("#cw-viewer .cw-viewer-title")).to_have_text("garden.md")
    page = tab.page.locator("#cw-beside .cw-page")
    page.focus()
    tab.page.keyboard.press("PageUp")
    expect(tab.page.locator("#cw-beside h2")).to_have_text("fees.pdf · 1 of 2")
    tab.page.keyboard.press("Escape")
    expect(page).to_be_hidden()
    expect(tab.page.locator("#cw-viewer")).to_be_visible()


@pytest.mark.parametrize(("width", "is_side_by_side"), [(1400, True), (1100, True), (800, False)])
def test_they_stand_side_by_side_where_there_is_room_else_one_above_the_other(
    tab: Tab, width: int, is_side_by_side: bool
) -> None:
    tab.page.set_viewport_size({"width": width, "height": 900})
    both_open(tab)
    first, second = (box_of(tab.page.locator(f"{each} .cw-page")) for each in ("#cw-viewer", "#cw-beside"))
    if is_side_by_side:
        assert first["x"] + first["width"] <= second["x"]
        assert min(first["width"], second["width"]) >= 280
    else:
        assert first["y"] + first["height"] <= second["y"]
        assert min(first["height"], second["height"]) >= 150
    assert second["x"] + second["width"] <= width
    assert tab.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
