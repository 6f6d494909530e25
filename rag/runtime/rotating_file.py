"""Log files that keep to a size: a full one becomes NAME.1, and the oldest goes. Only their owner may read them."""

import os
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

KEPT = 5
"""Full files that are kept beside the one being written."""


class PrivateRotatingFile(RotatingFileHandler):
    """The standard library's rotation, of files that nobody else may read."""

    def __init__(self, path: Path, max_bytes: int) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        super().__init__(path, maxBytes=max_bytes, backupCount=KEPT, encoding="utf-8", delay=True)

    def _open(self) -> TextIOWrapper:
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return os.fdopen(descriptor, "a", encoding="utf-8")


def rotated(path: Path) -> list[Path]:
    """Return the files of a log that there are, the oldest first."""
    names = [*(f"{path.name}.{number}" for number in range(KEPT, 0, -1)), path.name]
    return [file for name in names if (file := path.with_name(name)).is_file()]
