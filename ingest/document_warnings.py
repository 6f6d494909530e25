"""Warnings about a document that was read: pages without text, pages read by OCR, content left out."""

from rag.errors import DocumentError
from rag.types import Page, PageState

UNSURE = "recognised, but unsure"
"""How the note of a recognised page begins, or goes on, whose text may be wrong in many places."""

BLANK = "blank"
"""Note of a page with nothing on it: it has no text, and none is expected."""

_MAX_NUMBERS = 8
_MAX_NOTES = 3

_PHRASES: dict[PageState, str] = {
    "empty": "{} of {} pages have no text (scanned?)",
    "failed": "{} of {} pages cannot be read",
    "ocr": "{} of {} pages were recognised from their images",
}


class DocumentWarnings:
    """Collect warnings page by page."""

    def __init__(self) -> None:
        self.invisible = 0
        self._pages = 0
        self._has_text = self._has_words = False
        self._numbers: dict[PageState, list[int]] = {state: [] for state in _PHRASES}
        self._counts: dict[PageState, int] = dict.fromkeys(_PHRASES, 0)
        self._notes: list[str] = []
        self._unsure = 0

    def add(self, page: Page, invisible: int) -> None:
        """Add a page and the number of invisible characters removed from it."""
        self._pages += 1
        self._has_text = self._has_text or bool(page.text)
        self._has_words = self._has_words or any(map(str.isalnum, page.text))
        self.invisible += invisible
        self._unsure += page.state == "ocr" and UNSURE in page.note
        if page.state == "empty" and page.note == BLANK:
            return
        if page.state != "ready":
            self._counts[page.state] += 1
            self._numbers[page.state] = [*self._numbers[page.state], page.number][: _MAX_NUMBERS + 1]
        elif page.note and page.note not in self._notes and len(self._notes) < _MAX_NOTES:
            self._notes.append(page.note)

    def require_text(self) -> None:
        """Raise a `DocumentError` if no page has a letter or figure: nothing in it could ever be found."""
        if not self._has_text:
            raise DocumentError(
                f"it has no text but {count_invisible(self.invisible)}" if self.invisible else "it has no text"
            )
        if not self._has_words:
            raise DocumentError("it has no letter and no figure, so that nothing in it could be found")

    def summary(self) -> str:
        """Return all warnings as one line, "" if there are none."""
        warnings = []
        for state, phrase in _PHRASES.items():
            numbers = self._numbers[state]
            if numbers:
                listed = ", ".join(map(str, numbers[:_MAX_NUMBERS])) + (" …" if len(numbers) > _MAX_NUMBERS else "")
                unsure = f" ({self._unsure} of them unsure)" if state == "ocr" and self._unsure else ""
                warnings.append(f"{phrase.format(self._counts[state], self._pages)}{unsure}: {listed}")
        if self.invisible:
            warnings.append(f"{count_invisible(self.invisible)} removed")
        return "; ".join([*warnings, *self._notes])


def count_invisible(number: int) -> str:
    """Return a number of invisible characters in words."""
    return f"{number:,} invisible character{'' if number == 1 else 's'}"
