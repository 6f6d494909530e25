"""Two ways to use the page: with a mouse, and with nothing but the keyboard."""

from pathlib import Path
from typing import Protocol

from playwright.sync_api import Locator, Page, expect

_MOST_TABS = 150
_MOST_ARROWS = 20
_HAS_FOCUS = "(element) => element === document.activeElement"
_LISTS = "#cw-documents, .cw-conversations, .cw-notes"
_SHARES = "(element, within) => !!element.closest(within)?.contains(document.activeElement)"


class Hand(Protocol):
    """Use what a locator finds, as a person would who sees it."""

    def press(self, target: Locator) -> None:
        """Have a button, link, tab or tick do what it does."""

    def write(self, field: Locator, text: str) -> None:
        """Go to a field, write a text into it and send it."""

    def choose_files(self, field: Locator, *paths: Path) -> None:
        """Choose files in the dialog of a file field."""


class Mouse:
    def __init__(self, page: Page) -> None:
        self._page = page

    def press(self, target: Locator) -> None:
        target.hover()
        target.click()

    def write(self, field: Locator, text: str) -> None:
        self.press(field)
        _type(self._page, field, text)

    def choose_files(self, field: Locator, *paths: Path) -> None:
        field.set_input_files(paths)


class Keyboard:
    """Tab, arrows, Enter and letters only: what they cannot reach is an error."""

    def __init__(self, page: Page) -> None:
        self._page = page
        page.on("filechooser", lambda _: None)  # dialogs are caught from here on; from the key on may be too late

    def press(self, target: Locator) -> None:
        self._go_to(target)
        self._page.keyboard.press("Enter")

    def write(self, field: Locator, text: str) -> None:
        self._go_to(field)
        _type(self._page, field, text)

    def choose_files(self, field: Locator, *paths: Path) -> None:
        self._go_to(field)
        with self._page.expect_event("filechooser") as chooser:
            self._page.keyboard.press("Space")
        chooser.value.set_files(paths)

    def _go_to(self, target: Locator) -> None:
        """Press Tab until the target has the focus; a list is one stop, and has its arrows."""
        expect(target).to_be_attached()
        for _ in range(_MOST_TABS):
            if target.evaluate(_HAS_FOCUS):
                return
            if target.evaluate(_SHARES, _LISTS) and self._go_along(target):
                return
            self._page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not reach {target}")

    def _go_along(self, target: Locator) -> bool:
        """Go to the target in a list that has the focus: to its row, then along it; return whether that led there."""
        self._page.keyboard.press("Home")
        for key, end, within in (("ArrowDown", _SHARES, "li, .cw-all"), ("ArrowRight", _HAS_FOCUS, "")):
            for _ in range(_MOST_ARROWS):
                if target.evaluate(end, within):
                    break
                self._page.keyboard.press(key)
        return bool(target.evaluate(_HAS_FOCUS))


def _type(page: Page, field: Locator, text: str) -> None:
    """Type into what has the focus: the field, or the test has found that it has not."""
    expect(field).to_be_focused()
    page.keyboard.type(text)
    expect(field).to_have_value(text)
    page.keyboard.press("Enter")
