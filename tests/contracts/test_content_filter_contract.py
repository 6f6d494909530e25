"""Every ContentFilter: lets ordinary text pass, says why it objects, and judges the same text the same way."""

from pathlib import Path

import pytest

from rag.interfaces import ContentFilter
from rag.postprocessing.content_filter import PatternFilter
from tests.rag.postprocessing.test_output_checks import NoBananas


@pytest.fixture(params=["patterns", "fake"])
def bananas(request: pytest.FixtureRequest, tmp_path: Path) -> ContentFilter:
    """A filter that objects to bananas."""
    if request.param == "fake":
        return NoBananas()
    (tmp_path / "filter.txt").write_text("# fruit\n\nbananas?\\b\n")
    return PatternFilter(tmp_path / "filter.txt")


def test_it_objects_with_a_reason_and_to_nothing_else(bananas: ContentFilter) -> None:
    assert bananas.objection("") is None
    assert bananas.objection("Apples are red.") is None
    assert all(bananas.objection("Apples are red. Bananas are yellow.") for _ in range(2))
