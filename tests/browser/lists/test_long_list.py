"""A list of hundreds: drawn where it is seen, whole for the keyboard, the filter and a screen reader."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.support.app_process import scripted
from tests.support.browser_tab import Tab, box_of, serious_violations
from tests.support.documents.many_documents import fill_library

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NUMBER = 600
ROWS = "#cw-documents li"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("long list")
    fill_library(folder / "library", NUMBER, collections=2)
    with scripted(folder, "This is report 2.") as url:
        yield url


def expect_listed(tab: Tab, *names: str) -> None:
    expect(tab.page.locator("#cw-documents .cw-doc")).to_have_text(list(names))


def find(tab: Tab, text: str) -> None:
    tab.page.get_by_label("Find a source").fill(text)


def test_only_rows_near_the_visible_ones_are_drawn_and_say_which_of_how_many_they_are(tab: Tab) -> None:
    rows = tab.page.locator(ROWS)
    expect(rows.first).to_be_visible()
    assert rows.count() < 100
    collections = tab.page.locator("#cw-documents [role=group]")
    assert collections.evaluate_all("all => all.map(each => each.getAttribute('aria-label'))") == [
        "Collection 1",
        "Collection 2",
        "In no collection",
    ]
    first = collections.first.locator("li").first
    assert (first.get_attribute("aria-posinset"), first.get_attribute("aria-setsize")) == ("1", "30")
    assert serious_violations(tab) == []


def test_the_end_key_leads_to_the_last_row_and_its_tick_is_stored_by_space(tab: Tab) -> None:
    stop = tab.page.locator("#cw-documents :is(button, input, a):not([tabindex='-1'])")
    expect(stop).to_have_count(1)
    stop.focus()
    tab.page.keyboard.press("End")
    last = tab.page.get_by_label(f"Ask report-{NUMBER}.txt")
    expect(last).to_be_focused()
    expect(last).to_be_in_viewport()
    tab.page.keyboard.press("Space")
    expect(last).not_to_be_checked()
    expect(last).to_be_focused()
    expect(stop).to_have_count(1)
    expect(tab.page.locator("#cw-scope")).to_contain_text(f"{NUMBER - 1} of {NUMBER} sources")
    tab.page.keyboard.press("ArrowUp")
    expect(tab.page.get_by_label(f"Ask report-{NUMBER - 1}.txt")).to_be_focused()
    tab.page.keyboard.press("PageUp")
    expect(tab.page.get_by_label(f"Ask report-{NUMBER - 11}.txt")).to_be_focused()
    tab.page.keyboard.press("ArrowRight")
    expect(tab.page.locator(".cw-doc", has_text=f"report-{NUMBER - 11}.txt")).to_be_focused()


def test_the_row_with_the_focus_stays_while_the_list_is_scrolled_away_from_it(tab: Tab) -> None:
    box = tab.page.get_by_label("Ask report-2.txt")
    box.focus()
    pane = tab.page.locator("#cw-left .tabitem").first
    pane.evaluate("pane => { pane.scrollTop = pane.scrollHeight; }")
    expect(tab.page.get_by_label(f"Ask report-{NUMBER}.txt")).to_be_visible()
    expect(box).to_be_focused()
    tab.page.keyboard.press("ArrowDown")
    expect(tab.page.get_by_label("Ask report-4.txt")).to_be_in_viewport()


def test_a_row_that_shows_more_moves_those_below_it_down(tab: Tab) -> None:
    rows = tab.page.locator(ROWS)
    expect(rows.nth(1)).to_be_visible()
    rows.first.get_by_role("button", name="More of").click()
    one, two = box_of(rows.first), box_of(rows.nth(1))
    assert one["height"] > 40
    assert two["y"] == pytest.approx(one["y"] + one["height"], abs=1)
    rows.first.get_by_role("button", name="More of").click()
    two = box_of(rows.nth(1))
    assert two["y"] == pytest.approx(one["y"] + 36, abs=1)


def test_words_find_a_source_that_is_not_drawn_and_leave_alone_what_is_asked(tab: Tab) -> None:
    find(tab, "REPORT 599")
    expect_listed(tab, "report-599.txt")
    expect(tab.page.locator("#cw-many [role=status]")).to_have_text("1 of 600 found")
    expect(tab.page.locator("#cw-scope")).to_have_text("600 sources")
    find(tab, "no such thing")
    expect(tab.page.locator("#cw-documents")).to_have_text("No document matches.")
    expect(tab.page.locator("#cw-many [role=status]")).to_have_text("0 of 600 found")
    tab.page.get_by_role("button", name="Show all again").click()
    expect(tab.page.locator("#cw-documents [role=group]")).to_have_count(3)


def test_a_collection_is_filtered_by_and_then_alone_is_asked(tab: Tab) -> None:
    tab.page.get_by_label("Collections", exact=True).select_option("Collection 2")
    expect(tab.page.locator("#cw-documents .cw-all")).to_contain_text("Collection 2 (30 of 30 asked)")
    expect(tab.page.locator("#cw-many [role=status]")).to_have_text("30 of 600 found; only these are asked")
    expect(tab.page.locator("#cw-scope")).to_have_text("30 of 600 sources")


def test_a_collection_can_be_put_away_and_stays_so(tab: Tab) -> None:
    fold = tab.page.get_by_role("button", name="Documents of Collection 1")
    expect(fold).to_have_attribute("aria-expanded", "true")
    fold.click()
    expect(fold).to_have_attribute("aria-expanded", "false")
    expect(tab.page.get_by_role("group", name="Collection 1").locator("li")).to_have_count(0)
    expect(tab.page.get_by_role("group", name="Collection 2").locator("li").first).to_be_visible()
    tab.page.reload()
    expect(fold).to_have_attribute("aria-expanded", "false")
    expect(tab.page.get_by_role("group", name="Collection 2").locator("li").first).to_be_visible()
    fold.click()
    expect(tab.page.get_by_role("group", name="Collection 1").locator("li").first).to_be_visible()


def test_the_palette_finds_a_source_that_is_not_drawn(tab: Tab) -> None:
    name = f"report-{NUMBER}.txt"
    rows = tab.page.locator("#cw-documents .cw-doc")
    expect(rows.first).to_be_visible()
    expect(rows.filter(has_text=name)).to_have_count(0)
    tab.page.keyboard.press("Control+k")
    tab.page.keyboard.type(name)
    expect(tab.page.locator("#cw-palette [role=option]")).to_have_text([f"{name}Source"])
    tab.page.keyboard.press("Enter")
    expect(tab.page.locator("#cw-guide-title")).to_have_text(name)
    expect(rows.filter(has_text=name)).to_be_in_viewport()
