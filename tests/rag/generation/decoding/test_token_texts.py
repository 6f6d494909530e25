"""The text that a token adds, with the space before it and bytes that make a character only together."""

from collections.abc import Sequence

from rag.generation.decoding.token_texts import TokenTexts
from tests.support.random_models import word_tokenizer

PIECES = {0: b"a", 1: b" in", 2: b"19", 3: b"\xe9", 4: b"\x97\xa5", 5: b" Paris", 6: b"\xe2\x82"}


def decode(tokens: Sequence[int]) -> str:
    return b"".join(PIECES[token] for token in tokens).decode("utf-8", "replace")


def texts() -> TokenTexts:
    vocabulary = {"a": 0, "\u0120in": 1, "19": 2, "\u0120Paris": 5}
    return TokenTexts(decode, lambda _: [0], lambda: vocabulary)


def test_a_token_has_its_text_and_a_part_of_a_character_none() -> None:
    assert [texts().text((token,)) for token in (1, 2, 3)] == [" in", "19", None]
    assert texts().text((3, 4)) == "\u95e5"


def test_tokens_with_digits_and_capitals_are_listed() -> None:
    assert (texts().with_digits, texts().with_capitals) == ((2,), (5,))


def test_a_tokenizer_that_joins_words_gives_each_its_space() -> None:
    tokenizer = word_tokenizer()
    word = tokenizer("user")["input_ids"][-1]
    made = TokenTexts(tokenizer.decode, lambda _: tokenizer("system")["input_ids"], tokenizer.get_vocab)
    assert made.text((word,)) == " user"
