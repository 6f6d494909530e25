"""Write small real PDFs with form fields and typed remarks at known places."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    PdfObject,
    TextStringObject,
)

from tests.support.documents.pdfs import Words, write_words

HIDDEN, PRINTED, PRINT_ONLY = 2, 4, 32
"""Flags of an annotation."""

MULTILINE, PASSWORD, COMBO = 1 << 12, 1 << 13, 1 << 17
"""Flags of a form field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A form field or typed remark whose lower left corner is (x, y).

    `drawn` is the text of its appearance stream; without one a viewer generates it from the value.
    """

    x: float
    y: float
    value: str
    drawn: str = ""
    kind: str = "Tx"
    flags: int = PRINTED
    field_flags: int = 0
    width: float = 200
    height: float = 16


def write_form(
    path: Path,
    labels: Sequence[Words],
    fields: Sequence[Field],
    *,
    rotation: int = 0,
    inherited: bool = False,
    need_appearances: bool = False,
) -> Path:
    """Write a page with labels and fields. If `inherited`, it takes its size and fonts from the page tree."""
    writer = PdfWriter(clone_from=write_words(path, [labels], rotation=rotation))
    page = writer.pages[0]
    fonts = page["/Resources"]["/Font"]  # type: ignore[index]
    made = [writer._add_object(_annotation(writer, field, fonts)) for field in fields]
    page[NameObject("/Annots")] = ArrayObject(made)
    form = {
        "/Fields": ArrayObject(ref for ref, field in zip(made, fields, strict=True) if field.kind != "FreeText"),
        "/DR": _dictionary({"/Font": fonts}),
        "/DA": TextStringObject("/F1 10 Tf 0 g"),
        "/NeedAppearances": BooleanObject(need_appearances),
    }
    if form["/Fields"]:
        writer._root_object[NameObject("/AcroForm")] = _dictionary(form)
    if inherited:
        parent = page["/Parent"].get_object()
        for key in ("/MediaBox", "/Resources"):
            parent[NameObject(key)] = page[key]  # type: ignore[index]
            del page[key]
    writer.write(path)
    return path


def _annotation(writer: PdfWriter, field: Field, fonts: PdfObject) -> DictionaryObject:
    corners = (field.x, field.y, field.x + field.width, field.y + field.height)
    values: dict[str, PdfObject] = {
        "/Type": NameObject("/Annot"),
        "/Subtype": NameObject("/FreeText" if field.kind == "FreeText" else "/Widget"),
        "/Rect": _numbers(corners),
        "/F": NumberObject(field.flags),
        "/DA": TextStringObject("/F1 10 Tf 0 g"),
    }
    if field.kind == "FreeText":
        values["/Contents"] = TextStringObject(field.value)
    else:
        values |= {
            "/FT": NameObject(f"/{field.kind}"),
            "/T": TextStringObject(f"field at {field.x}, {field.y}"),
            "/V": TextStringObject(field.value),
            "/Ff": NumberObject(field.field_flags),
        }
    if field.drawn:
        values["/AP"] = _dictionary({"/N": writer._add_object(_appearance(field, fonts))})
    return _dictionary(values)


def _appearance(field: Field, fonts: PdfObject) -> DecodedStreamObject:
    stream = DecodedStreamObject()
    stream.set_data(f"BT /F1 10 Tf 2 4 Td ({field.drawn}) Tj ET".encode("cp1252"))
    stream.update(
        _dictionary(
            {
                "/Type": NameObject("/XObject"),
                "/Subtype": NameObject("/Form"),
                "/BBox": _numbers((0, 0, field.width, field.height)),
                "/Resources": _dictionary({"/Font": fonts}),
            }
        )
    )
    return stream


def _dictionary(values: dict[str, Any]) -> DictionaryObject:
    return DictionaryObject({NameObject(key): value for key, value in values.items()})


def _numbers(values: Sequence[float]) -> ArrayObject:
    return ArrayObject(FloatObject(value) for value in values)
