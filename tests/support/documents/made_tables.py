"""Pages with tables as ingestion stores them, and passages of these pages."""

from collections.abc import Sequence

from ingest.readers.blocks.pages import shifted
from ingest.readers.blocks.table_blocks import plain_rows
from ingest.readers.blocks.tables import render_table
from rag.answering.tables.plain_questions import compute
from rag.types import Computed, Page, Passage, Structure, Table
from tests.support.values import chunk

STATEMENT = (
    ("", "2019", "2018", "2017"),
    ("Net sales", "32,136", "32,765", "31,657"),
    ("Cost of sales", "(17,136)", "(16,682)", "(16,055)"),
    ("Gross profit", "15,000", "16,083", "15,602"),
    ("Operating income", "6,174", "7,207", "7,692"),
    ("Net income", "4,570", "5,349", "4,858"),
    ("Diluted earnings per share", "$7.81", "$8.89", "$7.93"),
    ("Loss on extinguishment of debt", "—", "40", "12"),
)
SEGMENTS = (
    ("", "2019", "2018"),
    ("Net sales:", "", ""),
    ("Health Care", "7,431", "6,826"),
    ("Consumer", "5,129", "5,109"),
    ("Safety", "11,607", "12,494"),
)


UNIT = "Dollars in millions, except per share amounts"
CAPTION = "Consolidated Statement of Income"


def made_page(*tables: Sequence[Sequence[str]], number: int = 1, unit: str = UNIT, caption: str = CAPTION) -> Page:
    """Return a page of tables, one below the other."""
    text = ""
    made: list[Table] = []
    for rows in tables:
        text += "\n\n" if text else ""
        rendered = render_table([cell for row in plain_rows(rows) for cell in row], head_rows=1)
        table = Structure(tables=(rendered.as_table(caption=caption, unit=unit),))
        made += shifted(table, len(text)).tables
        text += rendered.text
    return Page(number=number, label=str(number), text=text, structure=Structure(tables=tuple(made)))


def passage_of(page: Page, document_id: int = 1, document: str = "3M 2019.pdf") -> Passage:
    """Return a whole page as a passage."""
    whole = chunk(page.text, document_id=document_id, document=document, page=page.number, page_label=page.label)
    return Passage(whole, 1.0)


def computed_from(question: str, *pages: Page, language: str = "en") -> Computed | None:
    """Return what a question asks of the tables of these pages of one document."""
    stored = {page.number: page for page in pages}
    return compute(
        question, [passage_of(page) for page in pages], lambda _, number: stored.get(number), language=language
    )
