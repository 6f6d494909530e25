"""Time a conversation as people have one: `python -m benchmarks.conversation [--model NAME] [--json FILE]`.

Asks the README's five questions one after the other in one conversation about the sample documents, then further ones
in mixed forms, each with the turns of the answer before it and the settings as installed. Then it asks some standalone
questions again as the first of a new conversation, with nothing in the prefix cache.

Each row has the seconds until passages were found, until the first word, and until the whole answer; the tokens of the
prompts that were read, and those found in the prefix cache.
"""

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from benchmarks.machine import describe
from benchmarks.sample_library import README_QUESTIONS, sample_library
from rag.assistant import Assistant
from rag.generation.generator import LocalGenerator
from rag.types import Answer, Retrieved, Token, Turn

FOLLOW_UP = "And how is it chosen?"
LATER = (
    "Who appoints the members of the Technical Committee?",
    FOLLOW_UP,
    "What is the difference between the stable and the testing distribution?",
    "How do I upgrade Debian to a new release?",
    "Which architectures does Debian run on?",
    "Is Debian free of charge?",
    "How long is a delegate's term, and who can replace a delegate?",
    "Why is it called the Social Contract?",
    "What is the role of the Project Secretary?",
    "Who replaces them?",
    "What does contrib contain?",
    "Where can I get help with Debian?",
)
"""A fact, a follow-up, a comparison, steps, a list, yes or no, two parts, a reason, and more."""

ALONE = ("What will Debian never make the system require?", LATER[0], LATER[-2], LATER[-1])
"""Standalone questions of the conversation, which are asked as the first of a new one, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A question with the seconds and tokens of its answer; `first_word_s` is that of a whole answer without text."""

    question: str
    kind: str
    passages: int
    found_s: float
    first_word_s: float
    whole_s: float
    tokens_read: int
    tokens_reused: int
    abstained: bool
    answer: str


def ask(assistant: Assistant, question: str, history: Sequence[Turn]) -> tuple[Row, Answer]:
    """Ask a question after these turns; return its row and its answer."""
    started = time.perf_counter()
    found = first = 0.0
    passages = 0
    answer = None
    for event in assistant.ask(question, history):
        now = time.perf_counter() - started
        if isinstance(event, Retrieved):
            found, passages = now, len(event.passages)
        elif isinstance(event, Token) and event.text.strip():
            first = first or now
        elif isinstance(event, Answer):
            answer = event
    assert answer is not None  # noqa: S101  the last event
    whole = time.perf_counter() - started
    reused = answer.timings.generation.reused_tokens
    row = Row(
        question=question,
        kind=answer.plan.kind,
        passages=passages,
        found_s=round(found, 2),
        first_word_s=round(first or whole, 2),
        whole_s=round(whole, 2),
        tokens_read=max(0, answer.timings.prompt_tokens - reused),
        tokens_reused=reused,
        abstained=answer.abstained,
        answer=answer.text,
    )
    return row, answer


def main() -> None:
    """Have the conversation, then ask the standalone questions anew, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="default")
    parser.add_argument("--json", type=Path, help="file for the rows, answers included")
    parser.add_argument("--only-readme", action="store_true", help="stop after the README's questions")
    options = parser.parse_args()
    with sample_library(model=options.model) as services:
        generator = services.generator
        print(describe())
        services.assistant.answer("Hello?")
        services.assistant.answer("What is main?")  # loads the model
        rows: list[Row] = []
        history: Sequence[Turn] = ()
        print("| question | kind | passages | found s | first word s | whole s | tokens read | in cache | refused |")
        print("|---|---|---|---|---|---|---|---|---|")
        for question in README_QUESTIONS if options.only_readme else (*README_QUESTIONS, *LATER):
            row, answer = ask(services.assistant, question, history)
            history = answer.turns
            rows.append(row)
            print(as_line(row), flush=True)
        alone: list[Row] = []
        for question in ALONE:
            if isinstance(generator, LocalGenerator):
                generator.forget()
            row, _ = ask(services.assistant, question, ())
            alone.append(row)
            print(as_line(row, "first of a new one: "), flush=True)
    readme = [row.first_word_s for row in rows[: len(README_QUESTIONS)]]
    print(f"first word, README's five: median {median(readme):.1f} s, worst {max(readme):.1f} s")
    by_question = {row.question: row for row in rows}
    ratios = [by_question[row.question].first_word_s / row.first_word_s for row in alone if row.question in by_question]
    print(f"first word of a standalone question, within the conversation / by itself: {median(ratios):.2f} (median)")
    if not options.only_readme:
        place = len(README_QUESTIONS) + LATER.index(FOLLOW_UP)
        share = rows[place].first_word_s / rows[place - 1].first_word_s
        print(f"first word of a follow-up / of the question before: {share:.2f}")
    if options.json:
        found = {"conversation": [asdict(row) for row in rows], "alone": [asdict(row) for row in alone]}
        options.json.write_text(json.dumps(found, indent=1, ensure_ascii=False), encoding="utf-8")


def as_line(row: Row, before: str = "") -> str:
    """Return a row of the table."""
    refused = "yes" if row.abstained else ""
    seconds = (f"{each:.1f}" for each in (row.found_s, row.first_word_s, row.whole_s))
    cells = (before + row.question, row.kind, row.passages, *seconds, row.tokens_read, row.tokens_reused, refused)
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    main()
