"""FinanceBench (Islam et al. 2023): questions on annual reports in PDF, with the pages that answer.

`questions.jsonl`, and the reports in `pdfs/`; a question whose report is not there is left out.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evaluation.datasets.beir import read_rows
from evaluation.datasets.cases import Case
from evaluation.datasets.shuffle import sample

_SHORT_WORDS = 6
"""An answer of more words is not found word by word in another one."""

Row = dict[str, Any]


def read(folder: Path) -> tuple[list[Row], Path]:
    """Questions whose report is there, and the folder of the reports."""
    pdfs = (folder / "pdfs").resolve()
    return [row for row in read_rows(folder / "questions.jsonl") if (pdfs / _document(row)).is_file()], pdfs


def cases(questions: Sequence[Row], pdfs: Path, limit: int | None, seed: int) -> list[Case]:
    """Each question with its report. The set counts pages from 0, Citewell from 1."""
    return [
        Case(
            id=row["financebench_id"],
            question=row["question"],
            documents=(str(pdfs / _document(row)),),
            answers=(row["answer"],),
            long=len(row["answer"].split()) > _SHORT_WORDS,
            answerable=True,
            gold_pages=tuple(
                (_document(evidence), int(evidence["evidence_page_num"]) + 1) for evidence in row["evidence"]
            ),
        )
        for row in sample(questions, limit, seed, lambda row: str(row["financebench_id"]))
    ]


def _document(row: Row) -> str:
    return f"{row['doc_name']}.pdf"
