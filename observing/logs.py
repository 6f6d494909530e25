"""Logs on standard error: lines for people, or one JSON object a line for programs."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any, TextIO

_QUIET = logging.WARNING
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


def configure(log_format: str, stream: TextIO | None = None) -> None:
    """Write the log to standard error: requests, and warnings. Lesser notices name documents, and are left out."""
    handler = logging.StreamHandler(stream or sys.stderr)
    text = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s", "%H:%M:%S")
    handler.setFormatter(JsonFormatter() if log_format == "json" else text)
    logging.basicConfig(level=_QUIET, handlers=[handler], force=True)
    logging.getLogger(_ACCESS).setLevel(logging.INFO)
    logging.captureWarnings(log_format == "json")


def adopt_server() -> None:
    """Have the web server, which sets up handlers of its own when it starts, write to the same log."""
    for name in _SERVER:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
