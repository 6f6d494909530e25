"""The main flow in Firefox: a question, its answer and quotes, the page of a quote, and what keys do."""

from pathlib import Path

import pytest

from tests.browser.conftest import FEE, HALF
from tests.browser.reach.firefox import Firefox, firefox, installed_firefox

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(installed_firefox() is None, reason="needs Firefox (apt-get install firefox-esr)"),
]


def ask(browser: Firefox, question: str) -> None:
    browser.run("document.querySelector('#cw-question textarea').focus()")
    browser.press(f"{question}\ue007")


def test_a_question_is_answered_its_quote_opened_and_another_answer_stopped(address: str, tmp_path: Path) -> None:
    with firefox(tmp_path) as browser:
        browser.open(address)
        browser.wait_for("document.querySelector('#cw-question textarea')")
        browser.wait_for("document.querySelector('#cw-documents .cw-doc')")
        ask(browser, "What is the entry fee?")
        browser.wait_for("document.querySelector('#cw-chat .cw-chip')")
        assert FEE in browser.run("document.querySelector('#cw-chat').textContent")
        browser.run("document.querySelector('#cw-chat .cw-chip').click()")
        browser.wait_for("document.querySelector('#cw-viewer .cw-picture img')?.complete")
        browser.wait_for("document.querySelector('#cw-viewer .cw-box')")
        assert browser.run("document.querySelector('#cw-viewer .cw-picture img').naturalWidth") > 0
        browser.wait_for("document.querySelector('#cw-question button.submit-button')")
        ask(browser, HALF)
        browser.wait_for("document.querySelector('#cw-question button.stop-button')")
        browser.run("document.querySelector('#cw-question button.stop-button').click()")
        browser.wait_for("document.querySelector('#cw-chat').textContent.includes('Stopped.')")
        browser.run("document.activeElement.blur()")
        browser.press("?")
        browser.wait_for("document.querySelector('dialog[open]')")
        assert browser.errors == []
