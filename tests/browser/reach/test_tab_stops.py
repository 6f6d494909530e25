"""A list is one stop of the Tab key, however long: the arrow keys move between its rows and within them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from rag.stores.database import Database
from rag.stores.sql_conversations import SqlConversations
from rag.stores.sql_notes import SqlNotes
from tests.browser.conftest import ask, pane
from tests.support.browser_tab import Tab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STOPS = """list => [...list.querySelectorAll('a, button, input, summary')]
    .filter((each) => each.tabIndex >= 0 && !each.disabled && each.checkVisibility()).length"""


@pytest.fixture
def five_hundred(tab: Tab, database: Database) -> list[str]:
    """Store 500 conversations, and return their names as they are listed."""
    ask(tab, "What is the entry fee?", 1)
    store = SqlConversations(database)
    (asked,) = store.conversations("")
    (exchange,) = store.exchanges(asked.id, "")
    for number in range(499):
        store.add(store.create("", f"Chat number {number}").id, "", exchange.record)
    return [each.name for each in store.conversations("")]


@pytest.fixture
def notes(database: Database) -> Iterator[list[str]]:
    store = SqlNotes(database)
    titles = ["Fees", "Hours", "Trees"]
    for title in titles:
        store.create("", title, f"About {title.lower()}.")
    yield titles
    for note in store.notes(""):
        store.delete(note.id, "")


def press(tab: Tab, *keys: str) -> Locator:
    for key in keys:
        tab.page.keyboard.press(key)
    return tab.page.locator(":focus")


def test_five_hundred_chats_are_one_stop(tab: Tab, five_hundred: list[str]) -> None:
    tab.page.reload()
    pane(tab, "Chats")
    listed = tab.page.locator(".cw-conversations")
    expect(listed.locator("> li")).to_have_count(500)
    assert listed.evaluate(STOPS) == 1
    tab.page.get_by_placeholder("Search names, questions, answers").focus()
    expect(press(tab, "Tab")).to_have_text(five_hundred[0])
    expect(press(tab, "ArrowDown", "ArrowDown")).to_have_text(five_hundred[2])
    expect(press(tab, "ArrowRight")).to_have_accessible_name(f"Rename {five_hundred[2]}")
    expect(press(tab, "ArrowUp")).to_have_accessible_name(f"Rename {five_hundred[1]}")
    expect(press(tab, "End")).to_have_text(five_hundred[-1])
    expect(tab.page.locator(":focus")).to_be_in_viewport()
    expect(press(tab, "Home")).to_have_text(five_hundred[0])
    assert listed.evaluate(STOPS) == 1
    press(tab, "Tab")
    assert not listed.evaluate("list => list.contains(document.activeElement)")


def test_notes_are_one_stop_and_an_open_one_is_walked_through(tab: Tab, notes: list[str]) -> None:
    pane(tab, "Notes")
    listed = tab.page.locator("ol.cw-notes")
    expect(listed.locator("summary")).to_have_text(notes)
    assert listed.evaluate(STOPS) == 1
    tab.page.locator(".cw-note-bar [data-do=new]").focus()
    expect(press(tab, "Tab")).to_have_accessible_name("Choose Fees")
    expect(press(tab, "ArrowRight", "ArrowDown")).to_have_text("Hours")
    press(tab, "Enter")
    expect(press(tab, "ArrowRight")).to_have_accessible_name("Edit Hours")
    assert listed.evaluate(STOPS) == 1
    expect(press(tab, "ArrowLeft", "Enter", "ArrowRight")).to_have_accessible_name("Move Hours up")
    expect(press(tab, "ArrowDown")).to_have_accessible_name("Move Trees up")
    press(tab, "Enter")
    expect(listed.locator("summary")).to_have_text(["Fees", "Trees", "Hours"])
    expect(tab.page.locator(":focus")).to_have_accessible_name("Move Trees up")
    assert listed.evaluate(STOPS) == 1
