from pathlib import Path

from ingest.readers.pdf.pdfium import PDFIUM, Pdf
from ingest.readers.pdf.raw_page import body_lines, page_body, read_page, running_head
from tests.support.documents.pdfs import Words, write_words


def test_a_running_head_is_no_line_of_the_body(tmp_path: Path) -> None:
    pages = [[Words(72, 800, "Report of the Year"), Words(72, 600, f"Text of page {at}.")] for at in range(5)]
    with PDFIUM:
        pdf = Pdf(write_words(tmp_path / "a.pdf", pages))
        read = [read_page(pdf, index) for index in range(5)]
        pdf.close()
    edges = [page.edges for page in read]

    assert body_lines(read[0], edges, 0) == [0, 1]  # it stays where it appears first
    assert body_lines(read[2], edges, 2) == [1]
    layout, table = page_body(read[2], [1], None)
    assert len(layout.runs) == 1
    assert table is None
    assert running_head(read[2], edges, 2) == "Report of the Year"


def test_each_line_has_its_type(tmp_path: Path) -> None:
    with PDFIUM:
        pdf = Pdf(write_words(tmp_path / "a.pdf", [[Words(72, 700, "One", 14), Words(72, 600, "Two", 9)]]))
        page = read_page(pdf, 0)
        pdf.close()

    assert len(page.types) == len(page.lines) == 2
