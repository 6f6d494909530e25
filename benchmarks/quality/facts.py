"""Compare what is found out about documents with labels made by eye: `python -m benchmarks.quality.facts DIR`.

DIR is the folder of the labelled sets, with financebench/ and documents/; only the labels are part of this program. A
label lists the accepted forms of each fact; "" is accepted where a document has none. No model is needed.
"""

import argparse
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from evaluation.set_files import read_json_lines
from ingest.facts.opening import FIRST_PAGES
from ingest.facts.rules import document_facts
from ingest.readers.blocks.pages import without_invisible
from ingest.readers.registry import reader_for
from rag.types import DocumentFacts

FACTS = ("title", "organisation", "period", "kind")
LABELS = Path(__file__).parent / "labels" / "document_facts.jsonl"
_LEGAL_FORM = re.compile(r"\b(?:incorporated|inc|corp|corporation|company|co|plc|ltd|limited|llc|gmbh|ag|the)\b")


@dataclass(frozen=True, slots=True)
class LabelledFile:
    """A file below the folder of the data, its group of files, and the accepted forms of each of its facts."""

    file: str
    group: str
    accepted: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Mistake:
    """A fact that is not as labelled."""

    file: str
    fact: str
    found: str
    accepted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FactsReport:
    """Shares of right facts by group of files ("all" for all of them), and every mistake."""

    files: dict[str, int]
    shares: dict[str, dict[str, float]]
    mistakes: tuple[Mistake, ...]


def main() -> None:
    """Print the shares of right facts by group of files, and every mistake."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR")
    report = evaluate(parser.parse_args().folder)
    print("\t".join(("files", "number", *FACTS)))
    for group, shares in report.shares.items():
        print("\t".join((group, str(report.files[group]), *(f"{share:.3f}" for share in shares.values()))))
    for each in report.mistakes:
        expected = " or ".join(f"'{form}'" for form in each.accepted)
        print(f"{each.file}: {each.fact} '{each.found}', not {expected}")


def read_labels(folder: Path) -> list[LabelledFile]:
    """Read the labels of the files that exist below a folder."""
    rows: list[dict[str, Any]] = list(read_json_lines(LABELS))
    return [
        LabelledFile(row["file"], row["half"], {fact: tuple(row[fact]) for fact in FACTS})
        for row in rows
        if (folder / row["file"]).is_file()
    ]


def evaluate(folder: Path) -> FactsReport:
    """Find out the facts of every labelled file and compare them."""
    files = read_labels(folder)
    mistakes = [mistake for each in files for mistake in mistakes_in(facts_of(folder / each.file), each)]
    groups = {"all": files} | {
        group: [f for f in files if f.group == group] for group in sorted({f.group for f in files})
    }
    shares = {group: _shares(members, mistakes) for group, members in groups.items()}
    return FactsReport({group: len(members) for group, members in groups.items()}, shares, tuple(mistakes))


def facts_of(path: Path) -> DocumentFacts:
    """Return the facts of a file, by its first pages."""
    pages, _ = without_invisible(islice(reader_for(path, path.name).read(path), FIRST_PAGES))
    metadata = pages[0].metadata if pages else {}
    return document_facts(path.name, metadata, pages)


def mistakes_in(found: DocumentFacts, labelled: LabelledFile) -> list[Mistake]:
    """Return the facts that have none of the accepted forms."""
    values = {fact: str(getattr(found, fact)) for fact in FACTS}
    return [
        Mistake(labelled.file, fact, value, labelled.accepted[fact])
        for fact, value in values.items()
        if not any(_same(fact, value, accepted) for accepted in labelled.accepted[fact])
    ]


def _shares(files: Sequence[LabelledFile], mistakes: Sequence[Mistake]) -> dict[str, float]:
    names = {labelled.file for labelled in files}
    wrong = [mistake for mistake in mistakes if mistake.file in names]
    return {fact: 1 - sum(each.fact == fact for each in wrong) / max(1, len(files)) for fact in FACTS}


def _same(fact: str, found: str, accepted: str) -> bool:
    """Compare without case, accents' forms and punctuation; organisations also without their legal form."""
    one, other = _bare(found), _bare(accepted)
    if fact == "organisation":
        one, other = _LEGAL_FORM.sub("", one).strip() or one, _LEGAL_FORM.sub("", other).strip() or other
    return one == other


def _bare(text: str) -> str:
    return " ".join(re.sub(r"[\W_]+", " ", unicodedata.normalize("NFKC", text).casefold()).split())


if __name__ == "__main__":
    main()
