"""Cases that a probe is fitted on (`citewell eval probe`): what can be answered from given passages, and what cannot.

Of SQuAD 2.0: each paragraph, alone or with neighbours from its article, with all its questions, near misses among them.
Beside these, what people also ask: for summaries and topics (the sources answer), and about something else altogether
(they do not). The passages of a paragraph are the same for all its questions, so that they are read once.

Of a retrieval set: each question with its passage among the nearest others, and with the nearest others alone.
"""

from collections.abc import Sequence
from random import Random
from typing import Any

from evaluation.datasets.beir import RetrievalSet
from evaluation.datasets.cases import Case, GivenPassage
from evaluation.datasets.distractors import Nearest
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


def of_paragraphs(contexts: Sequence[Row], questions: Sequence[Row], limit: int | None, seed: int) -> list[Case]:
    """The cases of `limit` paragraphs (None: all) in an order that `seed` decides, but those of articles held out."""
    random = Random(seed)  # noqa: S311  a fair order, not a secret
    articles: dict[str, list[Row]] = {}
    asked: dict[str, list[Row]] = {}
    for row in contexts:
        articles.setdefault(row["title"], []).append(row)
    for row in questions:
        asked.setdefault(row["context_id"], []).append(row)
    groups: list[tuple[str, tuple[GivenPassage, ...], list[Row]]] = []
    for title, rows in articles.items():
        nearest = Nearest([row["text"] for row in rows])
        for index, row in enumerate(rows):
            if own := asked.get(row["_id"]):
                others = [i for i in range(len(rows)) if i != index]
                chosen = nearest.to(row["text"], random.choice(_PASSAGES) - 1, others)
                shown = [row, *(rows[i] for i in chosen)]
                random.shuffle(shown)
                groups.append((title, tuple(GivenPassage(r["text"], title) for r in shown), own))
    random.shuffle(groups)
    by_title = {title: [q for t, _, own in groups if t == title for q in own] for title in articles}
    cases, measured = [], held_out(contexts)
    for number, (title, passages, own) in enumerate(groups[:limit]):
        wanted = [(q["question"].strip(), not q["is_impossible"]) for q in own]
        wanted += _besides(title, by_title, random)
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


def _besides(title: str, by_title: dict[str, list[Row]], random: Random) -> list[tuple[str, bool]]:
    """Requests that any passage answers, one about its topic, one about another, and two foreign questions."""
    others = [other for other in by_title if other != title]
    wanted = [(request, True) for request in random.sample(_REQUESTS, 2)]
    wanted.append((random.choice(_ABOUT).format(title.replace("_", " ")), True))
    wanted.append((random.choice(_ABOUT).format(random.choice(others).replace("_", " ")), False))
    return wanted + [(random.choice(by_title[random.choice(others)])["question"].strip(), False) for _ in range(2)]


def of_retrieval(labelled: RetrievalSet, limit: int | None, seed: int, passages: int = 3) -> list[Case]:
    """Two cases of each of `limit` questions: its passage with the nearest others, and these alone."""
    random = Random(seed)  # noqa: S311  a fair order, not a secret
    nearest = Nearest([f"{document.title}\n{document.text}" for document in labelled.documents])
    position = {document.id: index for index, document in enumerate(labelled.documents)}
    names = sorted(labelled.queries)
    cases = []
    for name in random.sample(names, min(limit or len(names), len(names))):
        question, judged = labelled.queries[name], labelled.judgements[name]
        gold = [position[id_] for id_ in judged if id_ in position]
        found = nearest.to(question, passages + len(gold), range(len(labelled.documents)))
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
