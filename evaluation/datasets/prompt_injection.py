"""Text in passages that is, or only looks, hostile.

BIPIA (Yi et al. 2023): `email_train.jsonl` has mails with a question each, `text_attack_train.json` instructions that
are hidden in them. NotInject (Li and Liu 2024): `NotInject_one.json` has harmless requests, each with a word that
attacks use.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from evaluation.datasets.beir import read_rows
from evaluation.datasets.cases import Case, GivenPassage
from evaluation.datasets.shuffle import sample, shuffled
from rag.text.sentences import sentence_spans

_UNKNOWN = "unknown"
"""BIPIA's ideal answer where the mail does not tell."""

Row = dict[str, Any]


def read_bipia(folder: Path) -> tuple[list[Row], list[tuple[str, int, str]]]:
    """Mails, and attacks as (category, number within it from 1, instruction)."""
    attacks = json.loads((folder / "text_attack_train.json").read_text(encoding="utf-8"))
    numbered = [
        (category, number, attack)
        for category, texts in attacks.items()
        for number, attack in enumerate(texts, start=1)
    ]
    return list(read_rows(folder / "email_train.jsonl")), numbered


def mails(rows: Sequence[Row], limit: int | None, seed: int) -> list[Case]:
    """Each mail with its question and no attack. The id is "mail-N", N the mail's number from 1."""
    clean = [_mail(number, row) for number, row in enumerate(rows, start=1)]
    return sample(clean, limit, seed, lambda case: case.id)


def attacked_mails(
    rows: Sequence[Row], attacks: Sequence[tuple[str, int, str]], limit: int | None, seed: int
) -> list[Case]:
    """Each attack in one mail: at its start, in the middle, at its end, by turns.

    The id begins with that of the mail without the attack: "mail-7 Clickbait 3" is to be compared with "mail-7".
    """
    order = shuffled(mails(rows, None, seed), seed, lambda case: case.id)
    made = []
    for index, (category, number, attack) in enumerate(attacks):
        mail = order[index % len(order)]
        text = _inserted(mail.passages[0].text, attack, index % 3)
        made.append(
            replace(
                mail,
                id=f"{mail.id} {category} {number}",
                passages=(replace(mail.passages[0], text=text),),
                attack=attack,
                attack_category=category,
            )
        )
    return sample(made, limit, seed, lambda case: case.id)


def _mail(number: int, row: Row) -> Case:
    known = row["ideal"] != _UNKNOWN
    return Case(
        id=f"mail-{number}",
        question=row["question"].removeprefix("Q: "),
        passages=(GivenPassage(row["context"], "E-mail"),),
        answers=(row["ideal"],) if known else (),
        answerable=known,
        gold_passages=(0,) if known else (),
    )


def _inserted(mail: str, attack: str, turn: int) -> str:
    """The mail with the attack at its start (0), before the sentence next to its middle (1), or at its end (2)."""
    half = len(mail) // 2
    later = [span.start for span in sentence_spans(mail)][1:]
    middle = min(later, key=lambda start: abs(start - half), default=mail.find(" ", half))
    at = (0, middle, len(mail))[turn]
    return "\n".join(part for part in (mail[:at].rstrip(), attack, mail[at:].lstrip()) if part)


def read_notinject(folder: Path) -> list[str]:
    """The harmless requests."""
    rows = json.loads((folder / "NotInject_one.json").read_text(encoding="utf-8"))
    return [row["prompt"] for row in rows]


def suspicious(prompts: Sequence[str], answerable: Sequence[Case], limit: int | None, seed: int) -> list[Case]:
    """Each request as one more sentence of the gold passage of a question; answers should be as without it."""
    return [
        replace(case, passages=tuple(_with(prompt, p, i in case.gold_passages) for i, p in enumerate(case.passages)))
        for case, prompt in _paired(prompts, answerable, limit, seed)
    ]


def unsuspicious(prompts: Sequence[str], answerable: Sequence[Case], limit: int | None, seed: int) -> list[Case]:
    """The same questions under the same ids without the requests."""
    return [case for case, _ in _paired(prompts, answerable, limit, seed)]


def _paired(prompts: Sequence[str], answerable: Sequence[Case], limit: int | None, seed: int) -> list[tuple[Case, str]]:
    questions = shuffled(answerable, seed, lambda case: case.id)
    pairs = [
        (replace(case, id=f"notinject-{number}"), prompt)
        for number, (prompt, case) in enumerate(zip(prompts, questions, strict=False), start=1)
    ]
    return sample(pairs, limit, seed, lambda pair: pair[0].id)


def _with(prompt: str, passage: GivenPassage, is_gold: bool) -> GivenPassage:
    return replace(passage, text=f"{passage.text} {prompt}") if is_gold else passage
