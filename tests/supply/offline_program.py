"""Ingest a document, list, ask and serve where there is no network: run by `unshare -rn`, in a world of its own."""

import array
import fcntl
import json
import os
import socket
import struct
import sys
import urllib.request
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from cli.main import app
from rag.services import Services
from rag.settings import load_settings
from web import server

_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 0x1


def bring_up_loopback() -> None:
    """Do what `ip link set lo up` does: a new network namespace has loopback, and it is down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = array.array("b", struct.pack("16sh14s", b"lo", 0, b""))
        fcntl.ioctl(control, _GET_FLAGS, request, True)
        flags = struct.unpack("16sh14s", request.tobytes())[1]
        fcntl.ioctl(control, _SET_FLAGS, struct.pack("16sh14s", b"lo", flags | _UP, b""))


def has_network() -> bool:
    """Return whether any address beyond this machine can be reached at all."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 53))  # no packet is sent: only the way is looked up
        except OSError:
            return False
    return True


def citewell(*arguments: str) -> Any:
    """Run a command that prints JSON, in this process: a start of its own would take longer than its work."""
    result = CliRunner().invoke(app, [*arguments, "--json"])
    if result.exit_code or result.exception:
        raise SystemExit(f"citewell {arguments[0]}: {result.exception or result.output}")
    return json.loads(result.stdout)


def main(folder: Path, models: Path) -> None:
    """Write what each step said to `said.json` in the folder."""
    bring_up_loopback()
    os.environ.update(CITEWELL_LIBRARY=str(folder / "library"), CITEWELL_MODELS=str(models), CITEWELL_MODEL="tiny")
    (folder / "towers.txt").write_text("The Eiffel tower is 330 metres high. It stands in Paris.\n")
    said = {
        "network": has_network(),
        "ingested": [each["status"] for each in citewell("ingest", str(folder / "towers.txt"))["files"]],
        "listed": [each["name"] for each in citewell("library", "list")],
        "asked": citewell("ask", "How high is the Eiffel tower?", "--max-new-tokens", "8")["question"],
    }
    with Services(load_settings(port=0)) as services:
        running = server.start(services)
        try:
            with urllib.request.urlopen(f"{running.url.rstrip('/')}/health", timeout=30) as answer:  # noqa: S310  our own
                said["health"] = answer.status
        finally:
            running.stop()
    (folder / "said.json").write_text(json.dumps(said))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
