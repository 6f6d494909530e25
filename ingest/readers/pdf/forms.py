"""Flatten the form fields and typed remarks of a PDF page: make their values part of its content, in memory.

Its text, the boxes of its characters and its rendering then agree.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pypdfium2.raw as pdfium

_FLATTENED = (pdfium.FPDF_ANNOT_WIDGET, pdfium.FPDF_ANNOT_FREETEXT)
Rectangle = tuple[float, float, float, float]
"""Left, bottom, right and top."""

_PASSWORD = pdfium.FPDF_FORMFLAG_TEXT_PASSWORD


class Forms:
    """The forms of an open document. Hold `PDFIUM` while using them."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._started = False
        self._environment: Any = None
        self._callbacks = pdfium.FPDF_FORMFILLINFO(version=2)  # none, so that no script runs and nothing opens

    def flatten(self, page: Any) -> list[Rectangle]:
        """Flatten an open page and return where its values stand. Unless there are none, load the page again."""
        places = [_place(each) for each in _annotations(page) if pdfium.FPDFAnnot_GetSubtype(each) in _FLATTENED]
        if not places:
            return []
        form = self._form()
        self._hide_invisible(page, form)
        _keep_size(page)
        if form:  # gives values without a correct appearance one
            pdfium.FORM_OnAfterLoadPage(page, form)
        pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY)
        if form:
            pdfium.FORM_OnBeforeClosePage(page, form)
        return places

    def close(self) -> None:
        """Release the form. Call this before closing the document."""
        if self._environment:
            pdfium.FPDFDOC_ExitFormFillEnvironment(self._environment)
            self._environment = None

    def _form(self) -> Any:
        """Return pdfium's handle for the document's form, None if it has no form."""
        if not self._started and pdfium.FPDF_GetFormType(self._document) != pdfium.FORMTYPE_NONE:
            self._environment = pdfium.FPDFDOC_InitFormFillEnvironment(self._document, self._callbacks)
        self._started = True
        return self._environment

    def _hide_invisible(self, page: Any, form: Any) -> None:
        """Hide print-only annotations and passwords, which flattening would include; it leaves out hidden ones."""
        for each in _annotations(page):
            flags = pdfium.FPDFAnnot_GetFlags(each)
            if flags & pdfium.FPDF_ANNOT_FLAG_NOVIEW or (form and _is_password(form, each)):
                pdfium.FPDFAnnot_SetFlags(each, flags | pdfium.FPDF_ANNOT_FLAG_HIDDEN)


def _annotations(page: Any) -> Iterator[Any]:
    for index in range(pdfium.FPDFPage_GetAnnotCount(page)):
        with _annotation(page, index) as annotation:
            if annotation:
                yield annotation


@contextmanager
def _annotation(page: Any, index: int) -> Iterator[Any]:
    annotation = pdfium.FPDFPage_GetAnnot(page, index)
    try:
        yield annotation
    finally:
        if annotation:
            pdfium.FPDFPage_CloseAnnot(annotation)


def _place(annotation: Any) -> Rectangle:
    rectangle = pdfium.FS_RECTF()
    pdfium.FPDFAnnot_GetRect(annotation, rectangle)
    return rectangle.left, rectangle.bottom, rectangle.right, rectangle.top


def _is_password(form: Any, annotation: Any) -> bool:
    if pdfium.FPDFAnnot_GetFormFieldType(form, annotation) != pdfium.FPDF_FORMFIELD_TEXTFIELD:
        return False
    return bool(pdfium.FPDFAnnot_GetFormFieldFlags(form, annotation) & _PASSWORD)


def _keep_size(page: Any) -> None:
    """Give the page its inherited size, because flattening would assume a letter-size page."""
    shown = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page, shown)
    for give in (pdfium.FPDFPage_SetMediaBox, pdfium.FPDFPage_SetCropBox):
        give(page, shown.left, shown.bottom, shown.right, shown.top)
