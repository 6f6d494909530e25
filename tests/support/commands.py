"""Run the `citewell` command in this process, where nothing has to be imported or started anew."""

import logging
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, TextIOWrapper
from subprocess import CompletedProcess
from unittest.mock import patch

from cli.main import main

_LOGGERS = (None, "citewell.access")
"""Loggers that a command sets up; None is the root."""


def run_citewell(*arguments: str, typed: str = "", **environment: str) -> CompletedProcess[str]:
    """Run the command to its end, and return its output and exit code; `typed` answers what it asks for.

    It goes through `main`, as the program does: errors become sentences and exit codes, and what was opened is closed.
    With `--debug`, an error comes out of this function. `tests.support.app_process.citewell` has a process of its own.
    """
    stdin, stdout, stderr = (TextIOWrapper(BytesIO(text.encode()), encoding="utf-8") for text in (typed, "", ""))
    with (
        patch.dict("os.environ", environment),  # puts back all variables, those that the command sets as well
        patch.object(sys, "argv", ["citewell", *arguments]),
        patch.object(sys, "stdin", stdin),
        redirect_stdout(stdout),
        redirect_stderr(stderr),
        _Logging(),
    ):
        code = _exit_code()
    return CompletedProcess(arguments, code, _text(stdout), _text(stderr))


def _exit_code() -> int:
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)  # a sentence, which Python would print, is none of ours
    return 0


def _text(stream: TextIOWrapper) -> str:
    """Return what was written. The stream stays open: a library that was imported meanwhile may have kept it."""
    stream.flush()
    written = stream.buffer
    assert isinstance(written, BytesIO)
    return written.getvalue().decode("utf-8")


class _Logging:
    """Gives the command a log as it is when a program begins, and then gives the tests theirs back.

    Without handlers, warnings go to standard error. Those of pytest would take them away from there.
    """

    def __enter__(self) -> None:
        self._before = [(logger := logging.getLogger(name), logger.level, logger.handlers[:]) for name in _LOGGERS]
        logging.getLogger().handlers.clear()
        logging.getLogger().setLevel(logging.WARNING)

    def __exit__(self, *_: object) -> None:
        logging.captureWarnings(False)
        for handler in logging.getLogger().handlers:
            handler.close()
        for logger, level, handlers in self._before:
            logger.setLevel(level)
            logger.handlers[:] = handlers
