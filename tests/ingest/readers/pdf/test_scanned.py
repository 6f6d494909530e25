"""Scanned pages of a PDF are recognised; so are those whose own text is nonsense or only a stamp; good text is kept."""

from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader as PypdfReader
from pypdf import PdfWriter

from ingest.readers.pdf import scanned
from ingest.readers.pdf.page_view import boxes
from ingest.readers.pdf.reader import PdfReader
from ingest.readers.pdf.scanned import ScanText, agreement, is_better, is_doubtful, is_sparse, is_suspect
from ingest.readers.recognition import onnx_models
from ingest.readers.recognition.recognised_page import Frame, Recognised
from rag.errors import DocumentError
from rag.types import Page
from tests.ingest.readers.recognition.test_recognised_page import piece
from tests.support.documents.pdfs import HEIGHT, WIDTH, Words, overlap, shown, write_words
from tests.support.documents.scans import LINES, needs_recognition, picture

WHOLE = (0, 0, WIDTH, HEIGHT)
ENGLISH = "The committee approved the budget for the year, and the report was sent to all of its members in May. " * 3
SENSIBLE = {
    "English": ENGLISH,
    "German": "Die Gesellschaft hat im Geschäftsjahr einen Gewinn erzielt, der auf die Sparten entfällt. " * 3,
    "Russian": "Общество получило прибыль за отчётный год и направило её на развитие производства. " * 3,
    "Arabic": "حققت الشركة أرباحا في السنة المالية الماضية ووزعتها على المساهمين. " * 3,
    "Chinese": "公司在本财政年度取得了利润，并将其分配给股东。" * 8,
    "figures": "\n".join(
        f"Segment {name} {at * 1313:,} ({at}.5)% $12.7m Q{at}" for at, name in enumerate("ABCDEFGHIJ")
    ),
    "code": "def read(path):\n    for page in pages(path):\n        yield page.text\n\nprint(read('a.pdf'))\n" * 3,
    "bullets": "● Class one\n● Class two\n● Cell with words\n● Another cell\n● And one more of these\n" * 3,
}
HEAD = ("Item", "Pieces", "Price")
ROWS = (("Garden work", "28", "120.00"), ("Cuttings", "1", "307.35"), ("Hedges", "3", "48.50"))


def read(path: Path) -> list[Page]:
    return list(PdfReader().read(path))


@pytest.fixture
def scan(tmp_path: Path) -> Image.Image:
    return picture(tmp_path)


def with_text(folder: Path, scan: Image.Image, lines: list[Words]) -> Path:
    """Write a scan with text over it."""
    scan.save(folder / "plain.pdf", resolution=144)
    over = write_words(folder / "over.pdf", [lines])
    writer = PdfWriter()
    writer.append(folder / "plain.pdf")
    writer.pages[0].merge_page(PypdfReader(over).pages[0])
    writer.write(folder / "both.pdf")
    return folder / "both.pdf"


@needs_recognition
def test_a_scanned_page_is_recognised_and_its_words_are_framed(tmp_path: Path, scan: Image.Image) -> None:
    scan.save(tmp_path / "scan.pdf", resolution=144)
    writer = PdfWriter()
    writer.append(tmp_path / "scan.pdf")
    writer.pages[0].rotate(90)
    writer.write(tmp_path / "turned.pdf")
    (page,) = read(tmp_path / "turned.pdf")
    assert page.state == "ocr"
    assert page.note.startswith("recognised, confidence")
    assert page.text.split() == " ".join(line.text for line in LINES).split()
    at = page.text.index("Payment")
    (box,) = boxes(tmp_path / "turned.pdf", 1, at, at + len(LINES[1].text), recognised=True)
    assert overlap(box, shown(LINES[1].box(), 90, WHOLE)) > 0.4


@needs_recognition
def test_a_stamp_over_a_scan_does_not_hide_it(tmp_path: Path, scan: Image.Image) -> None:
    (page,) = read(with_text(tmp_path, scan, [Words(300, 800, "COPY 17", 9)]))
    assert page.state == "ocr"
    assert "48213" in page.text
    assert page.note.startswith("the file's own text for this page is unusable: recognised")


@needs_recognition
def test_nonsense_over_a_scan_is_recognised_again(tmp_path: Path, scan: Image.Image) -> None:
    nonsense = [Words(60, 300 - 12 * at, "7KH LQYRLFH QXPEHU LV 3D\\PHQW WK|UW\\ ~ G@\\V", 1) for at in range(8)]
    (page,) = read(with_text(tmp_path, scan, nonsense))
    assert page.state == "ocr"
    assert "invoice number is 48213" in page.text


@needs_recognition
def test_the_text_of_a_scanner_that_read_well_is_kept(tmp_path: Path, scan: Image.Image) -> None:
    own = [
        Words(60, 300 - 12 * at, "The invoice was paid in the month of May, and the case is closed.", 1)
        for at in range(5)
    ]
    (page,) = read(with_text(tmp_path, scan, own))
    assert page.state == "ready"
    assert "case is closed" in page.text


@needs_recognition
def test_a_picture_in_which_nothing_is_recognised_is_said_to_have_no_text(tmp_path: Path) -> None:
    square = Image.new("RGB", (400, 300), "white")
    square.paste("navy", (50, 50, 200, 200))
    square.save(tmp_path / "square.pdf")
    with pytest.raises(DocumentError, match="its only page has no text, and no text was recognised in its image"):
        read(tmp_path / "square.pdf")


def test_a_failed_recognition_fails_only_its_page(
    tmp_path: Path, scan: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_image: Image.Image) -> None:
        raise DocumentError("the text in the image could not be recognised (RuntimeError)")

    monkeypatch.setattr(scanned, "recognise", fail)
    monkeypatch.setattr(onnx_models, "is_available", lambda: True)
    scan.save(tmp_path / "scan.pdf")
    both = PdfWriter()
    both.append(tmp_path / "printed.pdf")
    both.append(tmp_path / "scan.pdf")
    both.write(tmp_path / "both.pdf")
    first, second = read(tmp_path / "both.pdf")
    assert (first.state, second.state) == ("ready", "failed")
    assert second.note == "the text in the image could not be recognised (RuntimeError)"
    with pytest.raises(DocumentError, match="its only page has no text, and the text in the image could not"):
        read(tmp_path / "scan.pdf")


def test_without_the_recogniser_a_scan_is_said_to_have_no_text(
    tmp_path: Path, scan: Image.Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onnx_models, "is_available", lambda: False)
    scan.save(tmp_path / "scan.pdf")
    with pytest.raises(DocumentError, match=r"no text \(scanned\?\); to recognise text .* pip install --editable"):
        read(tmp_path / "scan.pdf")


def test_blank_pages_are_called_blank(tmp_path: Path) -> None:
    path = write_words(tmp_path / "a.pdf", [LINES, []])
    assert [(page.state, page.note) for page in read(path)] == [("ready", ""), ("empty", "blank")]


@pytest.mark.parametrize("language", SENSIBLE)
def test_text_that_makes_sense_is_kept(language: str) -> None:
    assert not is_doubtful(SENSIBLE[language])


@pytest.mark.parametrize(
    "text",
    [
        "7KH FRPPLWWHH DSSURYHG WKH EXGJHW IRU WKH \\HDU DQG WKH UHSRUW ZDV VHQW WR DOO PHPEHUV LQ 0D\\ " * 2,
        "\ue001\ue002\ue003 \ue004\ue005 \ue006\ue007" * 9,
        "(cid:12)(cid:7)(cid:44) (cid:3)(cid:9) " * 9,
        "/g12/g33/g7 /g9/g44/g2 /g1/g5 " * 9,
        "tne;cmm~ttee >ppr0ved th*bud9et f^r\\ye@r 4nd#rep0rt w{s s3nt|t0 a!l m=mb3rs ~n |\\/|ay x#z q@@ " * 3,
    ],
)
def test_nonsense_is_doubtful(text: str) -> None:
    assert is_doubtful(text)


def test_a_page_of_few_words_is_sparse_and_a_scanner_s_odd_words_are_suspect() -> None:
    assert is_sparse("CONFIDENTIAL 17 May 2019")
    assert not is_sparse(ENGLISH)
    assert not is_suspect(ENGLISH)
    assert is_suspect(ENGLISH + "toi n»Bfl s*r;tiiR H^uid")


def test_lines_that_disagree_show_wrong_words() -> None:
    right = ["The Foundation received the following letters", "accepting membership and enclosing their check"]
    wrong = ["Tne Foundntion recelved tbe fallowings lettors", "aceepting aomberehip end wrelosing tbeir cheek"]
    assert agreement(right, right) == 1.0
    assert agreement(wrong, right) < 0.3
    assert agreement(["a few"], ["a few words"]) == 1.0  # too little to tell


def test_recognised_text_replaces_only_what_it_betters() -> None:
    assert is_better(ENGLISH, "CONFIDENTIAL 17 May 2019")
    assert not is_better("CONFIDENTIAL 17 May 2019", "CONFIDENTIAL 17 May 2019")
    assert is_better("short", "\ue001\ue002")
    assert not is_better("x = f(y*z) >> b[i]", "x = f(y*z) >> b[i]")


def table_at(top: float = 0) -> list[tuple[str, float, float]]:
    return [
        (cell, 160.0 * at, top + 14 * line) for line, row in enumerate((HEAD, *ROWS)) for at, cell in enumerate(row)
    ]


def scan_of(*cells: tuple[str, float, float]) -> ScanText:
    return ScanText(Recognised(tuple(piece(*cell) for cell in cells), Frame(600, 800)))


def test_a_table_says_each_value_after_its_head() -> None:
    page = scan_of(*table_at())
    assert page.text.split("\n") == [
        "Item | Pieces | Price",
        *(f"Item: {item} | Pieces: {pieces} | Price: {price}" for item, pieces, price in ROWS),
    ]
    (found,) = page.structure.tables
    cells = {(cell.row, cell.column): page.text[cell.start : cell.end] for cell in found.cells}
    assert cells[2, 2] == "307.35"
    assert (found.start, found.end, found.caption) == (0, len(page.text), "")


def test_a_value_and_its_repeated_head_are_framed_where_they_are_printed() -> None:
    page = scan_of(*table_at())
    at = page.text.index("Price: 48.50")
    head, value = page.boxes(at, at + len("Price: 48.50"))
    assert head[1] < 12 / 800
    assert abs(head[0] - 320 / 600) < 0.001
    assert abs(value[1] - 42 / 800) < 0.001


def test_prose_is_no_table_and_rows_of_a_table_no_headings() -> None:
    lines = [(f"This is line {at} of a page of prose without columns.", 0.0, 14.0 * at) for at in range(8)]
    assert not scan_of(*lines).structure.tables
    assert not scan_of(*lines, *table_at(140)).structure.headings
