"""A pseudo-terminal for the command: what is typed into it, and everything it shows."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.paths import ROOT

_TIMEOUT_S = 240
_ESCAPES = re.compile(r"\x1b\][^\x1b]*\x1b\\|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[=>78]")


class Terminal:
    """A running command with the text it has shown so far."""

    def __init__(self, process: "subprocess.Popen[bytes]", master: int) -> None:
        self.process = process
        self._master = master
        self._shown = b""

    @property
    def raw(self) -> str:
        return self._shown.decode(errors="replace")

    @property
    def text(self) -> str:
        """Everything shown, without escape sequences."""
        return plain(self.raw)

    def type(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def wait_for(self, expected: str, times: int = 1) -> None:
        """Wait until a text has been shown so many times."""
        until = time.monotonic() + _TIMEOUT_S
        while self.text.count(expected) < times:
            assert self._read(until), f"{expected!r} was not shown: {self.text}"

    def wait_for_prompt(self, number: int) -> None:
        """Wait until a line can be typed for the time of that number: keys that come sooner are not the prompt's."""
        until = time.monotonic() + _TIMEOUT_S
        while self.raw.count("\x1b[?2004h") < number:
            assert self._read(until), f"there is no prompt: {self.text}"

    def end(self) -> int:
        until = time.monotonic() + _TIMEOUT_S
        while self._read(until):
            pass
        return self.process.wait(_TIMEOUT_S)

    def _read(self, until: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], max(0, until - time.monotonic()))
        try:
            piece = os.read(self._master, 65536) if ready else b""
        except OSError:  # Linux: the other end is closed
            piece = b""
        self._shown += piece
        return bool(piece)


def plain(raw: str) -> str:
    return _ESCAPES.sub("", raw).replace("\r", "")


@contextmanager
def in_terminal(
    answer: Path, *arguments: str, pause: float = 0, lines: int = 40, **environment: str
) -> Iterator[Terminal]:
    """Run `citewell` with a scripted model in a terminal of so many lines, and end it by its process id."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, 80, 0, 0))
    names = ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR")
    inherited = {name: value for name, value in os.environ.items() if name not in names}
    settings = {"PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1", **environment}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.cli.scripted_shell", str(answer), str(pause), *arguments],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=inherited | settings,
        start_new_session=True,
    )
    os.close(slave)
    try:
        yield Terminal(process, master)
    finally:
        process.kill()
        process.wait()
        os.close(master)
