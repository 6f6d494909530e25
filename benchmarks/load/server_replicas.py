"""Measure what further servers of a model bring: `python -m benchmarks.load.server_replicas`.

Each server is a process of its own that answers one question after the other, each in a fixed time. Prints answers a
second by one, two and three of them, then the same with one killed in the middle: what was lost or said twice.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Event

from benchmarks.machine import describe
from rag.errors import CitewellError
from rag.model_servers.model_client import ModelClient
from rag.model_servers.server_clients import open_client
from tests.support.servers.slow_replica import WORDS, SlowReplica, slow_replicas

_SETTING = "model"


def ask(client: ModelClient, question: str) -> str:
    """Return the text of an answer; what failed, as its sentence."""
    body = {"model": "model", "messages": [{"role": "user", "content": question}], "stream": True}
    try:
        with client.chat(body, Event()) as pieces:
            return "".join(piece["choices"][0]["delta"].get("content", "") for piece in pieces)
    except CitewellError as error:
        return str(error)


def run(replicas: Sequence[SlowReplica], questions: int, at_once: int, *, kill: bool) -> tuple[float, int, int]:
    """Ask; return seconds, answers that were lost, and answers that were not as they should be."""
    addresses = ",".join(each.address for each in replicas)
    client = open_client(f"openai:model@{addresses}", _SETTING, 60, lambda _: None, lambda _: None)
    with closing(client), ThreadPoolExecutor(at_once) as pool:
        began = time.monotonic()
        asked = {f"question-{number}": pool.submit(ask, client, f"question-{number}") for number in range(questions)}
        if kill:
            while sum(future.done() for future in asked.values()) < questions // 3:
                time.sleep(0.01)
            replicas[0].kill()
        texts = {question: future.result().split() for question, future in asked.items()}
        seconds = time.monotonic() - began
    lost = sum(question not in words for question, words in texts.items())
    wrong = sum(words != [question] * WORDS for question, words in texts.items()) - lost
    return seconds, lost, wrong


def main() -> int:
    """Measure; return the exit code: 1 if an answer was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--at-once", type=int, default=24)
    parser.add_argument("--seconds", type=float, default=0.1, help="fixed time of an answer")
    options = parser.parse_args()
    print(describe())
    all_lost = 0
    for number, kill in ((1, False), (2, False), (3, False), (3, True)):
        with slow_replicas(number, options.seconds) as replicas:
            seconds, lost, wrong = run(replicas, options.questions, options.at_once, kill=kill)
        all_lost += lost + wrong
        what = f"{number} servers, one killed after a third" if kill else f"{number} servers"
        print(f"{what}: {options.questions / seconds:.1f} answers/s, {lost} lost, {wrong} not as they should be")
    return int(all_lost > 0)


if __name__ == "__main__":
    sys.exit(main())
