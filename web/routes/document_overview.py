"""The kept overview of a document, as the source guide shows it."""

import logging
from dataclasses import replace

from rag.errors import LibraryError
from rag.exports.conversation_record import answer_of
from rag.interfaces import Library
from rag.types import Document
from web.rendering.answer_html import answer_markdown
from web.rendering.inert_html import inert_html

log = logging.getLogger(__name__)


def overview_html(library: Library, document: Document) -> str:
    """Return the latest overview with its citations, and when it was made, as HTML; "" if none is kept.

    One that is damaged is only logged: a new one can be written.
    """
    try:
        kept = library.overviews(document.id)
        if not kept:
            return ""
        answer = answer_of(kept[0].record, {document.sha256: document.id})
    except LibraryError as error:
        log.warning("the overview of a document is not shown: %s", error)
        return ""
    return inert_html(answer_markdown(replace(answer, kept_from=kept[0].made_at, language=kept[0].language)))
