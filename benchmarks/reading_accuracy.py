"""Measure how much text of documents is read, and in which order: `python -m benchmarks.reading_accuracy DATA`.

DATA is the folder of labelled sets. There are three references: text that Chromium printed to PDF in one, two and three
columns; the evidence of FinanceBench, which its authors extracted with another library; and the text between the tags
of Office files, books and mails. Prints a line per kind of document: "words found" is the share of the words of the
reference that were read, "order" the share of these that a common subsequence of both contains.
"""

import argparse
import email
import re
import tempfile
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from difflib import SequenceMatcher
from html import escape
from pathlib import Path
from statistics import fmean

from lxml import etree, html
from playwright.sync_api import sync_playwright

from benchmarks.machine import describe
from evaluation.set_files import read_json_lines
from ingest.readers.blocks.pages import without_invisible
from ingest.readers.registry import reader_for
from rag.errors import DocumentError
from tests.support.browser import chromium

_WORD = re.compile(r"\w+")
_MAX_WORDS = 4000
_PARTS = {
    ".docx": (re.compile(r"word/document\.xml"), "{*}t"),
    ".pptx": (re.compile(r"ppt/slides/slide\d+\.xml"), "{*}t"),
    ".xlsx": (re.compile(r"xl/sharedStrings\.xml"), "{*}t"),
}
_MIN_PROSE_CHARACTERS = 300
_PRINTED_DOCUMENTS = 6
_PARAGRAPHS = 30
_STYLES = {
    "one column": "",
    "two columns": "columns: 2; column-gap: 24px; text-align: justify; hyphens: auto",
    "three columns": "columns: 3; column-gap: 18px; text-align: justify; hyphens: auto; font-size: 11px",
}

Score = tuple[float, float]


def main() -> None:
    """Print a line per kind of document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    options = parser.parse_args()
    print(describe())
    print("kind\tdocuments\twords found\torder")
    with tempfile.TemporaryDirectory() as folder:
        for style, scores in printed(options.data, Path(folder)).items():
            show(f"PDF, printed in {style}", scores)
    show("PDF, FinanceBench's evidence", list(evidence(options.data / "financebench")))
    for kind, scores in sorted(own_text(options.data / "documents").items()):
        show(kind, scores)


def show(kind: str, scores: list[Score]) -> None:
    """Print one line of the table."""
    if scores:
        print(f"{kind}\t{len(scores)}\t{fmean(found for found, _ in scores):.4f}\t{fmean(o for _, o in scores):.4f}")


def score(reference: str, read: str) -> Score:
    """Return the shares "words found" and "order"."""
    wanted, got = (_WORD.findall(text.lower())[:_MAX_WORDS] for text in (reference, read))
    found = (Counter(wanted) & Counter(got)).total()
    in_order = sum(block.size for block in SequenceMatcher(None, wanted, got, autojunk=False).get_matching_blocks())
    return found / max(1, len(wanted)), in_order / max(1, found)


def text_of(path: Path) -> list[str]:
    """Return the texts of the pages as they are stored."""
    return [page.text for page in without_invisible(reader_for(path, path.name).read(path))[0]]


def printed(data: Path, folder: Path) -> dict[str, list[Score]]:
    """Print paragraphs from a browser, with page numbers and a running head, and score reading them."""
    paragraphs = list(_paragraphs(data / "debian_docs" / "passages.jsonl.gz"))
    scores: dict[str, list[Score]] = defaultdict(list)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_page()
        for number in range(_PRINTED_DOCUMENTS):
            chosen = paragraphs[number * _PARAGRAPHS : (number + 1) * _PARAGRAPHS]
            for style, css in _STYLES.items():
                body = "".join(f"<p>{escape(text)}</p>" for text in chosen)
                page.set_content(f"<html lang=en><div style='{css}'>{body}</div>")
                path = folder / "printed.pdf"
                page.pdf(
                    path=path,
                    display_header_footer=True,
                    header_template="<div style='font-size:8px'>Printed words</div>",
                    footer_template="<div style='font-size:8px'><span class=pageNumber></span></div>",
                    margin={"top": "80px", "bottom": "80px", "left": "60px", "right": "60px"},
                )
                scores[style].append(score("\n".join(chosen), "\n".join(text_of(path))))
        browser.close()
    return scores


def _paragraphs(path: Path) -> Iterator[str]:
    for row in read_json_lines(path):
        text = " ".join(str(row["text"]).split())
        if len(text) > _MIN_PROSE_CHARACTERS and text.isascii() and "://" not in text:
            yield text


def evidence(folder: Path) -> Iterator[Score]:
    """Score the page of each piece of evidence."""
    pages: dict[str, list[str]] = {}
    for row in read_json_lines(folder / "questions.jsonl"):
        for piece in row["evidence"]:
            name = piece.get("doc_name") or row["doc_name"]
            path = folder / "pdfs" / f"{name}.pdf"
            if path.is_file():
                pages.setdefault(name, text_of(path) if name not in pages else [])
                number = int(piece["evidence_page_num"])
                if number < len(pages[name]):
                    yield score(piece["evidence_text"], pages[name][number])


def own_text(folder: Path) -> dict[str, list[Score]]:
    """Score Office files, books, pages and mails against the text between their own tags."""
    scores: dict[str, list[Score]] = defaultdict(list)
    for path in sorted(folder.rglob("*")):
        try:
            reference = _own_text(path)
            if len(_WORD.findall(reference)) > 5:
                scores[path.suffix.lower()[1:]].append(score(reference, "\n".join(text_of(path))))
        except (DocumentError, zipfile.BadZipFile, KeyError):
            continue  # rejected files are counted elsewhere
    return scores


def _own_text(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix in _PARTS:
        names, tag = _PARTS[suffix]
        return "\n".join(_between(root, tag) for root in _roots(path, names))
    if suffix in (".odt", ".odp"):
        return "\n".join(
            " ".join(root.find("{*}body").itertext()) for root in _roots(path, re.compile(r"content\.xml"))
        )
    if suffix in (".html", ".htm"):
        root = html.fromstring(path.read_bytes())
        etree.strip_elements(root, "script", "style", "head", "noscript", "svg", etree.Comment, with_tail=False)
        return " ".join(root.itertext())
    if suffix == ".eml" and b"\0" not in path.read_bytes():
        message = email.message_from_bytes(path.read_bytes())
        parts = (part for part in message.walk() if part.get_content_type() == "text/plain")
        bodies = (part.get_payload(decode=True) for part in parts if not part.get_filename())
        return "\n".join(body.decode("utf-8", "ignore") for body in bodies if isinstance(body, bytes))
    if suffix in (".txt", ".md", ".py", ".rst"):
        data = path.read_bytes()
        return "" if b"\0" in data else data.decode("utf-8", "ignore")
    return ""


def _roots(path: Path, names: re.Pattern[str]) -> Iterator[etree._Element]:
    with zipfile.ZipFile(path) as archive:
        found = [name for name in archive.namelist() if names.fullmatch(name)]
        for name in sorted(found, key=lambda name: (len(name), name)):
            yield etree.fromstring(archive.read(name), etree.XMLParser(resolve_entities=False, recover=True))


def _between(root: etree._Element, tag: str) -> str:
    """Return the texts of a tag, a line per paragraph, without fallbacks for older programs and without formulas.

    Between the tags of a formula is no text that anybody reads: "x+an" for (x+a)^n.
    """
    etree.strip_elements(root, "{*}Fallback", "{*}oMath", with_tail=False)
    lines: list[str] = []
    for paragraph in root.iter("{*}p", "{*}si"):
        own = (text for text in paragraph.iter(tag) if next(text.iterancestors("{*}p", "{*}si")) is paragraph)
        lines.append("".join(text.text or "" for text in own))
    return "\n".join(lines)


if __name__ == "__main__":
    main()
