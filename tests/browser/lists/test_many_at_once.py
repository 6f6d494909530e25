"""Several sources at once: chosen, asked alone, moved by dialog and by dragging, removed after a confirmation."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.support.app_process import scripted
from tests.support.browser_tab import Tab, serious_violations
from tests.support.documents.many_documents import fill_library

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("many")
    fill_library(folder / "library", 40, collections=2)
    with scripted(folder, "This is report 2.") as url:
        yield url


def name(tab: Tab, text: str) -> Locator:
    return tab.page.locator("#cw-documents .cw-doc", has_text=re.compile(f"^{re.escape(text)}$"))


def bar(tab: Tab) -> Locator:
    return tab.page.locator("#cw-many")


def said(tab: Tab) -> Locator:
    return bar(tab).get_by_role("status")


def group(tab: Tab, title: str) -> Locator:
    return tab.page.get_by_role("group", name=title, exact=True)


def test_chosen_is_not_ticked(tab: Tab) -> None:
    name(tab, "report-10.txt").click(modifiers=["Control"], position={"x": 8, "y": 8})
    name(tab, "report-12.txt").click(modifiers=["Shift"], position={"x": 8, "y": 8})
    expect(said(tab)).to_have_text("3 chosen")
    expect(tab.page.locator("#cw-documents [data-chosen]")).to_have_count(3)
    expect(tab.page.get_by_role("button", name="report-11.txt, chosen", exact=True)).to_be_visible()
    expect(tab.page.locator("#cw-scope")).to_have_text("40 sources")
    expect(tab.page.locator("#cw-guide")).to_be_hidden()
    bar(tab).get_by_role("button", name="Ask these").click()
    expect(tab.page.locator("#cw-scope")).to_have_text("3 of 40 sources")
    expect(tab.page.get_by_label("Ask report-11.txt")).to_be_checked()
    expect(tab.page.get_by_label("Ask report-13.txt")).not_to_be_checked()
    assert serious_violations(tab) == []
    bar(tab).get_by_role("button", name="Show all again").click()
    expect(bar(tab)).to_be_hidden()


def test_documents_are_chosen_by_keyboard_and_by_clicks_alone(tab: Tab) -> None:
    tab.page.get_by_label("Ask report-10.txt").focus()
    for key in ("Shift+ArrowDown", "Shift+ArrowDown"):
        tab.page.keyboard.press(key)
    expect(said(tab)).to_have_text("3 chosen")
    expect(tab.page.get_by_label("Ask report-12.txt")).to_be_focused()
    tab.page.keyboard.press("Control+Space")
    expect(said(tab)).to_have_text("2 chosen")
    tab.page.keyboard.press("Control+a")
    expect(said(tab)).to_have_text("40 chosen")
    tab.page.keyboard.press("Escape")
    expect(bar(tab)).to_be_hidden()
    tab.page.get_by_role("button", name="Choose").click()
    name(tab, "report-10.txt").click(position={"x": 8, "y": 8})
    name(tab, "report-20.txt").click(position={"x": 8, "y": 8})
    expect(said(tab)).to_have_text("2 chosen")
    expect(tab.page.locator("#cw-guide")).to_be_hidden()
    tab.page.get_by_role("button", name="Choose").click()
    expect(bar(tab)).to_be_hidden()


def test_all_that_were_found_are_moved_in_one_request(tab: Tab) -> None:
    tab.page.get_by_label("Find a source").fill("report-3")
    expect(said(tab)).to_have_text("11 of 40 found")
    bar(tab).get_by_role("button", name="Move …", exact=True).click()
    dialog = tab.page.locator("#cw-dialog")
    expect(dialog).to_contain_text("Collection of 11 documents")
    dialog.get_by_label("Collection", exact=True).fill("thirties")
    sent: list[str] = []
    tab.page.on("request", lambda request: sent.append(request.method))
    dialog.get_by_role("button", name="Move").click()
    expect(said(tab)).to_have_text("11 documents moved to “thirties”.")
    expect(group(tab, "thirties").locator("li")).to_have_count(11)
    assert sent.count("PATCH") == 1


def test_a_removal_names_the_number_says_how_far_it_is_and_where_it_broke_off(tab: Tab) -> None:
    tab.page.get_by_label("Find a source").fill("report-1")
    held: list[Route] = []
    tab.page.route("**/citewell/sources", lambda route: held.append(route))
    bar(tab).get_by_role("button", name="Remove").click()
    dialog = tab.page.locator("#cw-dialog")
    expect(dialog).to_contain_text("Remove 11 documents from the library?")
    expect(dialog).to_contain_text("This cannot be undone.")
    with tab.page.expect_request("**/citewell/sources"):
        dialog.get_by_role("button", name="Remove 11 documents").click()
    expect(said(tab)).to_have_text("Removing 11 documents: 0 done")
    expect(bar(tab).locator("progress")).to_be_visible()
    expect(bar(tab).locator(".cw-many-do")).to_be_hidden()
    held[0].continue_()
    expect(said(tab)).to_have_text("11 documents removed.")
    tab.page.get_by_label("Find a source").fill("")
    expect(tab.page.locator("#cw-scope")).to_have_text("29 sources")
