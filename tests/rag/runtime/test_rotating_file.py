"""A log keeps to its size, loses no recent line, and is nobody else's to read."""

import logging
from pathlib import Path

from rag.runtime.rotating_file import KEPT, PrivateRotatingFile, rotated


def test_a_full_file_is_followed_by_the_next_and_the_oldest_go(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "app.log"
    handler = PrivateRotatingFile(path, 100)
    for number in range(100):
        handler.emit(logging.makeLogRecord({"msg": f"line {number:03}"}))
    handler.close()
    files = rotated(path)
    assert [file.name for file in files] == ["app.log.5", "app.log.4", "app.log.3", "app.log.2", "app.log.1", "app.log"]
    assert len(files) == KEPT + 1
    assert all(file.stat().st_size <= 100 and file.stat().st_mode & 0o077 == 0 for file in files)
    lines = "".join(file.read_text() for file in files).splitlines()
    assert lines == [f"line {number:03}" for number in range(100 - len(lines), 100)]
