"""A figure is shown beside the answer that quotes it, cut out of its page."""

import io
from dataclasses import replace

from PIL import Image

from rag.stores.sqlite_library import SqliteLibrary
from rag.types import Content, Figure, NewChunk, NewDocument, Page, Structure
from tests.support.stored_texts import put
from tests.web.rendering.test_answer_html import CITATION, SHOWN, answer, said
from web.rendering import quotes_html
from web.rendering.cited_figures import CitedFigure, cited_figures, crop_figure

TEXT = "See Figure 3 for sales.\nFigure 3. Sales by year\nFigure 4. Costs"
FIGURES = (
    Figure(24, 47, "Figure 3. Sales by year", (0.1, 0.2, 0.5, 0.6)),
    Figure(48, 63, "Figure 4. Costs", (0.5, 0.2, 0.9, 0.6)),
)


def test_figures_whose_caption_or_number_is_quoted_are_found(library: SqliteLibrary) -> None:
    page = Page(number=1, label="1", text=TEXT, structure=Structure(figures=FIGURES))
    new = NewDocument(name="a.pdf", source="a", sha256="a", recipe="r", size=1)
    content = Content(new, (page,), (NewChunk(1, 0, len(TEXT), TEXT),))
    document = put(library, content)
    shown = replace(SHOWN, chunk=replace(SHOWN.chunk, document_id=document.id))

    def cited(start: int, end: int) -> list[str]:
        quote = replace(CITATION, number=1, page=1, start=start, end=end, quote=TEXT[start:end])
        told = replace(answer(said("x", citations=(quote,)), text="x"), passages=(shown,))
        return [each.caption for each in cited_figures(told, library)]

    assert cited(0, 23) == ["Figure 3. Sales by year"]
    assert cited(24, 47) == ["Figure 3. Sales by year"]
    assert cited(13, 22) == []
    assert cited(48, 63) == ["Figure 4. Costs"]


def test_a_figure_is_cut_out_of_its_page_with_a_small_margin() -> None:
    png = io.BytesIO()
    Image.new("RGB", (200, 100)).save(png, "PNG")
    assert Image.open(io.BytesIO(crop_figure(png.getvalue(), (0.1, 0.2, 0.5, 0.6)))).size == (84, 42)


def test_the_pane_shows_the_figure_and_says_that_only_its_caption_was_read() -> None:
    html = quotes_html.quotes(answer(text="x"), [CitedFigure(7, 3, 0, 'Figure "3" <b>')])
    assert 'src="citewell/figures/7/3/0.png"' in html
    assert "&lt;b&gt;" in html
    assert "Only the caption was read" in html
