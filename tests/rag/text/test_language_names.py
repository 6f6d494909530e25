"""Every language that has a name is one that can be detected."""

from rag.text.language_names import LANGUAGE_NAMES


def test_codes_and_names_are_those_of_iso_639() -> None:
    assert all(len(code) == 2 and code.islower() and name.istitle() for code, name in LANGUAGE_NAMES.items())
    assert {"en", "de", "es", "fr", "zh"} <= LANGUAGE_NAMES.keys()
