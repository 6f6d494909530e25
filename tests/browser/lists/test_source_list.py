"""The list of sources: its order, what is ticked, and how it is used from the keyboard."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Serve
from tests.support.browser_tab import Tab, text_files

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
    tab.answer("What is this?")
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


def test_a_ticked_source_in_focus_is_seen_to_be(tab: Tab) -> None:
    box = tab.page.get_by_label("Ask memo-1.txt")
    box.focus()
    tab.page.keyboard.press("ArrowDown")
    tab.page.keyboard.press("ArrowUp")
    assert box.evaluate("(each) => getComputedStyle(each).outlineStyle") == "solid"


def test_only_the_state_of_files_coming_in_is_announced_and_not_their_list(tab: Tab) -> None:
    tab.upload_texts({f"note-{number}.txt": f"This is note {number}." for number in range(2)})
    assert tab.page.locator("[role=status]:has(li)").count() == 0
    expect(tab.page.locator("#cw-sources [role=status]").first).to_have_text("2 ready, 0 failed, 0 to go")
    tab.page.get_by_role("button", name="Clear this list").click()


def test_a_file_that_is_coming_in_can_be_cancelled_and_its_progress_only_grows(tab: Tab) -> None:
    text = "\n\n".join(f"Line {number} says that {number} is a number." for number in range(30_000))
    tab.page.evaluate(
        """() => { window.seen = []; new MutationObserver(() => {
             const bar = document.querySelector('#cw-progress progress');
             if (bar?.hasAttribute('value')) window.seen.push(bar.value);
           }).observe(document.querySelector('#cw-progress'), {subtree: true, childList: true, attributes: true}); }"""
    )
    tab.page.locator("#cw-upload input[type=file]").set_input_files(text_files({"long.txt": text}))
    expect(tab.page.locator("#cw-progress progress[value]")).to_be_visible()
    tab.page.get_by_role("button", name="Cancel long.txt").click()
    expect(tab.page.locator("#cw-progress .cw-failed")).to_contain_text("it was cancelled")
    shares = tab.page.evaluate("window.seen")
    assert shares == sorted(shares)
    tab.page.get_by_role("button", name="Clear this list").click()
    expect(tab.page.locator("#cw-documents")).not_to_contain_text("long.txt")
