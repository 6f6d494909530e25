"""Write a published set in BEIR's layout, for `citewell eval retrieval`: `python -m benchmarks.datasets.beir DIR OUT`.

DIR has the set of Anthropic's retrieval cookbook, or XQuAD: `--split de` asks German questions over German paragraphs,
`--split de-en` over English ones.
"""

import argparse
import csv
import json
from collections.abc import Iterable
from pathlib import Path

from benchmarks.datasets.cookbook import QUESTIONS, read_cookbook
from benchmarks.datasets.xquad import read_xquad
from evaluation.labelled_set import RetrievalSet


def main() -> None:
    """Write the files of the set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("--split", default="en", help="languages of XQuAD's questions and paragraphs")
    options = parser.parse_args()
    is_cookbook = (options.folder / QUESTIONS).is_file()
    write_set(options.out, read_cookbook(options.folder) if is_cookbook else read_xquad(options.folder, options.split))


def write_set(folder: Path, labelled: RetrievalSet) -> None:
    """Write a set as `evaluation.labelled_set` reads it."""
    folder.mkdir(parents=True, exist_ok=True)
    documents = ({"_id": each.id, "title": each.title, "text": each.text} for each in labelled.documents)
    _write_lines(folder / "corpus.jsonl", documents)
    _write_lines(folder / "queries.jsonl", ({"_id": id_, "text": text} for id_, text in labelled.queries.items()))
    with (folder / "qrels.tsv").open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream, delimiter="\t", lineterminator="\n")
        rows.writerow(("query-id", "corpus-id", "score"))
        rows.writerows(
            (id_, document, grade) for id_, own in labelled.judgements.items() for document, grade in own.items()
        )


def _write_lines(path: Path, rows: Iterable[dict[str, str]]) -> None:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
