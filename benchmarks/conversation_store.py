"""Measure the store of conversations: `python -m benchmarks.conversation_store`.

Fills a library with 1,000 conversations of 10 answers, and prints the milliseconds to list, search, open and extend
them, and to check a password.
"""

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from rag.exports.answer_json import Provenance
from rag.exports.conversation_record import answers_of, record
from rag.stores.database import Database
from rag.stores.sql_conversations import SqlConversations
from rag.types import Answer, Chunk, Citation, Passage, Sentence, Turn
from serving.accounts import Password

CONVERSATIONS = 1000
ANSWERS = 10
TEXT = "The entry fee is 20 euros, and children under six pay nothing at all. " * 8


def main() -> None:
    """Fill a library with conversations, time the operations, and print a line for each."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    stored = json.dumps(record(_answer(), Provenance({}, "tiny", {}, "", "")))
    with TemporaryDirectory() as folder:
        store = SqlConversations(Database(Path(folder), embedder="none"))
        ids = [store.create("ann").id for _ in range(CONVERSATIONS)]
        for number, id_ in enumerate(ids):
            for _ in range(ANSWERS):
                store.add(id_, "ann", {**json.loads(stored), "question": f"Question of conversation {number}?"})
        print(f"{CONVERSATIONS} conversations of {ANSWERS} answers, {len(stored) / 1000:.1f} kB each; milliseconds:")
        _time("list them all", lambda: store.conversations("ann"))
        _time("search all of their text", lambda: store.conversations("ann", "conversation 777?"))
        _time("open one", lambda: answers_of((each.record for each in store.exchanges(ids[5], "ann")), {}))
        _time("keep an answer", lambda: store.add(ids[5], "ann", json.loads(stored)))
        store.close()
    password = Password.of("correct horse battery")
    _time("check a password", lambda: password.matches("another one altogether"))


def _answer() -> Answer:
    chunk = Chunk(
        id=1, document_id=1, document="fees.pdf", page=1, page_label="1", start=0, end=len(TEXT), text=TEXT, heading=""
    )
    cited = Citation(number=1, document="fees.pdf", page=1, label="1", start=0, end=70, quote=TEXT[:70], score=0.9)
    sentence = Sentence(start=0, end=70, text=TEXT[:70], citations=(cited,), support="supported")
    passages = (Passage(chunk, 1.0),) * 5
    turns = (Turn("?", TEXT, passages),)
    return Answer(
        question="?",
        query="?",
        text=TEXT,
        sentences=(sentence,),
        abstained=False,
        passages=passages,
        stop_reason="end",
        turns=turns,
    )


def _time(what: str, do: Callable[[], object]) -> None:
    seconds = []
    for _ in range(7):
        begun = time.perf_counter()
        do()
        seconds.append(time.perf_counter() - begun)
    print(f"  {median(seconds) * 1000:8.1f}  {what}")


if __name__ == "__main__":
    main()
