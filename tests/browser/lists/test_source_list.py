"""The list of sources: its order, what is ticked, and how it is used from the keyboard."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Serve
from tests.support.browser_tab import Tab

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def address(serve: Serve) -> str:
    return serve("This is memo-2.", {f"memo-{number}.txt": f"This is memo-{number}." for number in (1, 2, 10)})


def test_numbers_in_names_count_as_numbers(tab: Tab) -> None:
    expect(tab.page.locator("#cw-documents .cw-doc")).to_have_text(["memo-1.txt", "memo-2.txt", "memo-10.txt"])


def test_a_mixed_tick_of_all_ticks_all(tab: Tab) -> None:
    everything = tab.page.locator("#cw-documents .cw-all input")
    tab.page.get_by_label("Ask memo-2.txt").uncheck()
    expect(everything).not_to_be_checked()
    assert everything.evaluate("(box) => box.indeterminate")
    everything.click()
    expect(tab.page.get_by_label("Ask memo-2.txt")).to_be_checked()
    expect(tab.page.locator("#cw-documents .cw-all")).to_contain_text("3 of 3 asked")
    everything.click()
    expect(tab.page.locator("#cw-documents .cw-all")).to_contain_text("0 of 3 asked")


def test_a_new_conversation_asks_all_sources(tab: Tab) -> None:
    tab.page.get_by_label("Ask memo-2.txt").uncheck()
    tab.ask("What is this?")
    tab.expect_idle()
    tab.page.get_by_role("button", name="New conversation").click()
    expect(tab.page.get_by_label("Ask memo-2.txt")).to_be_checked()


def test_enter_in_the_dialog_of_collections_moves_the_document(tab: Tab) -> None:
    tab.page.get_by_role("button", name="Collection of memo-10.txt").click()
    field = tab.page.get_by_label("Collection", exact=True)
    field.fill("old ones")
    field.press("Enter")
    expect(tab.page.get_by_role("group", name="old ones", exact=True)).to_contain_text("memo-10.txt")
    tab.page.get_by_role("button", name="Collection of memo-10.txt").click()
    field.fill("")
    field.press("Enter")
    expect(tab.page.get_by_role("group", name="old ones", exact=True)).to_have_count(0)
