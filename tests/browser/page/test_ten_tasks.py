"""A newcomer does ten tasks without a dead end: with a mouse, and with nothing but the keyboard.

Questions are typed into the box that the hand itself has gone to. Before the last task the server is ended and begun
again. Only the file dialog is the system's own: the test answers it.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.page.hands import Keyboard, Mouse
from tests.browser.page.newcomer import Newcomer, done, restartable
from tests.support.app_process import scripted
from tests.support.browser_tab import new_tab

pytestmark = pytest.mark.browser

OVERVIEW = "The club had 140 members in 2023. Its hall was painted in May. It moved to Lake Street in June."


@pytest.mark.parametrize("hand", [Mouse, pytest.param(Keyboard, marks=pytest.mark.slow)])
def test_ten_tasks_are_done_without_a_dead_end(
    browser: Browser, tmp_path: Path, hand: type[Mouse] | type[Keyboard]
) -> None:
    with restartable(lambda: scripted(tmp_path, OVERVIEW)) as start:
        tab = new_tab(browser, start())
        newcomer = Newcomer(tab, hand(tab.page), tmp_path, start, scripted=True)
        faults = {name: fault for name, _, fault in done(newcomer) if fault}
    assert faults == {}, faults  # where assertions are not rewritten, it says which task
    assert tab.errors == []
    assert tab.hosts == {"127.0.0.1"}
