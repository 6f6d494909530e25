"""The chat by itself: a model that says what it is told and holds where it is told, so that all of it can be seen."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.support.app_process import scripted
from tests.support.browser_tab import WAIT_MS, Tab
from tests.support.scripted_app import HOLD, release, tale

pytestmark = pytest.mark.browser

NOTES = """# Trees

The birch is a white tree. The yew is a poisonous tree. The oak is a tree of 40 metres.

# 2. How old does an oak get?

An oak grows for 300 years.
"""
HALF = f"The birch is a white tree. The yew {HOLD} is a poisonous tree."
"""What is answered where a question has no "Repeat:"."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("chat")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    (folder / "notes.md").write_text(NOTES)
    with scripted(folder, HALF, folder / "notes.md") as url:
        yield url


def another(tab: Tab, address: str) -> Tab:
    """Open another tab of the same browser."""
    other = Tab(tab.page.context.new_page())
    other.open(address)
    return other


def test_a_question_after_small_talk_is_answered(tab: Tab, folder: Path) -> None:
    tab.ask("What can you do?")
    expect(tab.page.locator("#cw-chat")).to_contain_text("I answer questions about the documents", timeout=WAIT_MS)
    tab.expect_idle()
    expect(tab.page.locator("#cw-chat")).not_to_contain_text("Searched for")
    tab.ask("What is a birch?")
    expect(tab.page.locator("#cw-chat .cw-chip").first).to_be_visible(timeout=WAIT_MS)
    release(folder)
    tab.expect_idle()
    assert tab.errors == []


@pytest.mark.slow
def test_a_question_is_told_while_it_is_typed_and_when_it_is_pointed_at(tab: Tab) -> None:
    suggestion = tab.page.locator("#cw-chat .examples button").first
    expect(suggestion).to_be_visible(timeout=WAIT_MS)
    with tab.page.expect_response("**/citewell/read-ahead") as told:
        suggestion.hover()
    assert told.value.json() == {"on": True}
    assert suggestion.inner_text() in (told.value.request.post_data or "")
    with tab.page.expect_response("**/citewell/read-ahead") as told:
        tab.page.locator("#cw-question textarea").press_sequentially("What is a birch")
    assert '"question":"What is a birch"' in (told.value.request.post_data or "")
    tab.page.locator("#cw-question textarea").fill("")


def test_the_answer_grows_while_it_is_written(tab: Tab, folder: Path) -> None:
    parts = [
        "The birch",
        "is a white",
        "tree. The yew",
        "is a poisonous",
        "tree. The oak",
        "is a tree of",
        "40 metres.",
    ]
    tab.ask(f"Repeat: {f' {HOLD} '.join(parts)}")
    answer = tab.page.locator("#cw-chat .bot .prose").last
    for written, coming in pairwise(parts):
        expect(answer).to_contain_text(written.split()[-1], timeout=WAIT_MS)
        expect(answer).not_to_contain_text(coming.split(maxsplit=1)[-1])
        release(folder)
    tab.expect_idle()
    expect(answer).to_contain_text("40 metres.")


def test_stop_halts_an_answer_long_before_its_end_and_says_so(tab: Tab) -> None:
    tab.ask("What is a birch?")
    expect(tab.page.locator("#cw-chat .cw-chip").first).to_be_visible(timeout=WAIT_MS)
    tab.page.locator("#cw-question button.stop-button").click()
    expect(tab.page.locator("#cw-chat")).to_contain_text("Stopped.", timeout=WAIT_MS)
    tab.expect_idle()
    expect(tab.page.locator("#cw-chat")).not_to_contain_text("poisonous")


@pytest.mark.slow
def test_a_question_entered_the_moment_the_box_is_ready_is_asked(tab: Tab) -> None:
    tab.ask("Repeat: The birch is a white tree.")
    tab.page.evaluate(
        """() => new Promise((resolve) => {
             const box = document.querySelector('#cw-question');
             new MutationObserver((_, observer) => {
               if (!box.querySelector('button.submit-button')) return;
               observer.disconnect();
               const field = box.querySelector('textarea');
               field.value = 'Repeat: The yew is a poisonous tree.';
               field.dispatchEvent(new Event('input', {bubbles: true}));
               requestAnimationFrame(() => {
                 field.dispatchEvent(new KeyboardEvent('keypress', {key: 'Enter', bubbles: true, cancelable: true}));
                 resolve();
               });
             }).observe(box, {subtree: true, childList: true});
           })"""
    )
    expect(tab.page.locator("#cw-chat .user-row")).to_have_count(2)
    expect(tab.page.locator("#cw-chat .cw-chip")).to_have_count(2)
    tab.expect_idle()


@pytest.mark.slow
def test_a_question_that_overtakes_the_loading_of_the_page_is_asked(browser: Browser, address: str) -> None:
    tab, held = Tab(browser.new_page()), list[Route]()

    def question_first(route: Route) -> None:
        if tab.joined and "yew" not in "".join(tab.joined):
            held.append(route)
        else:
            route.fulfill(response=route.fetch())
            while held:
                held.pop(0).continue_()

    tab.page.route("**/queue/join*", question_first)
    tab.page.add_init_script(
        """new MutationObserver((_, observer) => {
             const field = document.querySelector('#cw-question textarea');
             if (!field) return;
             observer.disconnect();
             setTimeout(() => {
               field.value = 'Repeat: The yew is a poisonous tree.';
               field.dispatchEvent(new Event('input', {bubbles: true}));
               field.dispatchEvent(new KeyboardEvent('keypress', {key: 'Enter', bubbles: true, cancelable: true}));
             }, 20);
           }).observe(document, {subtree: true, childList: true})"""
    )
    tab.open(address)
    expect(tab.page.locator("#cw-chat .cw-chip")).to_have_count(1)
    tab.expect_idle()
    tab.page.unroute_all(behavior="wait")  # one that is under way when the page closes would fail the next test


def test_a_second_tab_is_answered_while_the_first_one_streams(tab: Tab, address: str) -> None:
    tab.ask("What is a birch?")
    second = another(tab, address)
    second.ask("Repeat: The yew is a poisonous tree.")
    expect(second.page.locator("#cw-chat .cw-chip")).to_have_text("1", timeout=WAIT_MS)
    second.expect_idle()
    expect(tab.page.locator("#cw-question button.stop-button")).to_be_visible()
    tab.page.locator("#cw-question button.stop-button").click()
    tab.expect_idle()


@pytest.mark.slow
def test_a_browser_that_vanishes_in_mid_answer_leaves_a_working_app(tab: Tab, address: str, folder: Path) -> None:
    for _ in range(3):
        gone = another(tab, address)
        gone.ask("What is a birch?")
        gone.page.close()
        release(folder)
    tab.ask("Repeat: The yew is a poisonous tree.")
    expect(tab.page.locator("#cw-chat .cw-chip")).to_have_text("1", timeout=WAIT_MS)


@pytest.mark.slow
def test_what_is_being_done_is_said_while_it_is_done(tab: Tab) -> None:
    log = tab.page.get_by_role("log")  # read out by screen readers, which is why nothing else says it
    tab.ask("Wait before you answer: what is a birch?")
    expect(log).to_contain_text(re.compile("Reading [0-9]+ passage"), timeout=WAIT_MS)
    assert tab.page.get_by_text(re.compile("Reading [0-9]+ passage")).count() == 1
    status = tab.page.locator("#cw-status")
    expect(status).to_have_text("")
    tab.page.locator("#cw-question button.stop-button").click()
    tab.expect_idle()
    expect(status).to_have_text("")  # tokens are told of when four fifths of them are used


@pytest.mark.slow
def test_thinking_is_named_while_it_lasts_and_opened_on_demand(tab: Tab, folder: Path) -> None:
    tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    thought = f"Birches are white, {HOLD} so <b>it</b> must be another one."
    tab.ask(f"Think: {thought} Repeat: The yew is a poisonous tree.")
    expect(tab.page.get_by_role("log")).to_contain_text("Thinking …", timeout=WAIT_MS)
    expect(tab.page.locator("#cw-status")).to_have_text("")
    release(folder)
    tab.expect_idle()
    chat = tab.page.locator("#cw-chat .bot")
    thinking = chat.get_by_text("so <b>it</b> must be another one.")
    expect(chat.locator(".cw-chip")).to_have_count(1)
    expect(thinking).to_be_hidden()
    chat.get_by_text("Thinking", exact=True).click()
    expect(thinking).to_be_visible()
    tab.page.locator("#cw-chat .bot-row + .message-buttons").get_by_label("Copy message").click()
    tab.page.wait_for_function("navigator.clipboard.readText().then((text) => text.includes('yew'))")
    assert tab.page.evaluate("navigator.clipboard.readText()").startswith("The yew is a poisonous tree. [1]")
    tab.page.reload()
    expect(chat.get_by_text("Thinking", exact=True)).to_be_visible(timeout=WAIT_MS)
    expect(thinking).to_be_hidden()


def test_a_question_can_be_asked_again_and_edited(tab: Tab, folder: Path) -> None:
    tab.ask("Repeat: The yew is a poisonous tree.")
    tab.expect_idle()
    tab.ask(f"Repeat: {HOLD} The birch is a white tree.")
    release(folder)
    tab.expect_idle()
    chat = tab.page.locator("#cw-chat")
    chat.get_by_label("Retry").click()
    expect(tab.page.locator("#cw-question button.stop-button")).to_be_visible(timeout=WAIT_MS)
    release(folder)
    tab.expect_idle()
    expect(chat.locator(".user-row")).to_have_count(2)
    expect(chat.locator(".bot-row").last).to_contain_text("The birch is a white tree.")
    chat.get_by_label("Edit").first.click()
    chat.locator("textarea").first.fill("Repeat: The oak is a tree of 40 metres.")
    chat.get_by_label("Submit").click()
    expect(chat.locator(".bot-row")).to_have_count(1, timeout=WAIT_MS)
    expect(chat.locator(".bot-row")).to_contain_text("40 metres", timeout=WAIT_MS)
    tab.expect_idle()


@pytest.mark.slow
def test_a_question_with_signs_of_markdown_and_html_is_edited_as_it_was_typed(tab: Tab) -> None:
    tab.ask("Is <b>x[0] & y</b> a tree? Repeat: The yew is a poisonous tree.")
    tab.expect_idle()
    tab.page.locator("#cw-chat").get_by_label("Edit", exact=True).click()
    expect(tab.page.get_by_label("Edit the question")).to_have_value(
        "Is <b>x[0] & y</b> a tree? Repeat: The yew is a poisonous tree."
    )


@pytest.mark.slow
def test_the_empty_chat_suggests_questions_that_the_documents_answer(tab: Tab) -> None:
    suggested = tab.page.locator("#cw-chat .examples button")
    expect(suggested.first).to_have_text("How old does an oak get?", timeout=WAIT_MS)
    suggested.first.click()
    expect(tab.page.locator("#cw-chat .user-row")).to_contain_text("How old does an oak get?")
    tab.page.locator("#cw-question button.stop-button").click()
    tab.expect_idle()


@pytest.mark.slow
def test_a_copied_answer_has_its_numbers_marks_and_sources_as_text(tab: Tab) -> None:
    tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.ask("Repeat: The yew is a poisonous tree. Elephants are painted green on Mondays.")
    expect(tab.page.locator("#cw-chat .cw-unsupported")).to_be_visible(timeout=WAIT_MS)
    tab.expect_idle()
    tab.page.locator("#cw-chat .bot-row + .message-buttons").get_by_label("Copy message").click()
    tab.page.wait_for_function("navigator.clipboard.readText().then((text) => text.includes('yew'))")
    text = tab.page.evaluate("navigator.clipboard.readText()")
    assert "The yew is a poisonous tree. [1]" in text
    assert "Elephants are painted green on Mondays. (not in the sources)" in text
    assert text.endswith("[1] notes.md, Trees, line 3: The yew is a poisonous tree.")


@pytest.mark.slow
def test_what_no_source_supports_is_told_in_words_and_not_by_colour_alone(tab: Tab) -> None:
    tab.ask(
        "Repeat: The yew is a poisonous tree. Elephants are painted green on Mondays. The oak is a tree of 90 metres."
    )
    tab.expect_idle()
    expect(tab.page.locator("#cw-chat .cw-unsupported")).to_have_text("✕ not in the sources")
    expect(tab.page.locator("#cw-chat .cw-weak")).to_have_text("? partly supported")


@pytest.mark.slow
def test_an_item_that_no_source_has_is_left_out_of_a_list_and_counted_below_it(tab: Tab) -> None:
    tab.ask(
        "List all the trees. Repeat:\n- The yew is a poisonous tree.\n- Elephants are painted green on Mondays.\n"
        "- The birch is a white tree."
    )
    tab.expect_idle()
    answer = tab.page.locator("#cw-chat .bot")
    expect(answer.locator("li")).to_have_count(2)
    expect(answer).not_to_contain_text("Elephants")
    note = answer.locator(".cw-note").last
    expect(note).to_contain_text("1 item that no source has was left out. Gathered from")
    tab.page.reload()
    expect(note).to_contain_text("1 item that no source has was left out.", timeout=WAIT_MS)


@pytest.mark.slow
def test_the_answer_does_not_jump_while_it_is_written(tab: Tab, folder: Path) -> None:
    """The parts around the chat stay where they are, once the first quote has opened the right pane."""
    words = tale().split()
    tab.ask(f"Repeat: {' '.join([*words[:12], HOLD, *words[12:60], HOLD, *words[60:]])}")
    expect(tab.page.locator("#cw-quotes .cw-card").first).to_be_visible(timeout=WAIT_MS)
    places = """() => ['#cw-chat', '#cw-question', '#cw-left', '#cw-right'].map((selector) => {
                  const {top, left, width} = document.querySelector(selector).getBoundingClientRect();
                  return [top, left, width].map(Math.round);
                })"""
    before = tab.page.evaluate(
        f"""async () => {{
              const places = {places};
              let last = '', frames = 0;
              while (frames < 30) {{
                await new Promise(requestAnimationFrame);
                const now = JSON.stringify(places());
                frames = now === last ? frames + 1 : 0;
                last = now;
              }}
              return places();
            }}"""
    )
    release(folder)
    expect(tab.page.locator("#cw-chat .cw-chip").nth(3)).to_be_visible(timeout=WAIT_MS)
    assert tab.page.evaluate(places) == before
    tab.page.locator("#cw-question button.stop-button").click()
    tab.expect_idle()
    assert tab.page.evaluate(places) == before
