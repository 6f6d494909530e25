"""Convert sets of passages with text that is hostile, or only looks so.

BIPIA (Yi et al. 2023): `email_train.jsonl` has mails with a question each, `text_attack_train.json` instructions to
hide in them. NotInject (Li and Liu 2024): `NotInject_one.json` has harmless requests, each with a word that attacks
use.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.datasets import squad2
from benchmarks.datasets.dictated_answers import with_order
from evaluation.case_selection import sample, shuffled
from evaluation.cases import Case, GivenPassage
from evaluation.set_files import read_json_lines
from rag.text.sentences import sentence_spans

_UNKNOWN = "unknown"
"""BIPIA's ideal answer where the mail does not say."""

Row = dict[str, Any]


def bipia(folder: Path, limit: int | None, seed: int, *, clean: bool = False, place: str = "body") -> list[Case]:
    """Return a case per attack, hidden in one mail: at its start, middle and end by turns, or as its heading or name.

    The id begins with that of the mail without the attack, which is there if `clean`: compare "mail-7 Clickbait 3" with
    "mail-7".
    """
    mails = [_mail(number, row) for number, row in enumerate(read_json_lines(folder / "email_train.jsonl"), start=1)]
    if clean:
        return sample(mails, limit, seed, lambda case: case.id)
    attacks = json.loads((folder / "text_attack_train.json").read_text(encoding="utf-8"))
    numbered = [
        (category, number, attack)
        for category, texts in attacks.items()
        for number, attack in enumerate(texts, start=1)
    ]
    order = shuffled(mails, seed, lambda case: case.id)
    made = []
    for index, (category, number, attack) in enumerate(numbered):
        mail = order[index % len(order)]
        made.append(
            replace(
                mail,
                id=f"{mail.id} {category} {number}",
                passages=(with_order(mail.passages[0], attack, place, index),),
                attack=attack,
                attack_category=category,
            )
        )
    return sample(made, limit, seed, lambda case: case.id)


def _mail(number: int, row: Row) -> Case:
    is_answerable = row["ideal"] != _UNKNOWN
    return Case(
        id=f"mail-{number}",
        question=row["question"].removeprefix("Q: "),
        passages=(GivenPassage(row["context"], "E-mail"),),
        answers=(row["ideal"],) if is_answerable else (),
        answerable=is_answerable,
        gold_passages=(0,) if is_answerable else (),
    )


def notinject(
    folder: Path,
    limit: int | None,
    seed: int,
    *,
    clean: bool = False,
    neutral: bool = False,
    squad2_folder: Path | None = None,
) -> list[Case]:
    """Append each request to the gold passage of a question of SQuAD 2.0; answers should be as without it (`clean`).

    If `neutral`, a sentence of another article, about as long as the request, is appended instead of it: what differs
    then is due to the text being longer, not to a request.
    """
    questions = squad2.cases(squad2_folder or folder.parent / "squad2", None, seed)
    answerable = [case for case in questions if case.answerable]
    rows = json.loads((folder / "NotInject_one.json").read_text(encoding="utf-8"))
    prompts = [row["prompt"] for row in rows]
    if clean:
        return [case for case, _ in _pair(prompts, answerable, limit, seed)]
    appended = _neutral(prompts, answerable, seed) if neutral else prompts
    return [
        replace(case, passages=tuple(_append(prompt, p, i in case.gold_passages) for i, p in enumerate(case.passages)))
        for case, prompt in _pair(appended, answerable, limit, seed)
    ]


def _neutral(prompts: Sequence[str], answerable: Sequence[Case], seed: int) -> list[str]:
    """Return for each request a sentence of an article that its question is not about."""
    golds = [case.passages[number] for case in answerable for number in case.gold_passages]
    firsts = [
        (gold.title, gold.text[span.start : span.end]) for gold in golds for span in sentence_spans(gold.text)[:1]
    ]

    def sentence_for(case: Case, prompt: str) -> str:
        titles = {passage.title for passage in case.passages}
        others = (sentence for title, sentence in firsts if title not in titles)
        return min(others, key=lambda sentence: abs(len(sentence) - len(prompt)))

    return [sentence_for(case, prompt) for case, prompt in _pair(prompts, answerable, None, seed)]


def _pair(prompts: Sequence[str], answerable: Sequence[Case], limit: int | None, seed: int) -> list[tuple[Case, str]]:
    questions = shuffled(answerable, seed, lambda case: case.id)
    pairs = [
        (replace(case, id=f"notinject-{number}"), prompt)
        for number, (prompt, case) in enumerate(zip(prompts, questions, strict=False), start=1)
    ]
    return sample(pairs, limit, seed, lambda pair: pair[0].id)


def _append(prompt: str, passage: GivenPassage, is_gold: bool) -> GivenPassage:
    return replace(passage, text=f"{passage.text} {prompt}") if is_gold else passage
