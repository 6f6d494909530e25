"""Conversations outlive the app, and so does the beginning of an answer that its end cuts off."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from rag.stores.sqlite_conversations import SqliteConversations
from tests.browser.conftest import FEE, OPEN, app, ask, chips
from tests.support.browser_tab import WAIT_MS, new_tab

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_conversation_is_as_it_was_after_a_reload_and_a_restart_and_goes_on(browser: Browser, tmp_path: Path) -> None:
    with app(tmp_path) as address:
        tab = new_tab(browser, address)
        ask(tab, "What is the entry fee?", 1)
        ask(tab, f"Repeat: {OPEN}", 2)
        before, text = chips(tab), tab.page.locator("#cw-chat").inner_text()
        tab.page.reload()
        expect(tab.page.locator("#cw-chat .cw-chip")).to_have_count(2, timeout=WAIT_MS)
        expect(tab.page.locator("#cw-chat")).to_have_text(text, use_inner_text=True, timeout=WAIT_MS)
        assert chips(tab) == before
        place = tab.page.url.partition("?")[2]
    with app(tmp_path) as address:
        tab = new_tab(browser, f"{address}/?{place}")
        expect(tab.page.locator("#cw-chat .cw-chip")).to_have_count(2, timeout=WAIT_MS)
        assert chips(tab) == before
        expect(tab.page.locator("#cw-quotes")).to_contain_text(OPEN)
        tab.page.locator("#cw-chat .cw-chip").first.click()
        expect(tab.page.locator(".cw-box")).to_have_count(1, timeout=WAIT_MS)
        ask(tab, "And the entry fee, again?", 3)
        assert tab.page.url.endswith(place), "it is still the same conversation"
        assert tab.errors == []


def test_an_answer_that_an_ending_app_cuts_off_is_kept_as_far_as_it_is(browser: Browser, tmp_path: Path) -> None:
    with app(tmp_path) as address:
        tab = new_tab(browser, address)
        tab.ask("Repeat slowly: " + " ".join([FEE, OPEN] * 30))
        expect(tab.page.locator("#cw-chat .cw-chip")).to_have_count(2, timeout=WAIT_MS)
    store = SqliteConversations(tmp_path / "library", embedder="minilm")
    (conversation,) = store.conversations("")
    (exchange,) = store.exchanges(conversation.id, "")
    store.close()
    assert exchange.record["answer"].startswith(f"{FEE} {OPEN}")
    assert exchange.record["stop_reason"] == "cancelled"
