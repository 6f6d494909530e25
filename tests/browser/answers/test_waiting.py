"""A question that has to wait for others says so, and is answered in its turn."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import FEE
from tests.support.app_process import scripted
from tests.support.browser_tab import new_tab
from tests.support.documents.pdfs import write_pdf

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_who_waits_sees_for_how_many_questions_and_too_many_are_refused(browser: Browser, tmp_path: Path) -> None:
    write_pdf(tmp_path / "fees.pdf", [FEE])
    with scripted(tmp_path, FEE, tmp_path / "fees.pdf", answers_at_once="1", answers_waiting="1") as url:
        first, second, third = (new_tab(browser, url) for _ in range(3))
        first.ask("Wait before you answer: what is the entry fee?")
        expect(first.page.locator("#cw-question button.stop-button")).to_be_visible()
        second.ask("What is the fee?")
        expect(second.page.locator("#cw-chat .bot")).to_contain_text("Waiting for 1 question …")
        third.ask("Which fee is there?")
        expect(third.page.locator("#cw-chat")).to_contain_text("1 question is waiting already")
        expect(third.page.locator("#cw-question textarea")).to_have_value("Which fee is there?")
        first.page.locator("#cw-question button.stop-button").click()
        expect(second.page.locator("#cw-chat .cw-chip")).to_have_count(1)
        assert [tab.errors for tab in (first, second, third)] == [[], [], []]
        for tab in (first, second, third):
            tab.page.close()
