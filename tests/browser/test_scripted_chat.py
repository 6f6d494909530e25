"""The chat by itself: a model that says what it is told and holds where it is told, so that all of it can be seen."""

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.conftest import FEE, HALF, OPEN, ask, clipboard
from tests.support.browser_tab import Tab
from tests.support.scripted_app import HOLD, release

pytestmark = pytest.mark.browser

NONSENSE = "Elephants are painted green on Mondays."


@pytest.mark.slow
def test_the_answer_grows_while_it_is_written(tab: Tab, folder: Path) -> None:
    parts = ["The entry fee", "is 20 euros.", "The office opens", "at nine."]
    tab.ask(f"Repeat: {f' {HOLD} '.join(parts)}")
    answer = tab.page.locator("#cw-chat .bot .prose").last
    for written, coming in pairwise(parts):
        expect(answer).to_contain_text(written.split()[-1])
        expect(answer).not_to_contain_text(coming.split(maxsplit=1)[-1])
        release(folder)
    tab.expect_idle()
    expect(answer).to_contain_text("at nine.")


def test_stop_halts_an_answer_long_before_its_end_and_says_so(tab: Tab) -> None:
    tab.ask(HALF)
    expect(tab.page.locator("#cw-chat .cw-chip").first).to_be_visible()
    tab.page.locator("#cw-question button.stop-button").click()
    answer = tab.page.locator("#cw-chat .bot")
    expect(answer).to_contain_text("Stopped.")
    tab.expect_idle()
    expect(answer).not_to_contain_text("20 euros")


@pytest.mark.slow
def test_a_question_is_told_while_it_is_typed_and_when_it_is_pointed_at(tab: Tab) -> None:
    tab.upload_texts({"oaks.md": "# How old does an oak get?\n\nAn oak grows for 300 years."})
    tab.page.reload()
    question = "How old does an oak get?"
    suggestion = tab.page.locator("#cw-chat .examples button", has_text=question)
    with tab.page.expect_response("**/citewell/read-ahead") as told:
        suggestion.hover()
    assert told.value.json() == {"on": True}
    assert question in (told.value.request.post_data or "")
    with tab.page.expect_response("**/citewell/read-ahead") as told:
        tab.page.locator("#cw-question textarea").press_sequentially("What is a fee")
    assert '"question":"What is a fee"' in (told.value.request.post_data or "")
    tab.page.locator("#cw-question textarea").fill("")
    suggestion.click()
    expect(tab.page.locator("#cw-chat .user-row")).to_contain_text(question)
    tab.expect_idle()


@pytest.mark.slow
def test_a_question_entered_the_moment_the_box_is_ready_is_asked(tab: Tab, folder: Path) -> None:
    tab.ask(HALF)
    expect(tab.page.locator("#cw-question button.stop-button")).to_be_visible()
    tab.page.evaluate(
        """(question) => {
             const box = document.querySelector('#cw-question');
             window.entered = new Promise((resolve) => {
               new MutationObserver((_, observer) => {
                 if (!box.querySelector('button.submit-button')) return;
                 observer.disconnect();
                 const field = box.querySelector('textarea');
                 field.value = question;
                 field.dispatchEvent(new Event('input', {bubbles: true}));
                 requestAnimationFrame(() => {
                   field.dispatchEvent(new KeyboardEvent('keypress', {key: 'Enter', bubbles: true, cancelable: true}));
                   resolve();
                 });
               }).observe(box, {subtree: true, childList: true});
             });
           }""",
        f"Repeat: {OPEN}",
    )
    release(folder)
    tab.page.evaluate("window.entered")
    expect(tab.page.locator("#cw-chat .user-row")).to_have_count(2)
    expect(tab.page.locator("#cw-chat .cw-chip")).to_have_count(3)
    tab.expect_idle()


@pytest.mark.slow
def test_a_question_that_overtakes_the_loading_of_the_page_is_asked(browser: Browser, address: str) -> None:
    tab, held = Tab(browser.new_page()), list[Route]()

    def question_first(route: Route) -> None:
        if tab.joined and OPEN not in "".join(tab.joined):
            held.append(route)
        else:
            route.fulfill(response=route.fetch())
            while held:
                held.pop(0).continue_()

    tab.page.route("**/queue/join*", question_first)
    tab.page.add_init_script(
        f"const question = {json.dumps(f'Repeat: {OPEN}')};"
        """new MutationObserver((_, observer) => {
             const field = document.querySelector('#cw-question textarea');
             if (!field) return;
             observer.disconnect();
             setTimeout(() => {
               field.value = question;
               field.dispatchEvent(new Event('input', {bubbles: true}));
               field.dispatchEvent(new KeyboardEvent('keypress', {key: 'Enter', bubbles: true, cancelable: true}));
             }, 20);
           }).observe(document, {subtree: true, childList: true})"""
    )
    tab.open(address)
    expect(tab.page.locator("#cw-chat .cw-chip")).to_have_count(1)
    tab.expect_idle()
    tab.page.unroute_all(behavior="wait")  # one that is under way when the page closes would fail the next test


def test_an_item_that_no_source_has_is_left_out_of_a_list_and_counted_below_it(tab: Tab) -> None:
    answer = tab.answer(f"List what is said of the fee and the office. Repeat:\n- {FEE}\n- {NONSENSE}\n- {OPEN}")
    expect(answer.locator("li")).to_have_count(2)
    expect(answer).not_to_contain_text("Elephants")
    note = answer.locator(".cw-note").last
    expect(note).to_contain_text("1 item that no source has was left out.")
    tab.page.reload()
    expect(note).to_contain_text("1 item that no source has was left out.")


@pytest.mark.slow
def test_a_second_tab_is_answered_while_the_first_one_streams(tab: Tab, address: str) -> None:
    tab.ask(HALF)
    second = Tab(tab.page.context.new_page())
    second.open(address)
    ask(second, f"Repeat: {FEE}", 1)
    expect(tab.page.locator("#cw-question button.stop-button")).to_be_visible()
    tab.stop()


@pytest.mark.slow
def test_a_browser_that_vanishes_in_mid_answer_leaves_a_working_app(tab: Tab, address: str, folder: Path) -> None:
    for _ in range(3):
        gone = Tab(tab.page.context.new_page())
        gone.open(address)
        gone.ask(HALF)
        gone.page.close()
        release(folder)
    ask(tab, f"Repeat: {FEE}", 1)


@pytest.mark.slow
def test_what_is_being_done_is_said_while_it_is_done(tab: Tab) -> None:
    log = tab.page.get_by_role("log")  # read out by screen readers, which is why nothing else says it
    tab.ask("Wait before you answer: what is the entry fee?")
    expect(log).to_contain_text(re.compile("Reading [0-9]+ passage"))
    assert tab.page.get_by_text(re.compile("Reading [0-9]+ passage")).count() == 1
    status = tab.page.locator("#cw-status")
    expect(status).to_have_text("")
    tab.stop()
    expect(status).to_have_text("")  # tokens are told of when four fifths of them are used


@pytest.mark.slow
def test_an_answer_that_is_stopped_before_its_first_word_is_no_refusal(tab: Tab) -> None:
    tab.ask("Wait before you answer: what is the entry fee?")
    answer = tab.page.locator("#cw-chat .bot").last
    expect(answer).to_contain_text("Reading")
    tab.stop()
    expect(answer).not_to_contain_text("could not find")
    tab.page.reload()
    expect(answer).to_contain_text("Stopped.")
    ask(tab, f"Repeat: {FEE}", 1)


@pytest.mark.slow
def test_thinking_is_named_while_it_lasts_and_opened_on_demand(tab: Tab, folder: Path) -> None:
    thought = f"Fees are high, {HOLD} so <b>it</b> must be another one."
    tab.ask(f"Think: {thought} Repeat: {FEE}")
    expect(tab.page.get_by_role("log")).to_contain_text("Thinking …")
    expect(tab.page.locator("#cw-status")).to_have_text("")
    release(folder)
    tab.expect_idle()
    chat = tab.page.locator("#cw-chat .bot")
    thinking = chat.get_by_text("so <b>it</b> must be another one.")
    expect(chat.locator(".cw-chip")).to_have_count(1)
    expect(thinking).to_be_hidden()
    chat.get_by_text("Thinking", exact=True).click()
    expect(thinking).to_be_visible()
    assert copied(tab).startswith(f"{FEE} [1]")
    tab.page.reload()
    expect(chat.get_by_text("Thinking", exact=True)).to_be_visible()
    expect(thinking).to_be_hidden()


def copied(tab: Tab) -> str:
    """Copy the answer, and return what is on the clipboard."""
    tab.page.locator("#cw-chat .bot-row + .message-buttons").get_by_label("Copy message").click()
    return clipboard(tab, "fee")


@pytest.mark.slow
def test_a_copied_answer_has_its_numbers_marks_and_sources_as_text(tab: Tab) -> None:
    expect(tab.answer(f"Repeat: {FEE} {NONSENSE}").locator(".cw-unsupported")).to_be_visible()
    text = copied(tab)
    assert f"{FEE} [1]" in text
    assert f"{NONSENSE} (not in the sources)" in text
    assert text.endswith(f"p. 2: {FEE}")


@pytest.mark.slow
def test_a_question_with_signs_of_markdown_and_html_is_edited_as_it_was_typed(tab: Tab) -> None:
    question = f"Is <b>x[0] & y</b> a fee? Repeat: {FEE}"
    ask(tab, question, 1)
    tab.page.locator("#cw-chat").get_by_label("Edit", exact=True).click()
    expect(tab.page.get_by_label("Edit the question")).to_have_value(question)


@pytest.mark.slow
def test_sending_and_stopping_have_names_and_nothing_looks_as_if_it_deleted_what_is_only_left(tab: Tab) -> None:
    tab.page.locator("#cw-question textarea").fill("What is the entry fee?")
    tab.page.get_by_role("button", name="Send", exact=True).click()
    expect(tab.page.locator("#cw-chat .cw-chip")).to_have_count(1)
    tab.expect_idle()
    expect(tab.page.get_by_role("button", name="Clear", exact=True)).to_have_count(0)
    tab.ask(HALF)
    tab.page.get_by_role("button", name="Stop", exact=True).click()
    expect(tab.page.locator("#cw-chat")).to_contain_text("Stopped.")
    tab.expect_idle()
