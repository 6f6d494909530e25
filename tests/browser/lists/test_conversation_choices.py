"""A conversation's ticks and settings cannot be edited before they are there, and are stored with no other one."""

import pytest
from playwright.sync_api import Route, expect

from rag.stores.database import Database
from rag.stores.sql_conversations import SqlConversations
from tests.browser.conftest import pane
from tests.support.browser_tab import Tab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

GO = "(id) => { history.pushState(null, '', `?c=${id}`); dispatchEvent(new PopStateEvent('popstate')); }"
EDIT_AND_GO = f"""([value, id]) => {{
    const field = document.querySelector('[name=passages]');
    field.value = value;
    field.dispatchEvent(new Event('input', {{bubbles: true}}));
    ({GO})(id);
}}"""


@pytest.fixture
def store(address: str, database: Database) -> SqlConversations:
    return SqlConversations(database)


@pytest.fixture
def two(store: SqlConversations) -> tuple[str, str]:
    """Store two conversations: one with five passages that asks no source, one with seven that asks all."""
    first, second = (store.create("", name).id for name in ("first", "second"))
    store.exclude(first, "", {1})
    store.configure(first, "", {"passages": 5})
    store.configure(second, "", {"passages": 7})
    return first, second


def settings_of(store: SqlConversations, id_: str) -> dict[str, object]:
    found = store.find(id_, "")
    assert found
    return dict(found.settings)


def test_what_the_server_says_of_a_conversation_that_the_tab_has_left_is_ignored(
    tab: Tab, two: tuple[str, str]
) -> None:
    for id_ in two:
        tab.page.evaluate(GO, id_)
    # In one step each: what the server itself says of the second one comes when it comes.
    said = "(opened) => { citewell.setConversation(opened); return citewell.tabState().conversation; }"
    assert tab.page.evaluate(said, f"1 {two[0]}") == two[1]
    assert tab.page.evaluate(said, f"2 {two[0]}") == two[0], "what is said of the open one is taken over"


def test_choices_that_could_not_be_loaded_cannot_be_edited_until_they_are(
    tab: Tab, two: tuple[str, str], store: SqlConversations
) -> None:
    tick, passages = tab.page.get_by_label("Ask fees.pdf"), tab.page.get_by_label("Passages that the model reads")
    tab.page.evaluate(GO, two[0])
    expect(tick).not_to_be_checked()
    expect(tick).to_be_enabled()
    tab.page.route(f"**/citewell/conversations/{two[1]}", lambda route: route.abort())
    tab.page.evaluate(GO, two[1])
    failure = tab.page.locator(".cw-retry:visible")
    expect(failure).to_contain_text("Which sources this conversation asks could not be loaded.")
    expect(tick).to_be_disabled()
    pane(tab, "Settings")
    expect(failure).to_contain_text("The settings of this conversation could not be loaded.")
    expect(passages).to_be_disabled()
    tab.page.unroute_all()
    failure.get_by_role("button").click()
    expect(passages).to_have_value("7")
    expect(passages).to_be_enabled()
    expect(failure).to_have_count(0)
    pane(tab, "Sources")
    failure.get_by_role("button").click()
    expect(tick).to_be_checked()
    with tab.page.expect_response("**/excluded"):
        tick.uncheck()
    assert [store.excluded(each, "") for each in two] == [{1}, {1}]


def test_edits_are_stored_in_their_order_and_with_the_conversation_they_were_made_in(
    tab: Tab, two: tuple[str, str], store: SqlConversations
) -> None:
    held: list[Route] = []
    pane(tab, "Settings")
    passages = tab.page.get_by_label("Passages that the model reads")
    tab.page.evaluate(GO, two[0])
    expect(passages).to_have_value("5")
    tab.page.route("**/citewell/settings", lambda route: held.append(route) if not held else route.fallback())
    with tab.page.expect_request("**/citewell/settings"):
        passages.fill("3")
    with tab.page.expect_response(f"**/citewell/conversations/{two[1]}"):
        tab.page.evaluate(EDIT_AND_GO, ["4", two[1]])  # before the pause after typing is over
    expect(passages).to_be_disabled()
    with tab.page.expect_response("**/citewell/settings"):
        held[0].continue_()
    expect(passages).to_have_value("7")
    assert [settings_of(store, each) for each in two] == [{"passages": 4}, {"passages": 7}]
