"""A vector store is a collection: its id has the name in it, and an empty one is remembered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.openai.stores import Store, _name_of


@given(st.text(min_size=1, max_size=100))
def test_an_id_leads_back_to_the_name(name: str) -> None:
    try:
        name.encode()
    except UnicodeEncodeError:
        return
    assert _name_of(Store(name, (), 0).id) == name


@pytest.mark.parametrize("id_", ["", "vs_", "vs_%", "vs_\xff", "vs_gICA", "vs_a", "x"])
def test_any_other_id_leads_to_no_name(id_: str) -> None:
    assert _name_of(id_).isprintable()
