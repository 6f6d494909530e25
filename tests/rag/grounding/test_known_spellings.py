"""Names of a translation are spelt as in the passages only where both are known to be one name."""

import pytest

from rag.grounding.known_spellings import respelt


@pytest.mark.parametrize(
    ("translation", "text", "expected"),
    [
        ("He became Kenia's second minister.", "Kenya has a minister.", "He became Kenya's second minister."),
        ("The EU was founded.", "The European Union was founded.", "The European Union was founded."),
        ("The EU was founded.", "The EU (European Union) was founded.", "The EU was founded."),
        ("The WHO was founded.", "The World Health Organization began.", "The World Health Organization was founded."),
        ("The FDA met.", "The Food and Drug Administration met.", "The Food and Drug Administration met."),
        ("The EU was founded.", "Eastern Ukraine is in the east.", "The EU was founded."),
        ("The ABC met.", "The American Broad Company and the Austrian Beer Club met.", "The ABC met."),
        ("He lives in Austria.", "He lives in Australia.", "He lives in Austria."),
    ],
)
def test_known_names(translation: str, text: str, expected: str) -> None:
    assert respelt(translation, "de", "en", [text]) == expected


def test_a_language_without_data_changes_nothing() -> None:
    assert respelt("He lives in Kenia.", "", "xx", ["Kenya"]) == "He lives in Kenia."
