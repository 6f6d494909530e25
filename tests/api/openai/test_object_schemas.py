"""The types of what is sent are strict: a field that they do not have is a breach."""

import pytest
from pydantic import ValidationError

from api.openai.object_schemas import ChatDelta, ModelObject

MODEL = {"id": "citewell", "object": "model", "created": 1, "owned_by": "citewell"}


def test_an_object_has_the_fields_of_its_type_and_no_others() -> None:
    assert ModelObject.model_validate(MODEL).model_dump() == MODEL
    with pytest.raises(ValidationError):
        ModelObject.model_validate({**MODEL, "permission": []})
    with pytest.raises(ValidationError):
        ModelObject.model_validate({"id": "citewell"})


def test_a_piece_of_a_stream_has_only_what_is_new() -> None:
    assert ChatDelta.model_validate({"content": "The"}).model_dump(exclude_unset=True) == {"content": "The"}
