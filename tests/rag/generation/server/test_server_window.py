"""The window of a model on a server."""

from rag.generation.server.server_window import UNKNOWN_WINDOW, choose_server_window
from rag.models.server.server_limits import ServerLimits


def test_as_much_as_the_server_gives_is_taken_within_reason() -> None:
    def chosen(window: int, parameters: int = 0, thinking: int = 0) -> int:
        return choose_server_window(ServerLimits(window=window, parameters=parameters), None, thinking).tokens

    assert (chosen(2048), chosen(131_072)) == (2048, 16_384)
    assert (chosen(131_072, 1_500_000_000), chosen(131_072, 8_000_000_000)) == (8192, 16_384)
    assert (chosen(131_072, thinking=1024), chosen(10_000, thinking=9999)) == (17_408, 10_000)


def test_a_server_that_does_not_say_gets_a_small_window_and_people_are_told() -> None:
    window = choose_server_window(ServerLimits(), None, 1024)
    assert (window.tokens, "Set context_tokens" in window.notice) == (UNKNOWN_WINDOW, True)
    assert choose_server_window(ServerLimits(), 32_000, 0).tokens == 32_000


def test_more_than_the_server_gives_is_lowered_and_said() -> None:
    window = choose_server_window(ServerLimits(window=2048), 4096, 0)
    assert (window.tokens, "2,048 tokens, and not 4,096" in window.notice) == (2048, True)
    assert choose_server_window(ServerLimits(window=2048), 1024, 0).notice == ""
