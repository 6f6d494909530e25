"""The figures of a chart are a table under its title."""

from pathlib import Path

from ingest.readers.blocks.block import Block
from ingest.readers.office.charts import chart_blocks
from ingest.readers.office.zip_xml import open_parts
from tests.support.documents.sample_documents import relations, write_zip


def blocks_of(path: Path, chart: str, relation: str = "c") -> list[Block]:
    parts = {"w/a.xml": "<a/>", "w/_rels/a.xml.rels": relations(("c", "chart", "c.xml")), "w/c.xml": chart}
    with open_parts(write_zip(path, parts)) as opened:
        return list(chart_blocks(opened, "w/a.xml", relation))


def test_series_are_columns_and_categories_rows(tmp_path: Path) -> None:
    points = "<cat><pt idx='0'><v>Rome</v></pt><pt idx='1'><v>Oslo</v></pt></cat>"
    chart = (
        "<c><title><t>Sales</t></title>"
        f"<ser><tx><v>2024</v></tx>{points}<val><pt idx='0'><v>3</v></pt></val></ser>"
        f"<ser><tx><v>2025</v></tx>{points}<val><pt idx='0'><v>4</v></pt><pt idx='1'><v>5</v></pt></val></ser></c>"
    )
    title, table = blocks_of(tmp_path / "a.zip", chart)
    assert title.text == "Sales"
    assert table.text == "Category | 2024 | 2025\nCategory: Rome | 2024: 3 | 2025: 4\nCategory: Oslo | 2025: 5"
    assert table.structure.tables[0].caption == "Sales"


def test_a_chart_that_is_not_there_is_nothing(tmp_path: Path) -> None:
    assert blocks_of(tmp_path / "a.zip", "<c/>") == []
    assert blocks_of(tmp_path / "b.zip", "<c/>", relation="x") == []
