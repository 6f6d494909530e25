"""Logs on standard error or in a file: lines for people, or one JSON object a line for programs."""

import errno
import json
import logging
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from rag.errors import SettingsError
from rag.runtime.rotating_file import PrivateRotatingFile

_HOUR, _DAY = "%H:%M:%S", "%Y-%m-%d %H:%M:%S"
_ACCESS = "citewell.access"
_SERVER = ("uvicorn", "uvicorn.error", "uvicorn.access")


class JsonFormatter(logging.Formatter):
    """Writes a record as a JSON object: time, level, logger, message, then the fields of an access."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the object, on one line."""
        written: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            written["exception"] = self.formatException(record.exc_info)
        return json.dumps(written, ensure_ascii=False, default=str)


class _InSentences(logging.Filter):
    """Says in a sentence what the event loop logs with a traceback, and what helps."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record, and let it through."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
            record.exc_info = None
            record.args = None
            record.msg = (
                "No file can be opened and no connection accepted: the limit of open files is reached. This goes on by "
                "itself once some are closed; allow more (ulimit -n, or LimitNOFILE of the service) if it comes again."
            )
        return True


def configure(
    log_format: str,
    stream: TextIO | None = None,
    *,
    level: str = "warning",
    file: Path | None = None,
    file_mb: int = 10,
) -> None:
    """Write the log to standard error, or to a file that is rotated at a size: requests, and what has this level.

    Notices below warnings name documents.

    Raises:
        SettingsError: the file cannot be written.
    """
    handler = _file_handler(file, file_mb) if file else logging.StreamHandler(stream or sys.stderr)
    text = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s", _DAY if file else _HOUR)
    handler.setFormatter(JsonFormatter() if log_format == "json" else text)
    handler.addFilter(_InSentences())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.getLogger(_ACCESS).setLevel(logging.INFO if level != "error" else logging.ERROR)
    logging.captureWarnings(log_format == "json" or file is not None)


def _file_handler(file: Path, megabytes: int) -> logging.Handler:
    try:
        handler = PrivateRotatingFile(file, megabytes * 1_000_000)
        file.touch(mode=0o600)
    except OSError as error:
        raise SettingsError(f"The log file {file} cannot be written: {error.strerror}. Change log_file.") from error
    return handler


def adopt_server() -> None:
    """Have the web server, which sets up handlers of its own when it starts, write to the same log."""
    for name in _SERVER:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
