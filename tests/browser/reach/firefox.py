"""Firefox, driven by the protocol that it speaks itself (WebDriver BiDi): no driver has to be fetched for it.

https://w3c.github.io/webdriver-bidi/
"""

import json
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websocket import WebSocket, create_connection

from tests.support.browser_tab import WAIT_MS
from tests.support.servers.process_group import end_group

_LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")


class Firefox:
    """One tab."""

    def __init__(self, connection: WebSocket) -> None:
        self._connection = connection
        self._commands = 0
        self.errors: list[str] = []
        self._send("session.new", capabilities={})
        self._send("session.subscribe", events=["log.entryAdded"])
        self._tab = self._send("browsingContext.getTree")["contexts"][0]["context"]

    def open(self, address: str) -> None:
        """Open an address, and wait until it is loaded."""
        self._send("browsingContext.navigate", context=self._tab, url=address, wait="complete")

    def run(self, expression: str) -> Any:
        """Return the value of an expression of JavaScript, which may be a promise of JSON."""
        target = {"context": self._tab}
        wrapped = f"Promise.resolve({expression}).then((value) => JSON.stringify(value ?? null))"
        answer = self._send("script.evaluate", expression=wrapped, target=target, awaitPromise=True)
        if answer["type"] == "exception":
            raise AssertionError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    def wait_for(self, expression: str) -> None:
        """Wait until an expression is true."""
        end = time.monotonic() + WAIT_MS / 1000
        while not self.run(f"!!({expression})"):
            assert time.monotonic() < end, f"never true: {expression}"

    def press(self, keys: str) -> None:
        """Type into what has the focus; "\\ue007" is Enter, and "\\ue00c" Escape."""
        actions = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        source = {"type": "key", "id": "keyboard", "actions": actions}
        self._send("input.performActions", context=self._tab, actions=[source])

    def _send(self, method: str, **parameters: Any) -> Any:
        self._commands += 1
        self._connection.send(json.dumps({"id": self._commands, "method": method, "params": parameters}))
        end = time.monotonic() + WAIT_MS / 1000
        while True:
            assert time.monotonic() < end, f"{method}: no answer, only events"
            message = json.loads(self._connection.recv())
            if message.get("id") == self._commands:
                if message["type"] == "error":
                    raise AssertionError(f"{method}: {message['message']}")
                return message["result"]
            entry = message.get("params", {})
            if entry.get("level") == "error" and entry.get("type") == "javascript":
                self.errors.append(entry["text"])


def installed_firefox() -> str | None:
    """Return the path of Firefox; None if there is none."""
    return shutil.which("firefox-esr") or shutil.which("firefox")


@contextmanager
def firefox(folder: Path) -> Iterator[Firefox]:
    """Run Firefox with an empty profile in `folder`, and end it and its own processes by their group."""
    program = installed_firefox()
    assert program
    command = [program, "--headless", "--no-remote", "--profile", str(folder), "--remote-debugging-port", "0"]
    log = folder / "firefox.log"  # a pipe would be held open by the processes that Firefox starts
    with log.open("wb") as output:
        process = subprocess.Popen(command, stderr=output, stdout=output, start_new_session=True)
    try:
        connection = create_connection(f"{_listening(log)}/session", timeout=WAIT_MS / 1000, suppress_origin=True)
        yield Firefox(connection)
        connection.close()
    finally:
        end_group(process, seconds=30)


def _listening(log: Path) -> str:
    """Return the address that Firefox says it listens at."""
    end = time.monotonic() + WAIT_MS / 1000
    while not (found := _LISTENING.search(log.read_text(encoding="utf-8", errors="replace"))):
        assert time.monotonic() < end, log.read_text(encoding="utf-8", errors="replace")
        time.sleep(0.05)
    return found[1]
