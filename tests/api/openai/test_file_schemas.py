"""The types of files are strict, and every list is a page."""

from typing import Any

import pytest
from pydantic import ValidationError

from api.openai.file_schemas import FileList, StoreFileList, StoreList

EMPTY: dict[str, Any] = {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False}


@pytest.mark.parametrize("kind", [FileList, StoreList, StoreFileList])
def test_a_list_is_a_page(kind: type[FileList]) -> None:
    assert kind.model_validate(EMPTY).model_dump() == EMPTY
    with pytest.raises(ValidationError):
        kind.model_validate({**EMPTY, "total": 0})
