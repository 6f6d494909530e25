"""Ids of documents as files: `file-7`."""

import re

from api.openai.openai_errors import ParameterError

_FORM = re.compile(r"file-([1-9]\d{0,17})")


def file_id(document_id: int) -> str:
    """Return the id of a document as a file."""
    return f"file-{document_id}"


def document_id_of(id_: str) -> int:
    """Return the id of the document that a file is.

    Raises:
        ParameterError: no file has such an id.
    """
    found = _FORM.fullmatch(id_)
    if not found:
        raise ParameterError("file_id", f"There is no file '{id_[:100]}'. /v1/files lists them all.", status=404)
    return int(found[1])
