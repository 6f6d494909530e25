"""Hold back a line that introduces what follows ("Run this:") until something that follows is shown (pure)."""

import re

_COLON = re.compile(r"[:：](?P<marks>[*_]*)(?P<space>\s*)\Z")


class Introductions:
    """The last introducing line that is not shown yet, with the white space behind it."""

    def __init__(self) -> None:
        self._held = ""
        self._is_item = False

    @property
    def waits(self) -> bool:
        """True if a line is held back."""
        return bool(self._held)

    def hold(self, line: str, *, is_item: bool) -> str:
        """Hold back an introducing line; return the one before, which has something to introduce now."""
        before, self._held, self._is_item = self._held, line, is_item
        return before

    def before(self, shown: str) -> str:
        """Return a piece with the line that introduces it; white space alone stays behind that."""
        if self._held and not shown.strip():
            self._held += shown
            return ""
        held, self._held = self._held, ""
        return held + shown

    def settle(self) -> str:
        """Return the line if it says something without what it introduced: an item does, as a sentence.

        Of any other only the white space stays: it sets apart what is before and after.
        """
        held, self._held = self._held, ""
        return _COLON.sub(r".\g<marks>\g<space>", held) if self._is_item else held[len(held.rstrip()) :]


def introduces(piece: str) -> bool:
    """Return whether a piece of an answer introduces what follows."""
    return _COLON.search(piece) is not None
