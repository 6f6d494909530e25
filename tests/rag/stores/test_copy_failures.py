"""Why a copy cannot be begun, and what to do."""

import pytest

from rag.stores.copy_failures import another_format, in_use


@pytest.mark.parametrize(("is_newer", "way"), [(True, "Upgrade Citewell"), (False, "citewell library list")])
def test_the_way_on_depends_on_which_is_newer(is_newer: bool, way: str) -> None:
    said = str(another_format("the folder x", "7", is_newer=is_newer))
    assert "the folder x is of another format (7)" in said
    assert way in said


def test_a_running_copy_is_named_by_its_place() -> None:
    assert "into the folder x is running" in str(in_use("the folder x"))
