"""Cells as operands."""

from rag.text.numbers.column_periods import Period
from rag.text.numbers.lookup import Finder
from rag.text.numbers.operands import Operands, label_of
from rag.text.numbers.table_grid import read_grid
from tests.support.documents.made_tables import STATEMENT, made_page


def test_a_cell_used_twice_is_one_operand() -> None:
    page = made_page(STATEMENT)
    grid = read_grid(7, "a.pdf", page, page.structure.tables[0])
    assert grid is not None
    hit = Finder([grid]).find(["@revenue"], Period(2018))
    assert hit is not None
    operands = Operands("en")
    assert operands.confidence == 0.0
    assert operands.leaf(hit) == operands.leaf(hit)
    assert [(operand.document_id, operand.text) for operand in operands.all()] == [(7, "32,765")]
    assert operands.confidence == hit.confidence
    assert label_of(hit) == "Net sales"
