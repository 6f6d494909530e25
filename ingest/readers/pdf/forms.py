"""What is filled in on a page of a PDF: values of form fields and typed remarks, which are no part of its content.

They are made part of it in memory, so that its text, the places of its characters and its picture agree.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pypdfium2.raw as pdfium

_FILLED_IN = (pdfium.FPDF_ANNOT_WIDGET, pdfium.FPDF_ANNOT_FREETEXT)
Rectangle = tuple[float, float, float, float]
"""Left, bottom, right and top."""

_PASSWORD = pdfium.FPDF_FORMFLAG_TEXT_PASSWORD


class Forms:
    """The forms of an open document. Whoever uses them holds `PDFIUM` while doing so."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._started = False
        self._environment: Any = None
        self._callbacks = pdfium.FPDF_FORMFILLINFO(version=2)  # none: no script is run, nothing asked or opened

    def put_in(self, page: Any) -> list[Rectangle]:
        """Make what is filled in on an open page part of its content; where. If anywhere, load the page again."""
        places = [_place(each) for each in _annotations(page) if pdfium.FPDFAnnot_GetSubtype(each) in _FILLED_IN]
        if not places:
            return []
        form = self._form()
        self._hide_unseen(page, form)
        _keep_size(page)
        if form:  # gives values an appearance that have none, or not the right one
            pdfium.FORM_OnAfterLoadPage(page, form)
        pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY)
        if form:
            pdfium.FORM_OnBeforeClosePage(page, form)
        return places

    def close(self) -> None:
        """Before the document is closed."""
        if self._environment:
            pdfium.FPDFDOC_ExitFormFillEnvironment(self._environment)
            self._environment = None

    def _form(self) -> Any:
        """Pdfium's own object for the document's form, None if it has no form."""
        if not self._started and pdfium.FPDF_GetFormType(self._document) != pdfium.FORMTYPE_NONE:
            self._environment = pdfium.FPDFDOC_InitFormFillEnvironment(self._document, self._callbacks)
        self._started = True
        return self._environment

    def _hide_unseen(self, page: Any, form: Any) -> None:
        """Flattening leaves out what is hidden, but not what is only printed, nor passwords."""
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
    """Flattening knows only a size that stands at the page itself; without one it takes that of a letter."""
    shown = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page, shown)
    for give in (pdfium.FPDFPage_SetMediaBox, pdfium.FPDFPage_SetCropBox):
        give(page, shown.left, shown.bottom, shown.right, shown.top)
