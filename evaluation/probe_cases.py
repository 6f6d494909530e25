"""Make cases of SQuAD 2.0 that a probe is fitted on: questions that given passages answer, or do not.

Each paragraph comes alone or with neighbours from its article, with all its questions, near misses included. Added to
these is what people also ask: for summaries and topics (the passages answer), and about something unrelated (they do
not). All questions of a paragraph share its passages, so that their prefill is computed once.
"""

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

from evaluation.case_selection import Distractors
from evaluation.cases import Case, GivenPassage
from evaluation.set_files import read_json_lines

_PASSAGES = (1, 3, 3, 5)
_REQUESTS = (
    "Summarise the document.",
    "What is this about?",
    "Give me the key points.",
    "Summarize the main points in a few sentences.",
    "What are the most important facts in these documents?",
    "What does the document say?",
    "Please give a short overview.",
    "What topics are covered here?",
    "List the main events mentioned.",
    "Which people or groups are mentioned?",
    "Explain this text in simple words.",
    "Write a summary for a beginner.",
    "What should I know about this?",
    "tl;dr",
    "Which numbers and dates are given?",
)
_ABOUT = (
    "What does the document say about {}?",
    "Tell me about {}.",
    "Explain {} briefly.",
    "What is {}?",
    "Why is {} important?",
    "{}",
    "Describe {} in one sentence.",
)

Row = dict[str, Any]


def read_squad2(folder: Path) -> tuple[list[Row], list[Row]]:
    """Read the paragraphs (`_id`, `title`, `text`) of contexts.jsonl, and the questions on them of questions.jsonl."""
    return list(read_json_lines(folder / "contexts.jsonl")), list(read_json_lines(folder / "questions.jsonl"))


def articles_held_out(contexts: Sequence[Row]) -> frozenset[str]:
    """Return the titles of every third article: no probe is fitted on them, so that they can test one."""
    return frozenset(list(dict.fromkeys(row["title"] for row in contexts))[2::3])


def squad2_probe_cases(folder: Path, limit: int | None, seed: int) -> list[Case]:
    """Return the cases of `limit` paragraphs (None: all) in the order of `seed`, without articles that are held out."""
    contexts, questions = read_squad2(folder)
    random = Random(seed)  # noqa: S311  a fair order, not a secret
    articles: dict[str, list[Row]] = {}
    asked: dict[str, list[Row]] = {}
    for row in contexts:
        articles.setdefault(row["title"], []).append(row)
    for row in questions:
        asked.setdefault(row["context_id"], []).append(row)
    groups: list[tuple[str, tuple[GivenPassage, ...], list[Row]]] = []
    for title, rows in articles.items():
        distractors = Distractors([row["text"] for row in rows])
        for index, row in enumerate(rows):
            if own := asked.get(row["_id"]):
                others = [i for i in range(len(rows)) if i != index]
                chosen = distractors.nearest(row["text"], random.choice(_PASSAGES) - 1, others)
                shown = [row, *(rows[i] for i in chosen)]
                random.shuffle(shown)
                groups.append((title, tuple(GivenPassage(r["text"], title) for r in shown), own))
    random.shuffle(groups)
    by_title = {title: [q for t, _, own in groups if t == title for q in own] for title in articles}
    cases, measured = [], articles_held_out(contexts)
    for number, (title, passages, own) in enumerate(groups[:limit]):
        wanted = [(q["question"].strip(), not q["is_impossible"]) for q in own]
        wanted += _extra_requests(title, by_title, random)
        if title in measured:
            continue
        for position, (question, answerable) in enumerate(wanted):
            cases.append(
                Case(
                    id=f"probe-{number}-{position}",
                    question=question,
                    passages=passages,
                    answerable=answerable,
                )
            )
    return cases


def _extra_requests(title: str, by_title: dict[str, list[Row]], random: Random) -> list[tuple[str, bool]]:
    """Return two requests that any passage answers, one about its topic, one about another, and two unrelated ones."""
    others = [other for other in by_title if other != title]
    wanted = [(request, True) for request in random.sample(_REQUESTS, 2)]
    wanted.append((random.choice(_ABOUT).format(title.replace("_", " ")), True))
    wanted.append((random.choice(_ABOUT).format(random.choice(others).replace("_", " ")), False))
    return wanted + [(random.choice(by_title[random.choice(others)])["question"].strip(), False) for _ in range(2)]
