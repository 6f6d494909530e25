"""The kept overview of a document, as the viewer shows it above the contents."""

import logging
import re
from typing import Any

from rag.answering.overviews import kept_date
from rag.errors import LibraryError
from rag.exports.kept_overviews import overview_text
from rag.interfaces import Library
from rag.types import Document
from web.chat.suggestions import questions

log = logging.getLogger(__name__)

_MAX_QUESTIONS = 3
_READ_CHUNKS = 60
_MARKUP = re.compile(r"\*\*|__|^#{1,6}\s+", re.MULTILINE)


def shown_overview(library: Library, document: Document) -> dict[str, Any] | None:
    """Return the latest overview in plain paragraphs, when it was made, and questions to go on with; None if none is.

    One that is damaged is only logged: the contents are shown without it.
    """
    try:
        kept = library.overviews(document.id)
        if not kept:
            return None
        text = _MARKUP.sub("", overview_text(kept[0]))
    except LibraryError as error:
        log.warning("the overview of a document is not shown: %s", error)
        return None
    chunks = library.chunks(library.chunk_ids({document.id})[:_READ_CHUNKS])
    return {
        "paragraphs": [line.strip() for line in text.splitlines() if line.strip()],
        "note": kept_date(kept[0].made_at, kept[0].language),
        "language": kept[0].language,
        "questions": questions(chunks)[:_MAX_QUESTIONS],
    }
