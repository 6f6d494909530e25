"""Make cases that a probe is fitted on (`citewell eval probe`): questions that given passages answer, or do not.

From SQuAD 2.0: each paragraph, alone or with neighbours from its article, with all its questions, near misses included.
Added to these is what people also ask: for summaries and topics (the passages answer), and about something unrelated
(they do not). All questions of a paragraph share its passages, so that their prefill is computed once.

From a retrieval set: each question with its passage among the nearest others, and with the nearest others alone.
"""

from collections.abc import Sequence
from random import Random
from typing import Any

from evaluation.datasets.case_selection import Distractors
from evaluation.datasets.cases import Case, GivenPassage
from evaluation.datasets.labelled_set import RetrievalSet
from evaluation.datasets.squad2 import held_out

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


def paragraph_cases(contexts: Sequence[Row], questions: Sequence[Row], limit: int | None, seed: int) -> list[Case]:
    """Return the cases of `limit` paragraphs (None: all) in the order of `seed`, without articles that are held out."""
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
    cases, measured = [], held_out(contexts)
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


def retrieval_cases(labelled: RetrievalSet, limit: int | None, seed: int, passages: int = 3) -> list[Case]:
    """Return two cases for each of `limit` questions: its passage with the nearest others, and these alone."""
    random = Random(seed)  # noqa: S311  a fair order, not a secret
    distractors = Distractors([f"{document.title}\n{document.text}" for document in labelled.documents])
    position = {document.id: index for index, document in enumerate(labelled.documents)}
    names = sorted(labelled.queries)
    cases = []
    for name in random.sample(names, min(limit or len(names), len(names))):
        question, judged = labelled.queries[name], labelled.judgements[name]
        gold = [position[id_] for id_ in judged if id_ in position]
        found = distractors.nearest(question, passages + len(gold), range(len(labelled.documents)))
        others = [index for index in found if index not in gold][:passages]
        for answerable in (True, False):
            if answerable and not gold:
                continue
            shown = [random.choice(gold), *others[: passages - 1]] if answerable else list(others)
            random.shuffle(shown)
            given = tuple(
                GivenPassage(document.text, document.title)
                for document in (labelled.documents[index] for index in shown)
            )
            cases.append(Case(id=f"{name}-{answerable}", question=question, passages=given, answerable=answerable))
    return cases
