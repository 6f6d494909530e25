"""Text as it is delivered with a real tokenizer: whole characters only, and nothing of a stop sequence."""

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any

import pytest
from transformers import AutoTokenizer
from transformers.convert_slow_tokenizer import bytes_to_unicode

from rag.generation.chat.detokenizer import TextStream
from rag.models.quantisation.checkpoint import best_format
from rag.models.resolve import resolve_model
from tests.support.paths import MODELS

pytestmark = pytest.mark.model

TEXT = "Naïve “owls” 🦉 – 日本語, русский, فارسی می\u200cشود; 👩\u200d👩\u200d👧 e\u0301 🇩🇪."
BROKEN = "\ufffd"


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return AutoTokenizer.from_pretrained(resolve_model("tiny", "generator", MODELS, weights=best_format()))


def tokens_of(tokenizer: Any, text: str) -> list[int]:
    return list(tokenizer(text, add_special_tokens=False)["input_ids"])


def byte_tokens(tokenizer: Any, text: str) -> list[int]:
    """Return a token for every byte, as for a character outside the vocabulary."""
    letters = bytes_to_unicode()
    return [tokenizer.convert_tokens_to_ids(letters[byte]) for byte in text.encode()]


def streamed(tokenizer: Any, tokens: Iterable[int], stop: Sequence[str] = ()) -> list[str]:
    stream = TextStream(lambda ids: tokenizer.decode(ids, clean_up_tokenization_spaces=False), stop)
    return [*(stream.push(token) for token in tokens), stream.finish()]


def test_any_character_may_come_byte_by_byte(tokenizer: Any) -> None:
    for place, character in enumerate(TEXT):
        before, after = TEXT[:place], TEXT[place + 1 :]
        tokens = tokens_of(tokenizer, before) + byte_tokens(tokenizer, character) + tokens_of(tokenizer, after)
        deltas = streamed(tokenizer, tokens)
        assert "".join(deltas) == TEXT
        assert not any(BROKEN in delta for delta in deltas)


def test_of_a_stop_sequence_nothing_gets_out_wherever_it_begins_and_ends(tokenizer: Any) -> None:
    tokens = tokens_of(tokenizer, TEXT)
    for start in range(len(TEXT)):
        for length in (1, 2, 3, 5, 8):
            stop = TEXT[start : start + length]
            shown = list(accumulate(streamed(tokenizer, tokens, (stop, "never"))))
            before = TEXT[: TEXT.index(stop)]
            assert shown[-1] == before
            assert all(before.startswith(text) for text in shown)
