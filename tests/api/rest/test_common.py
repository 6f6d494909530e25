"""Lists are cut into pages that follow each other without a gap."""

import pytest

from api.problems import ProblemError
from api.rest.common import page_of


def test_pages_follow_each_other_to_the_end() -> None:
    items = list(range(10, 17))
    assert page_of(items, lambda item: item, "", 3) == ([10, 11, 12], "12")
    assert page_of(items, lambda item: item, "12", 3) == ([13, 14, 15], "15")
    assert page_of(items, lambda item: item, "15", 3) == ([16], None)
    assert page_of([], lambda item: item, "", 3) == ([], None)
    assert page_of(items, lambda item: item, "13", 3)[1] is None


def test_a_cursor_of_nothing_is_refused() -> None:
    with pytest.raises(ProblemError, match="leads nowhere"):
        page_of([1, 2], lambda item: item, "3", 1)
