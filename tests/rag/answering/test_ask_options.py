"""Options of one question: what is not given stays as the settings have it."""

from rag.answering.ask_options import AskOptions


def test_nothing_is_overridden_unless_it_is_given() -> None:
    assert AskOptions() == AskOptions(passages=None, strictness=None, system_prompt=None, decoding=None)
