"""Read the figures of charts in Office files as tables."""

from collections.abc import Iterator
from typing import Any

from ingest.readers.blocks.block import Block, paragraph
from ingest.readers.blocks.table_blocks import TableStyle, plain_rows, table_blocks
from ingest.readers.office.zip_xml import Parts, attribute, local_name


def chart_blocks(parts: Parts, name: str, relation: str) -> Iterator[Block]:
    """Yield a chart's title and figures: a row per category, a column per series."""
    root = parts.xml(parts.related(name, "/chart").get(relation, ""))
    if root is None:
        return
    title = "".join(text.text or "" for found in root.iter("{*}title") for text in found.iter("{*}t"))
    rows: dict[str, list[str]] = {}
    head = ["Category"]
    for series in root.iter("{*}ser"):
        values = {local_name(child): _values(child) for child in series}
        head.append(next(iter(values.get("tx", {}).values()), ""))
        categories = values.get("cat") or values.get("xVal") or {}
        for place, value in (values.get("val") or values.get("yVal") or {}).items():
            row = rows.setdefault(categories.get(place, place), [])
            row += [""] * (len(head) - 2 - len(row)) + [value]
    if title.strip():
        yield paragraph(title, "caption")
    table = [head, *([category, *row] for category, row in rows.items())]
    if rows:
        yield from table_blocks(plain_rows(table), TableStyle(1, " ".join(title.split()), is_certain=True))


def _values(element: Any) -> dict[str, str]:
    """Return the cached values by their index."""
    return {
        attribute(point, "idx"): "".join(value.text or "" for value in point.iter("{*}v"))
        for point in element.iter("{*}pt")
    } or {"0": "".join(value.text or "" for value in element.iter("{*}v"))}
