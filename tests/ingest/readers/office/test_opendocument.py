"""OpenDocument texts, spreadsheets and presentations are read like their Microsoft counterparts."""

from pathlib import Path

from tests.support.sample_documents import (
    read_pages,
    write_odf,
)


def test_open_document_texts_sheets_and_slides(tmp_path: Path) -> None:
    text = '<text:h text:outline-level="2">Head</text:h><text:p>a<text:s text:c="2"/>b</text:p>'
    assert read_pages(write_odf(tmp_path / "a.odt", "text", text))[0].text == "## Head\n\na  b"
    cell = "<table:table-cell table:number-columns-repeated='{}'><text:p>{}</text:p></table:table-cell>"
    row = f"<table:table-row>{cell}</table:table-row>"
    sheet = f'<table:table table:name="S">{row.format(1, "x")}{row.format(9999999, "y")}</table:table>'
    (page,) = read_pages(write_odf(tmp_path / "a.ods", "spreadsheet", sheet))
    assert page.label == "sheet “S”"
    assert len(page.text) < 20_000
    box = "<draw:text-box><text:p>T</text:p></draw:text-box>"
    slide = f"<draw:page><draw:frame presentation:class='title'>{box}</draw:frame></draw:page>"
    assert read_pages(write_odf(tmp_path / "a.odp", "presentation", slide * 2))[1].label == "slide 2"
