"""Conversations outlive the app, and so do the beginning of an answer that its end cuts off, and a question."""

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from rag.stores.database import Database
from rag.stores.sql_conversations import SqlConversations
from tests.browser.conftest import FEE, HALF, OPEN, app, ask, chips
from tests.support.app_process import scripted_process
from tests.support.browser_tab import WAIT_MS, new_tab
from tests.support.documents.pdfs import write_pdf
from tests.support.scripted_app import HOLD

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_conversation_is_as_it_was_after_a_reload_and_a_restart_and_goes_on(browser: Browser, tmp_path: Path) -> None:
    with app(tmp_path) as address:
        tab = new_tab(browser, address)
        ask(tab, "What is the entry fee?", 1)
        ask(tab, f"Repeat: {OPEN}", 2)
        before, text = chips(tab), tab.page.locator("#cw-chat").inner_text()
        tab.page.reload()
        expect(tab.page.locator("#cw-chat .cw-chip")).to_have_count(2)
        expect(tab.page.locator("#cw-chat")).to_have_text(text, use_inner_text=True)
        assert chips(tab) == before
        place = tab.page.url.partition("?")[2]
    with app(tmp_path) as address:
        tab = new_tab(browser, f"{address}/?{place}")
        expect(tab.page.locator("#cw-chat .cw-chip")).to_have_count(2)
        assert chips(tab) == before
        expect(tab.page.locator("#cw-quotes")).to_contain_text(OPEN)
        tab.page.locator("#cw-chat .cw-chip").first.click()
        expect(tab.page.locator(".cw-box")).to_have_count(1)
        ask(tab, "And the entry fee, again?", 3)
        assert tab.page.url.endswith(place), "it is still the same conversation"
        assert tab.errors == []


def test_an_answer_that_an_ending_app_cuts_off_is_kept_as_far_as_it_is(browser: Browser, tmp_path: Path) -> None:
    with app(tmp_path) as address:
        tab = new_tab(browser, address)
        tab.ask(f"Repeat: {FEE} {OPEN} The entry {HOLD} fee is 20 euros.")
        expect(tab.page.locator("#cw-chat .cw-chip")).to_have_count(2)
    store = SqlConversations(Database(tmp_path / "library", embedder="minilm"))
    (conversation,) = store.conversations("")
    (exchange,) = store.exchanges(conversation.id, "")
    store.close()
    assert exchange.record["answer"].startswith(f"{FEE} {OPEN}")
    assert exchange.record["stop_reason"] == "cancelled"


def test_a_question_whose_server_was_killed_is_shown_with_the_reason_and_asked_again(
    browser: Browser, tmp_path: Path
) -> None:
    write_pdf(tmp_path / "fees.pdf", ["Contents", f"{FEE} {OPEN}"])
    with scripted_process(tmp_path, FEE, tmp_path / "fees.pdf") as (address, process):
        tab = new_tab(browser, address)
        tab.ask(HALF)
        expect(tab.page.locator("#cw-chat .cw-chip").first).to_be_visible()
        expect(tab.page).to_have_url(re.compile(r"\?c=\w+"))
        place = tab.page.url.partition("?")[2]
        process.kill()
        process.join()
    with app(tmp_path) as address:
        tab = new_tab(browser, f"{address}/?{place}")
        chat = tab.page.locator("#cw-chat")
        expect(chat.locator(".user-row")).to_contain_text(OPEN)
        lost, deadline = "Not answered: Citewell was stopped meanwhile.", time.monotonic() + WAIT_MS / 1000
        while lost not in chat.inner_text():  # until then, a server on the same library might be writing it
            assert time.monotonic() < deadline
            tab.page.reload()
            expect(chat.locator(".bot-row")).to_be_visible()
        expect(tab.page.locator("#cw-question textarea")).to_have_value(HALF)
        chat.get_by_role("button", name="Retry").click()
        expect(chat.locator(".cw-chip").first).to_be_visible()
        tab.stop()
        expect(chat).not_to_contain_text("Not answered")
        expect(chat.locator(".user-row")).to_have_count(1)
        assert tab.errors == []
