"""Several sources at once: chosen, asked alone, moved by dialog and by dragging, removed after a confirmation."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.support.app_process import scripted
from tests.support.browser_tab import Tab, box_of, serious_violations
from tests.support.documents.many_documents import fill_library

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NAMES = (
    "Straße und Ärger.txt",
    "Отчёт за год.txt",
    "年度報告書.txt",
    "연간 보고서.txt",
    "تقرير سنوي.txt",
    "דוח שנתי.txt",
    "वार्षिक रिपोर्ट.txt",
    "รายงานประจำปี.txt",
    f"{'a very long name ' * 13}.txt",
    "<img src=x onerror=\"document.title='owned'\">.txt",
)


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


def test_a_shift_click_chooses_where_the_first_one_is_filtered_out(tab: Tab) -> None:
    name(tab, "report-10.txt").click(modifiers=["Control"], position={"x": 8, "y": 8})
    tab.page.get_by_label("Find a source").fill("report-2")
    expect(tab.page.locator("#cw-documents li")).to_have_count(11)
    name(tab, "report-22.txt").click(modifiers=["Shift"], position={"x": 8, "y": 8})
    expect(said(tab)).to_have_text("2 chosen")


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


def drag(tab: Tab, source: Locator, onto: Locator) -> None:
    """Drag with the mouse, as a person does: what can be dropped on may only appear meanwhile."""
    source.scroll_into_view_if_needed()
    source.hover(position={"x": 8, "y": 8})
    tab.page.mouse.down()
    box = box_of(source)
    tab.page.mouse.move(box["x"] + 20, box["y"] + 20, steps=3)
    onto.hover()
    onto.hover()
    tab.page.mouse.up()


def shelf(tab: Tab, text: str) -> Locator:
    return tab.page.locator("#cw-shelf .cw-spot", has_text=text)


def test_what_is_chosen_is_dragged_onto_a_collection_together(tab: Tab) -> None:
    for each in ("report-5.txt", "report-6.txt"):
        name(tab, each).click(modifiers=["Control"], position={"x": 8, "y": 8})
    drag(tab, name(tab, "report-6.txt"), shelf(tab, "Collection 2"))
    expect(said(tab)).to_have_text("2 documents moved to “Collection 2”.")
    expect(group(tab, "Collection 2")).to_contain_text("report-5.txt")
    expect(tab.page.locator("#cw-shelf")).to_be_hidden()
    drag(tab, name(tab, "report-7.txt"), group(tab, "Collection 2").locator(".cw-all"))
    expect(group(tab, "Collection 2")).to_contain_text("report-7.txt")


def test_a_row_stays_where_it_is_if_the_server_has_gone_while_it_was_dragged(tab: Tab) -> None:
    tab.page.route("**/citewell/sources", lambda route: route.abort())
    drag(tab, name(tab, "report-8.txt"), shelf(tab, "Collection 1"))
    failure = tab.page.locator("#cw-progress [role=alert]")
    expect(failure).to_have_text("“report-8.txt” stays as before. Citewell does not answer. Is it still running?")
    expect(group(tab, "In no collection")).to_contain_text("report-8.txt")


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


def test_names_of_every_script_any_length_and_with_markup_are_only_names(tab: Tab) -> None:
    tab.upload_texts({each: f"This is text {number}." for number, each in enumerate(NAMES)})
    expect(tab.page.locator("#cw-progress .cw-overall")).to_contain_text(f"{len(NAMES)} ready, 0 failed, 0 to go")
    for each in NAMES:
        tab.page.get_by_label("Find a source").fill(each.removesuffix(".txt"))
        expect(tab.page.locator("#cw-documents .cw-doc")).to_have_text([each])
    tab.page.get_by_label("Find a source").fill("straße arger")
    expect(tab.page.locator("#cw-documents .cw-doc")).to_have_text([NAMES[0]])
    assert tab.page.title() == "Citewell"
    assert tab.page.locator("img[src=x]").count() == 0
