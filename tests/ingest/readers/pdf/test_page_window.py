from pathlib import Path

from ingest.readers.pdf.pdfium import PDFIUM, Pdf
from ingest.readers.pdf.reader import PageWindow
from tests.support.documents.pdfs import write_pdf


def test_the_sample_has_the_first_pages_and_some_of_the_others(tmp_path: Path) -> None:
    with PDFIUM:
        pdf = Pdf(write_pdf(tmp_path / "a.pdf", [f"Page {at} of the text" for at in range(100)]))
        window = PageWindow(pdf, 100)
        sample = window.sample()
        first = window.page(0)
        pdf.close()

    assert list(sample)[:24] == list(range(24))
    assert 4 <= len(sample) - 24 <= 76 // 8
    assert first.lines is sample[0]


def test_pages_are_the_same_read_one_by_one_and_memory_keeps_a_window(tmp_path: Path) -> None:
    texts = [f"Page {at} of the text" for at in range(60)]
    with PDFIUM:
        pdf = Pdf(write_pdf(tmp_path / "a.pdf", texts))
        window = PageWindow(pdf, 60)
        window.sample()
        read = [window.page(at).lines.texts for at in range(60)]
        kept = len(window._read)
        pdf.close()

    assert read == [[text] for text in texts]
    assert kept < 12
