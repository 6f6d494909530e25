"""What a person should know of a document that was read: pages without text, pages read by OCR, what was left out."""

from rag.errors import DocumentError
from rag.types import Page, PageState

BLANK = "blank"
"""Note of a page on which there is nothing: that has no text, and nobody misses any."""

_LISTED = 8
_NOTES = 3

_SAID: dict[PageState, str] = {
    "empty": "{} of {} pages have no text (scanned?)",
    "failed": "{} of {} pages cannot be read",
    "ocr": "{} of {} pages were recognised from their images",
}


class Notes:
    """Gathers, page by page."""

    def __init__(self) -> None:
        self.invisible = 0
        self._pages = 0
        self._has_text = False
        self._numbers: dict[PageState, list[int]] = {state: [] for state in _SAID}
        self._counts: dict[PageState, int] = dict.fromkeys(_SAID, 0)
        self._noted: list[str] = []

    def add(self, page: Page, invisible: int) -> None:
        """Take note of a page, and of the invisible characters that were left out of it."""
        self._pages += 1
        self._has_text = self._has_text or bool(page.text)
        self.invisible += invisible
        if page.state == "empty" and page.note == BLANK:
            return
        if page.state != "ready":
            self._counts[page.state] += 1
            self._numbers[page.state] = [*self._numbers[page.state], page.number][: _LISTED + 1]
        elif page.note and page.note not in self._noted and len(self._noted) < _NOTES:
            self._noted.append(page.note)

    def require_text(self) -> None:
        """Raise a `DocumentError` if no page has text."""
        if not self._has_text:
            raise DocumentError(
                f"it has no text but {count_invisible(self.invisible)}" if self.invisible else "it has no text"
            )

    def text(self) -> str:
        """All of it as one line, "" if there is nothing to say."""
        said = []
        for state, phrase in _SAID.items():
            numbers = self._numbers[state]
            if numbers:
                listed = ", ".join(map(str, numbers[:_LISTED])) + (" …" if len(numbers) > _LISTED else "")
                said.append(f"{phrase.format(self._counts[state], self._pages)}: {listed}")
        if self.invisible:
            said.append(f"{count_invisible(self.invisible)} removed")
        return "; ".join([*said, *self._noted])


def count_invisible(number: int) -> str:
    """So many invisible characters, in words."""
    return f"{number:,} invisible character{'' if number == 1 else 's'}"
