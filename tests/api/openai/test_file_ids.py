"""Ids of files are those of documents, and nothing else is one."""

import pytest

from api.openai.file_ids import document_id_of, file_id
from api.openai.openai_errors import ParameterError


def test_an_id_leads_back_to_its_document() -> None:
    assert document_id_of(file_id(17)) == 17


@pytest.mark.parametrize("id_", ["17", "file-", "file-x", "file-0", "file--1", "file-1 ", "file-" + "9" * 30, "file-١"])
def test_what_is_no_id_leads_nowhere(id_: str) -> None:
    with pytest.raises(ParameterError, match="There is no file"):
        document_id_of(id_)
