"""ZIP archives of XML are opened within limits, and without access to anything outside."""

from pathlib import Path

import pytest

from rag.errors import DocumentError
from tests.support.documents.sample_documents import read_pages, relations, write_docx, write_zip


def test_decompression_bombs_are_refused(tmp_path: Path) -> None:
    bomb = write_zip(tmp_path / "a.docx", {"word/document.xml": b"<a>" + b" " * 60_000_000})
    with pytest.raises(DocumentError, match="bomb"):
        read_pages(bomb)
    sheets: dict[str, str | bytes] = {"xl/workbook.xml": "<a/>", "xl/worksheets/sheet1.xml": b"\0" * 60_000_000}
    with pytest.raises(DocumentError, match="bomb"):
        read_pages(write_zip(tmp_path / "a.xlsx", sheets))
    with pytest.raises(DocumentError, match="20,001 parts"):
        read_pages(write_zip(tmp_path / "b.docx", {f"word/{at}": "" for at in range(20_001)}))


def test_entities_are_neither_expanded_nor_fetched(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("TOP SECRET")
    document = (
        f'<!DOCTYPE a [<!ENTITY x SYSTEM "{(tmp_path / "secret.txt").as_uri()}"><!ENTITY y "boom">'
        '<!ENTITY z "&y;&y;&y;&y;&y;&y;&y;&y;">]>'
        '<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>seen &x; &z;</w:t></w:r></w:p></w:body></w:document>'
    )
    path = write_zip(
        tmp_path / "a.docx",
        {"word/document.xml": document, "_rels/.rels": relations(("r", "officeDocument", "word/document.xml"))},
    )
    assert "SECRET" not in read_pages(path)[0].text
    (tmp_path / "a.xml").write_text(document.replace("w:", ""))
    assert "SECRET" not in read_pages(tmp_path / "a.xml")[0].text


def test_relations_that_lead_out_of_the_file_or_round_in_circles_end(tmp_path: Path) -> None:
    parts = {
        "_rels/.rels": relations(("r", "officeDocument", "ppt/presentation.xml")),
        "ppt/presentation.xml": '<p xmlns:r="http://x/relationships"><sldId r:id="a"/><sldId r:id="b"/></p>',
        "ppt/_rels/presentation.xml.rels": relations(("a", "slide", "../../../../etc/passwd"), ("b", "slide", "s.xml")),
        "ppt/s.xml": "<s><spTree><sp><txBody><p><t>only slide</t></p></txBody></sp></spTree></s>",
        "ppt/_rels/s.xml.rels": relations(("n", "notesSlide", "s.xml"), ("m", "slide", "presentation.xml")),
    }
    (page,) = read_pages(write_zip(tmp_path / "a.pptx", parts))
    assert page.text.startswith("only slide")
    loop = '<w:p><w:r><w:t>n</w:t><w:footnoteReference w:id="1"/></w:r></w:p>'
    path = write_docx(tmp_path / "a.docx", loop, footnotes=f'<w:footnote w:id="1">{loop}</w:footnote>')
    assert read_pages(path)[0].text == "n\n\n[footnote 1] n"
