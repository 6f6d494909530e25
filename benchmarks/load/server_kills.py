"""Kill one of two servers of the app on one PostgreSQL database while it answers, and look at what the other has.

    python -m benchmarks.load.server_kills 20

Each round begins a conversation at a server, asks it a question, and kills that server with SIGKILL at a random moment:
before, during or after the answer, or while that is stored. The other server, which runs all the time, must then have
that answer whole or not at all, once at most, and for certain if it was complete at the client; without the answer it
must have the question, unless the kill came before the request; the session goes on there, and so does the
conversation. Prints what was found, and a line of numbers; exit code 1 if anything was wrong.
Needs PostgreSQL with pgvector, which it starts.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Any

import httpx

from tests.support.app_process import scripted, scripted_process
from tests.support.servers.postgres_server import postgres_server
from tests.support.servers.shared_database import TEXT, fill, sign_in

_PAUSE_S = 0.1
_LONGEST_S = 2.5
"""The answer takes half of this or so."""

_QUESTION = {"question": "What is the entry fee?"}


def _ask(client: httpx.Client, address: str, conversation: str) -> str:
    """Return the answer; "" if the server dies before it has sent all of it."""
    try:
        answered = client.post(f"{address}/api/v1/conversations/{conversation}/asks", json=_QUESTION)
        return str(answered.raise_for_status().json()["answer"]["answer"])
    except httpx.TransportError:
        return ""


def _stored(client: httpx.Client, address: str, conversation: str) -> tuple[list[str], str]:
    """Return the answers, and the question without one."""
    shown = client.get(f"{address}/api/v1/conversations/{conversation}").raise_for_status().json()
    return [each["answer"] for each in shown["answers"]], str(shown["conversation"]["unanswered"])


def _round(client: httpx.Client, survivor: str, database: str, after_s: float) -> tuple[str, str]:
    """Kill a server so long after it was asked; return how far its answer got, and what is wrong ("": nothing)."""
    settings: dict[str, Any] = {"database": database, "embedder": "words", "overviews": "off", "strictness": "0"}
    with (
        tempfile.TemporaryDirectory() as folder,
        scripted_process(Path(folder), TEXT, pause=_PAUSE_S, **settings) as (victim, process),
    ):
        begun = client.post(f"{victim}/api/v1/conversations", json={}).raise_for_status()
        conversation = str(begun.json()["id"])
        killer = Timer(after_s, process.kill)
        killer.start()
        said = _ask(client, victim, conversation)
        killer.join()
        process.join()
    kept, question = _stored(client, survivor, conversation)
    left = "lost, its question kept" if question == _QUESTION["question"] else "not begun"
    ended = "answered" if said else "kept, not delivered" if kept else left
    if kept and question:
        return ended, f"killed after {after_s:.2f} s: answered, and the question still open"
    if len(kept) > 1 or (said and kept != [said]) or any(each != TEXT for each in kept):
        return ended, f"killed after {after_s:.2f} s: said {said!r}, kept {kept!r}"
    again = _ask(client, survivor, conversation)
    if _stored(client, survivor, conversation) != ([*kept, again], "") or again != TEXT:
        return ended, f"killed after {after_s:.2f} s: the conversation does not go on"
    return ended, ""


@contextmanager
def _survivor() -> Iterator[tuple[str, str]]:
    """Yield the addresses of a server that runs all the time, and of its database."""
    with postgres_server() as postgres, postgres.database() as name, tempfile.TemporaryDirectory() as folder:
        database = postgres.address_of(name)
        fill(database, "ann")
        settings: dict[str, Any] = {"database": database, "embedder": "words", "overviews": "off", "strictness": "0"}
        with scripted(Path(folder), TEXT, **settings) as address:
            yield address, database


def main() -> int:
    """Kill as often as asked for; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kills", type=int, nargs="?", default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chosen, endings, wrong = random.Random(options.seed), Counter[str](), 0
    begun = time.monotonic()
    with _survivor() as (survivor, database), httpx.Client(timeout=60) as client:
        sign_in(client, survivor, "ann")
        for _ in range(options.kills):
            ended, fault = _round(client, survivor, database, chosen.uniform(0, _LONGEST_S))
            endings[ended] += 1
            wrong += bool(fault)
            if fault:
                sys.stdout.write(f"{fault}\n")
    told = ", ".join(f"{count} {ending}" for ending, count in sorted(endings.items()))
    seconds = time.monotonic() - begun
    sys.stdout.write(f"{options.kills} kills in {seconds:.0f} s: {told}; {wrong} wrong\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
