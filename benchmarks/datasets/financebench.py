"""Convert FinanceBench (Islam et al. 2023): questions on annual reports in PDF, with the pages that answer them.

Its files are `questions.jsonl` and the reports in `pdfs/`; a question whose report is missing is left out.
"""

from pathlib import Path
from typing import Any

from evaluation.case_selection import sample
from evaluation.cases import Case
from evaluation.set_files import read_json_lines

_MAX_SHORT_WORDS = 6
"""Longer gold answers are too long to appear in an answer word by word."""

Row = dict[str, Any]


def cases(folder: Path, limit: int | None, seed: int, *, all_reports: bool = False) -> list[Case]:
    """Return a case per question, with its report or with the reports of all questions.

    The set counts pages from 0, Citewell from 1.
    """
    pdfs = (folder / "pdfs").resolve()
    questions = [row for row in read_json_lines(folder / "questions.jsonl") if (pdfs / _document(row)).is_file()]
    reports = tuple(sorted({str(pdfs / _document(row)) for row in questions}))
    return [
        Case(
            id=row["financebench_id"],
            question=row["question"],
            kind=row.get("question_type") or "",
            documents=reports if all_reports else (str(pdfs / _document(row)),),
            canonical=True,
            answers=(row["answer"],),
            long=len(row["answer"].split()) > _MAX_SHORT_WORDS,
            answerable=True,
            gold_pages=tuple(
                (_document(evidence), int(evidence["evidence_page_num"]) + 1) for evidence in row["evidence"]
            ),
        )
        for row in sample(questions, limit, seed, lambda row: str(row["financebench_id"]))
    ]


def _document(row: Row) -> str:
    return f"{row['doc_name']}.pdf"
