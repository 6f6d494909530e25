"""Convert RGB (Chen et al. 2023), its factual English part: snippets of a web search, and snippets that come near.

Its file is `en_fact.json`, one question a line with its `positive` snippets, which answer it, the same with a false
fact (`positive_wrong`), and `negative` ones, which are about it and mostly do not answer.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.datasets.samples import mix_passages, sample_evenly
from evaluation.case_selection import sample
from evaluation.cases import Case, GivenPassage
from evaluation.set_files import read_json_lines

_POSITIVE, _NEGATIVE, _NEAR_MISSES = 2, 3, 5

Row = dict[str, Any]


def _read(folder: Path) -> list[Row]:
    """Read the rows of a folder's first file `en_fact*.json` or `en_fact*.json.gz`, one a line."""
    return list(read_json_lines(next(iter(sorted(folder.glob("en_fact*.json*"))), folder / "en_fact.json")))


def cases(folder: Path, limit: int | None, seed: int) -> list[Case]:
    """Return two cases a question: two snippets that answer among three that do not, and five that come near.

    A question with fewer than five negative snippets has no near miss.
    """
    rows = _read(folder)
    near = [row for row in rows if len(row["negative"]) >= _NEAR_MISSES]
    chosen = sample_evenly([("answered", row) for row in rows], [("near", row) for row in near], limit, seed, _name)
    return [_answered(row, seed) if kind == "answered" else _near_miss(row, seed) for kind, row in chosen]


def contradictions(folder: Path, limit: int | None, seed: int) -> list[Case]:
    """Return a case per question: a snippet that answers, another that gives a false answer, three that do not."""
    chosen = sample([("disputed", row) for row in _read(folder) if row.get("positive_wrong")], limit, seed, _name)
    return [_disputed(row, seed) for _, row in chosen]


def _answered(row: Row, seed: int) -> Case:
    shown = mix_passages(
        _passages(row["positive"][:_POSITIVE]), _passages(row["negative"][:_NEGATIVE]), seed, f"rgb {row['id']}"
    )
    return _case(row, "answered", *shown)


def _near_miss(row: Row, seed: int) -> Case:
    passages, _ = mix_passages([], _passages(row["negative"][:_NEAR_MISSES]), seed, f"rgb {row['id']}")
    return Case(id=f"rgb-{row['id']}-near", question=row["query"].strip(), passages=passages, answerable=False)


def _disputed(row: Row, seed: int) -> Case:
    positive = row["positive"][:1]
    others = [*(row["positive_wrong"][1:2] or row["positive_wrong"][:1]), *row["negative"][:_NEGATIVE]]
    return _case(row, "disputed", *mix_passages(_passages(positive), _passages(others), seed, f"rgb {row['id']}"))


def _case(row: Row, kind: str, passages: tuple[GivenPassage, ...], gold: tuple[int, ...]) -> Case:
    return Case(
        id=f"rgb-{row['id']}-{kind}",
        question=row["query"].strip(),
        passages=passages,
        answers=tuple(dict.fromkeys(_spellings(row["answer"]))),
        answerable=True,
        gold_passages=gold,
    )


def _spellings(answer: Any) -> Iterator[str]:
    """Yield the spellings of an answer: a text, or lists of texts."""
    if isinstance(answer, str):
        yield answer.strip()
    else:
        for each in answer:
            yield from _spellings(each)


def _passages(snippets: Sequence[str]) -> list[GivenPassage]:
    return [GivenPassage(snippet.strip()) for snippet in snippets if snippet.strip()]


def _name(item: tuple[str, Row]) -> str:
    return f"{item[0]} {item[1]['id']}"
