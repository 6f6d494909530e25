"""Two sources side by side: a page stays beside while another source is opened, by mouse and by keyboard."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.support.app_process import scripted
from tests.support.browser_tab import Tab, serious_violations
from tests.support.documents.pdfs import write_pdf

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OLD, NEW = "The entry fee is 20 euros.", "The office opens at nine."


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("beside")
    write_pdf(folder / "fees.pdf", ["Contents", OLD])
    (folder / "hours.md").write_text(f"# Hours\n\n{NEW}\n")
    with scripted(folder, f"{OLD} {NEW}", folder / "fees.pdf", folder / "hours.md") as url:
        yield url


def both_open(tab: Tab) -> None:
    tab.ask("What is the fee, and when does the office open?")
    tab.expect_idle()
    tab.page.locator("#cw-chat .cw-chip").first.click()
    expect(tab.page.locator("#cw-viewer .cw-viewer-title")).to_have_text("fees.pdf · 2 of 2")
    tab.page.get_by_role("button", name="Open beside").click()
    expect(tab.page.locator("#cw-beside h2")).to_have_text("fees.pdf · 2 of 2")
    expect(tab.page.locator("#cw-viewer .cw-viewer-title")).to_have_text("hours.md")


def test_a_page_stays_beside_what_the_answer_cites_elsewhere_and_each_is_turned_by_itself(tab: Tab) -> None:
    both_open(tab)
    beside = tab.page.locator("#cw-beside")
    expect(beside.locator(".cw-box").first).to_be_visible()
    expect(beside.locator(".cw-layer")).to_contain_text(OLD)
    expect(tab.page.locator("#cw-viewer mark")).to_have_text(NEW)
    beside.get_by_role("button", name="Previous page").click()
    expect(beside.locator("h2")).to_have_text("fees.pdf · 1 of 2")
    expect(tab.page.locator("#cw-viewer .cw-viewer-title")).to_have_text("hours.md")
    assert serious_violations(tab) == []
    beside.get_by_role("button", name="Close the source beside").click()
    expect(beside).to_be_hidden()
    expect(tab.page.locator("#cw-viewer .cw-page")).to_be_focused()
    assert tab.errors == []


def test_the_keyboard_opens_reaches_and_closes_it(tab: Tab) -> None:
    tab.ask("What is the fee, and when does the office open?")
    tab.expect_idle()
    tab.page.locator("#cw-chat .cw-chip").first.press("Enter")
    expect(tab.page.locator("#cw-viewer .cw-page")).to_be_focused()
    tab.page.keyboard.press("b")
    expect(tab.page.locator("#cw-viewer .cw-viewer-title")).to_have_text("hours.md")
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
    first, second = (tab.page.locator(f"{each} .cw-page").bounding_box() for each in ("#cw-viewer", "#cw-beside"))
    assert first
    assert second
    if is_side_by_side:
        assert first["x"] + first["width"] <= second["x"]
        assert min(first["width"], second["width"]) >= 280
    else:
        assert first["y"] + first["height"] <= second["y"]
        assert min(first["height"], second["height"]) >= 150
    assert second["x"] + second["width"] <= width
    assert tab.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
