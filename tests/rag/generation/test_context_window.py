"""The window of a model on a server."""

from rag.generation.context_window import UNKNOWN_WINDOW, choose_server_window


def test_as_much_as_the_server_gives_is_taken_within_reason() -> None:
    assert choose_server_window(2048, 0, None, 0).tokens == 2048
    assert choose_server_window(131_072, 0, None, 0).tokens == 16_384
    assert choose_server_window(131_072, 1_500_000_000, None, 0).tokens == 8192
    assert choose_server_window(131_072, 0, None, 1024).tokens == 17_408
    assert choose_server_window(10_000, 0, None, 9999).tokens == 10_000


def test_a_server_that_does_not_say_gets_a_small_window_and_more_than_it_gives_is_lowered_and_both_are_said() -> None:
    unknown, lowered = choose_server_window(0, 0, None, 1024), choose_server_window(2048, 0, 4096, 0)
    assert (unknown.tokens, "Set context_tokens" in unknown.notice) == (UNKNOWN_WINDOW, True)
    assert (lowered.tokens, "2,048 tokens, and not 4,096" in lowered.notice) == (2048, True)
    assert choose_server_window(0, 0, 32_000, 0).tokens == 32_000
    assert choose_server_window(2048, 0, 1024, 0).notice == ""
