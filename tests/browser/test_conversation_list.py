"""Conversations are found, renamed, rated, exported and deleted, and have settings of their own."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from rag.exports.answer_schema import read_exports
from rag.stores.database import Database
from rag.stores.sql_conversations import SqlConversations
from tests.browser.conftest import FEE, HALF, OPEN, ask, pane
from tests.support.browser_tab import Tab

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_conversation_loses_what_it_has_of_a_removed_document_and_goes_on(tab: Tab) -> None:
    tab.upload_texts({"larch.txt": "The larch is deciduous."})
    ask(tab, f"Repeat: {FEE} The larch is deciduous.", 2)
    expect(tab.page.locator("#cw-quotes")).to_contain_text("larch")
    tab.page.get_by_role("button", name="Remove larch.txt").click()
    expect(tab.page.get_by_role("dialog")).to_contain_text("kept answers lose what they say and quote of it")
    tab.page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(tab.page.get_by_label("Ask larch.txt")).to_have_count(0)

    tab.page.reload()
    answers = tab.page.locator("#cw-chat [data-testid=bot]")
    expect(answers).to_contain_text("[Removed with its source.]")
    expect(answers).not_to_contain_text("larch")
    expect(answers.locator(".cw-chip")).to_have_count(1)
    expect(tab.page.locator("#cw-quotes")).not_to_contain_text("larch")
    ask(tab, f"Repeat: {OPEN}", 2)


def test_conversations_are_listed_found_named_left_returned_to_and_deleted(tab: Tab) -> None:
    ask(tab, "What is the entry fee?", 1)
    tab.begin_anew()
    ask(tab, f"Repeat: {OPEN}", 1)
    pane(tab, "Chats")
    rows = tab.page.locator(".cw-conversations li")
    expect(rows).to_have_count(2)
    expect(rows.first.locator("[aria-current]")).to_contain_text("Repeat")

    tab.page.get_by_role("searchbox", name="Search conversations").fill("ENTRY FEE IS")
    expect(rows).to_have_count(1)
    rows.get_by_role("link", name="What is the entry fee?").click()
    expect(tab.page.locator("#cw-chat")).to_contain_text("What is the entry fee?")
    tab.page.go_back()
    expect(tab.page.locator("#cw-chat")).not_to_contain_text("What is the entry fee?")
    expect(tab.page.locator("#cw-chat .cw-chip")).to_have_count(1)
    tab.page.go_forward()

    rows.get_by_role("button", name="Rename").click()
    tab.page.locator("dialog[open] input").fill("<b>Fees</b>")
    tab.page.locator("dialog[open]").get_by_role("button", name="Rename").click()
    expect(rows.locator("a.cw-talk")).to_have_text("<b>Fees</b>")
    tab.page.get_by_role("searchbox", name="Search conversations").fill("")
    expect(rows).to_have_count(2)

    mine = rows.filter(has_text="Fees")
    mine.get_by_role("button", name="Delete").click()
    tab.page.locator("dialog[open]").get_by_role("button", name="Cancel").click()
    expect(rows).to_have_count(2)
    mine.get_by_role("button", name="Delete").click()
    tab.page.locator("dialog[open]").get_by_role("button", name="Delete").click()
    expect(rows).to_have_count(1)
    expect(tab.page.locator("#cw-chat .cw-chip")).to_have_count(0)
    assert "?" not in tab.page.url


def test_on_a_narrow_screen_a_conversation_that_is_chosen_is_shown(tab: Tab) -> None:
    ask(tab, "What is the entry fee?", 1)
    tab.page.set_viewport_size({"width": 420, "height": 860})
    tab.page.locator(".cw-switch").get_by_role("button", name="Sources").click()
    pane(tab, "Chats")
    tab.page.locator(".cw-conversations").get_by_role("link", name="What is the entry fee?").click()
    expect(tab.page.locator("#cw-middle")).to_be_visible()
    expect(tab.page.locator("#cw-chat .cw-chip")).to_be_visible()


def test_a_conversation_that_cannot_be_deleted_stays_open_and_it_is_said_until_something_else_is_done(tab: Tab) -> None:
    tab.ask(HALF)
    expect(tab.page).to_have_url(re.compile(r"\?c=\w+"))
    pane(tab, "Chats")
    problem, row = tab.page.locator("#cw-conversations [role=alert]"), tab.page.locator(".cw-conversations li")
    expect(row).to_contain_text("one being written")
    tab.page.route("**/citewell/conversations?text=", lambda route: route.abort())
    expect(problem).to_contain_text("Citewell does not answer")
    expect(row).to_contain_text("one being written")
    tab.page.unroute("**/citewell/conversations?text=")
    expect(problem).to_be_empty()  # it asks again by itself

    tab.page.route("**/citewell/conversations/*", lambda route: route.abort())
    row.get_by_role("button", name="Delete").click()
    tab.page.locator("dialog[open]").get_by_role("button", name="Delete").click()
    expect(problem).to_contain_text("Citewell does not answer")
    for _ in range(2):
        with tab.page.expect_response("**/citewell/conversations?text="):
            pass
    expect(problem).to_contain_text("Citewell does not answer")
    expect(tab.page).to_have_url(re.compile(r"\?c=\w+"))
    expect(tab.page.locator("#cw-chat .user-row")).to_have_count(1)
    tab.page.unroute("**/citewell/conversations/*")
    row.get_by_role("button", name="Rename").click()
    tab.page.locator("dialog[open]").get_by_role("button", name="Rename").click()
    expect(problem).to_be_empty()
    tab.stop()


def test_a_search_that_fails_late_does_not_take_the_place_of_a_later_one(tab: Tab) -> None:
    ask(tab, "What is the entry fee?", 1)
    pane(tab, "Chats")
    rows = tab.page.locator(".cw-conversations li")
    expect(rows).to_have_count(1)
    held: list[Route] = []
    tab.page.route("**/citewell/conversations?text=zebra", lambda route: held.append(route))
    field = tab.page.get_by_role("searchbox", name="Search conversations")
    with tab.page.expect_request("**/citewell/conversations?text=zebra"):
        field.fill("zebra")
    with tab.page.expect_response("**/citewell/conversations?text=entry"):
        field.fill("entry")
    with tab.page.expect_event("requestfailed"):
        held[0].abort()
    expect(rows.get_by_role("link", name="What is the entry fee?")).to_be_visible()
    expect(tab.page.locator("#cw-conversations .cw-error")).to_be_empty()


def test_a_conversation_that_is_not_there_says_so_and_a_new_one_can_begin(tab: Tab, address: str) -> None:
    tab.open(f"{address}/?c=0123456789abcdef")
    expect(tab.page.locator("#cw-chat")).to_contain_text("not among yours")
    expect(tab.answer("What is the entry fee?")).to_contain_text("not among yours")
    tab.begin_anew()
    ask(tab, "What is the entry fee?", 1)


def test_a_thumb_and_a_remark_are_kept_and_shown_again(tab: Tab, database: Database) -> None:
    ask(tab, "What is the entry fee?", 1)
    tab.page.locator("#cw-chat").get_by_role("button", name="Dislike").click()
    tab.page.locator("dialog[open] textarea").fill("It was 25.")
    tab.page.locator("dialog[open]").get_by_role("button", name="Keep").click()
    expect(tab.page.locator("dialog[open]")).to_have_count(0)
    tab.page.reload()
    expect(tab.page.locator("#cw-chat").get_by_role("button", name="Disliked")).to_be_visible()
    store = SqlConversations(database)
    (conversation,) = store.conversations("")
    assert [(e.thumb, e.remark) for e in store.exchanges(conversation.id, "")] == [("down", "It was 25.")]


def test_a_question_asked_again_takes_the_place_of_what_came_after(tab: Tab) -> None:
    ask(tab, "What is the entry fee?", 1)
    ask(tab, f"Repeat: {OPEN}", 2)
    tab.page.locator("#cw-chat").get_by_role("button", name="Edit").first.click()
    tab.page.locator("#cw-chat textarea").fill("How much is the entry fee?")
    tab.page.locator("#cw-chat").get_by_role("button", name="Submit").click()
    expect(tab.page.locator("#cw-chat")).not_to_contain_text("Repeat")
    expect(tab.page.locator("#cw-chat .cw-chip")).to_have_count(1)
    tab.expect_idle()
    tab.page.locator("#cw-chat").get_by_role("button", name="Retry").click()
    expect(tab.page.locator("#cw-chat .cw-chip")).to_have_count(1)
    tab.expect_idle()
    tab.page.reload()
    expect(tab.page.locator("#cw-chat")).to_contain_text("How much is the entry fee?")
    expect(tab.page.locator("#cw-chat .cw-chip")).to_have_count(1)


def test_a_question_that_gets_no_answer_leaves_no_conversation(tab: Tab) -> None:
    tab.page.get_by_label("Ask fees.pdf").uncheck()
    expect(tab.answer("What is the entry fee?")).to_contain_text("No source is chosen")
    expect(tab.page).not_to_have_url(re.compile(r"\?c="))
    pane(tab, "Chats")
    expect(tab.page.locator(".cw-conversations")).to_contain_text("None yet")
    pane(tab, "Sources")
    tab.page.get_by_label("Ask fees.pdf").check()
    tab.page.locator("#cw-chat").get_by_role("button", name="Retry").click()
    expect(tab.page.locator("#cw-chat .cw-chip")).to_have_count(1)
    expect(tab.page).to_have_url(re.compile(r"\?c=\w+"))


def test_a_conversation_is_exported_as_a_file(browser: Browser, tab: Tab) -> None:
    ask(tab, "What is the entry fee?", 1)
    pane(tab, "Chats")
    texts = {}
    for form, title in (("html", "HTML"), ("md", "Markdown"), ("json", "JSON")):
        with tab.page.expect_download() as waiting:
            tab.page.locator(".cw-exports").get_by_role("link", name=title).click()
        assert waiting.value.suggested_filename == f"What-is-the-entry-fee.{form}"
        texts[form] = Path(waiting.value.path()).read_text()
        assert "entry fee" in texts[form]
    assert [each.question for each in read_exports(texts["json"], "x.json")] == ["What is the entry fee?"]
    assert json.loads(texts["json"])["answers"][0]["settings"]["passages"] == 5
    assert re.search(r"^> \*\*\(1\)\*\* fees\.pdf, .*p\. 2$", texts["md"], re.MULTILINE)
    assert "&#" not in texts["md"]
    page = browser.new_page()
    page.set_content(texts["html"])
    picture = page.locator("figure img")
    assert picture.evaluate("(img) => [img.complete, img.naturalWidth > 600, img.naturalHeight > 20]") == [True] * 3


def test_settings_hold_for_the_conversation_and_what_cannot_be_is_explained_beside_its_field(tab: Tab) -> None:
    pane(tab, "Settings")
    panel = tab.page.get_by_role("form", name="Settings of this conversation")
    longest = panel.get_by_label("Longest answer")
    longest.fill("0")
    expect(panel.locator("[data-for=max_new_tokens]")).to_contain_text("at least 1")
    expect(longest).to_have_attribute("aria-invalid", "true")
    ask(tab, "What is the entry fee?", 1)
    expect(tab.page.locator("#cw-chat")).not_to_contain_text("Cut off")

    longest.fill("3")
    expect(panel.locator("[data-for=max_new_tokens]")).to_be_empty()
    expect(longest).to_have_attribute("aria-invalid", "false")
    expect(tab.answer(f"Repeat: {OPEN}")).to_contain_text("Cut off at the length limit")
    panel.get_by_text("Advanced", exact=True).click()
    panel.get_by_label("stochastic").check()
    expect(panel.get_by_label("Beams")).to_be_hidden()
    panel.get_by_label("Temperature").fill("7")
    expect(panel.locator("[data-for=temperature]")).to_contain_text("between 0 and 5")

    tab.page.reload()
    expect(tab.page.locator("#cw-chat .bot-row")).to_have_count(2)
    pane(tab, "Settings")
    expect(longest).to_have_value("3")
    panel.get_by_role("button", name="Reset all").click()
    expect(longest).to_have_value("")
    last = tab.answer(f"Repeat: {FEE}")
    expect(last.locator(".cw-chip").first).to_be_visible()
    expect(last).not_to_contain_text("Cut off")
    tab.page.get_by_role("button", name="New conversation").click()
    expect(longest).to_have_value("")


def test_the_address_of_a_conversation_never_shows_the_empty_chat(browser: Browser, tab: Tab) -> None:
    ask(tab, "What is the entry fee?", 1)
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script(
        """addEventListener('DOMContentLoaded', () => {
             window.flashed = false;
             const look = () => {
               const chat = document.querySelector('#cw-chat');
               if (chat?.innerText.includes('Ask your documents')) window.flashed = true;
               requestAnimationFrame(look);
             };
             look();
           });"""
    )
    held: list[Route] = []
    page.route("**/static/main.js*", lambda route: held.append(route))
    page.goto(tab.page.url)
    expect(page.locator("#cw-chat .cw-chip")).to_have_count(1)
    assert not page.evaluate("window.flashed")
    page.get_by_role("button", name="New conversation").click()  # before there is anybody who listens
    held[0].continue_()
    expect(page.locator("#cw-chat")).to_contain_text("Ask your documents")
