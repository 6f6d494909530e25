"""A content filter that reads what a text must not say from a file, as regular expressions."""

import re
from pathlib import Path

from rag.errors import SettingsError


class PatternFilter:
    """A `ContentFilter` that objects to text that matches a line of a file.

    Each line is a regular expression of Python's `re`, letter case ignored; blank lines and lines that begin with `#`
    are skipped.

    Raises:
        SettingsError: the file cannot be read, or a line is not a regular expression.
    """

    def __init__(self, path: Path) -> None:
        self._name = path.name
        try:
            lines = path.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            raise SettingsError(f"The content filter {path} cannot be read: {reason}. See content_filter.") from error
        self._patterns = [
            (number, _compile(path, number, line.strip()))
            for number, line in enumerate(lines, start=1)
            if line.strip() and not line.lstrip().startswith("#")
        ]

    def objection(self, text: str) -> str | None:
        """Return which line of the file the text matches; None if it matches none."""
        for number, pattern in self._patterns:
            if pattern.search(text):
                return f"it matches line {number} of {self._name}"
        return None


def _compile(path: Path, number: int, pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise SettingsError(
            f"Line {number} of the content filter {path} is not a regular expression: {error}. Mend the line."
        ) from error
