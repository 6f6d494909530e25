"""Measure answers to yes/no questions: `python -m benchmarks.quality.yes_no FILE [FILE …]`.

Whole answers of the product, by the default model. A file is BoolQ's (JSON lines, gzipped), of which 60 questions with
either answer are asked, each passage a document; or JSON lines with document, text,
question, answer (yes, no or unanswerable), like yes_no_blind.jsonl.

An answer counts by its first word, in whatever language; "neither" begins with neither word. With `--at-once 1`, how
long answers take is told too: compare it with that of a run with `--unjudged`.
"""

import argparse
import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median
from unittest.mock import patch

from benchmarks.machine import describe
from evaluation.indexing import index_documents
from evaluation.labelled_set import CorpusDocument
from evaluation.set_files import read_json_lines
from rag.answering.yes_no import YesNo
from rag.grounding.citations import weakest
from rag.runtime.progress import no_progress
from rag.settings import load_settings
from rag.text.yes_no_words import WORDS
from rag.types import Answer

_OF_EACH = 60
_LEARNED_ONCE = 2000
"""Rows of BoolQ that earlier probes were fitted to some of."""

_MOST_CHARACTERS = 1200


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A question about a document with this text; `expected` is "yes", "no" or "unanswerable"."""

    document: str
    text: str
    question: str
    expected: str


def read_file(file: Path) -> list[Case]:
    """Return the cases of a file."""
    if file.suffix != ".gz":
        return [
            Case(document=row["document"], text=row["text"], question=row["question"], expected=row["answer"])
            for row in read_json_lines(file)
        ]
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        rows = list(map(json.loads, lines))[_LEARNED_ONCE:]
    found: dict[str, Case] = {}
    for row in rows:
        title, _, text = row["passage"].partition(" -- ")
        expected = "yes" if row["orig_label"] == "1" else "no"
        is_enough = sum(case.expected == expected for case in found.values()) >= _OF_EACH
        if title not in found and len(text) <= _MOST_CHARACTERS and not is_enough:
            found[title] = Case(
                document=title, text=f"# {title}\n\n{text}", question=_as_question(row["question"]), expected=expected
            )
    return list(found.values())


def _as_question(text: str) -> str:
    text = text.strip()
    return f"{text[:1].upper()}{text[1:]}?"


def said(answer: Answer) -> str:
    """Return what an answer says: yes, no, neither, or that it is refused."""
    if answer.abstained:
        return "refused"
    text = answer.text.casefold().lstrip()
    own = WORDS.get(answer.language or "en", WORDS["en"])
    for word, name in zip(own, ("yes", "no"), strict=True):
        if text.startswith(word.casefold()):  # no space need follow in Chinese and Japanese
            return name
    first = re.match(r"\w*", text)
    for words in WORDS.values():
        for word, name in zip(words, ("yes", "no"), strict=True):
            if first and first[0] == word.casefold():
                return name
    return "neither"


def report(cases: Sequence[Case], answers: Sequence[Answer]) -> None:
    """Print what was said of the questions with each right answer, and how many wrong answers are called supported."""
    for expected in dict.fromkeys(case.expected for case in cases):
        of_it = [answer for case, answer in zip(cases, answers, strict=True) if case.expected == expected]
        counts = Counter(map(said, of_it))
        wrong = [answer for answer in of_it if said(answer) not in (expected, "refused", "neither")]
        sure = sum(weakest(answer.sentences) == "supported" for answer in wrong)
        told = ", ".join(f"{name} {counts[name]}" for name in ("yes", "no", "neither", "refused"))
        print(f"{expected}, {len(of_it)} questions: {told}; wrong and called supported {sure}")


def main() -> int:
    """Ask and report; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--at-once", type=int, default=4)
    parser.add_argument("--unjudged", action="store_true", help="leave yes or no to the model")
    parser.add_argument("--out", type=Path, help="file for the answers (JSON lines)")
    arguments = parser.parse_args()
    print(describe())
    for file in arguments.files:
        cases = read_file(file)
        documents = {case.document: CorpusDocument(case.document, case.document, case.text) for case in cases}
        with ExitStack() as stack:
            settings = load_settings(model="default", seconds_to_answer=0)
            services, _ = index_documents("yes_no", list(documents.values()), settings, no_progress, stack)
            if arguments.unjudged:
                stack.enter_context(patch.object(YesNo, "beginning", lambda _self, _search: None))
            with ThreadPoolExecutor(arguments.at_once) as pool:
                answers = list(pool.map(services.assistant.answer, [case.question for case in cases]))
        print(file.name)
        report(cases, answers)
        if arguments.at_once == 1:
            each = [answer.timings.total_s for answer in answers]
            print(f"seconds an answer: median {median(each):.2f}, mean {mean(each):.2f}")
        if arguments.out:
            with arguments.out.open("a", encoding="utf-8") as out:
                for case, answer in zip(cases, answers, strict=True):
                    row = {
                        "question": case.question,
                        "expected": case.expected,
                        "said": said(answer),
                        "text": answer.text,
                        "support": weakest(answer.sentences),
                        "answerable": answer.signals.certainty.answerable,
                        "decided": answer.signals.decided,
                        "confidence": answer.confidence,
                        "quotes": [each.quote for sentence in answer.sentences for each in sentence.citations],
                    }
                    out.write(json.dumps(row, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
