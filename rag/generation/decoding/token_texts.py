"""The text that a token adds to those before it, for any tokenizer, and the tokens that have digits or capitals."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from rag.generation.decoding.allowed_months import MONTHS
from rag.generation.decoding.allowed_names import WORD_STARTS, OrdinaryWords

_ANCHOR = "a"
_INCOMPLETE = "\ufffd"


class TokenTexts:
    """Texts that the tokens of a vocabulary add: made once for a tokenizer, each token when it is first met.

    Args:
        decode: makes tokens text; special tokens are none.
        tokenise: makes text tokens.
        vocabulary: returns the pieces with their numbers.
    """

    def __init__(
        self,
        decode: Callable[[Sequence[int]], str],
        tokenise: Callable[[str], Sequence[int]],
        vocabulary: Callable[[], Mapping[str, int]],
    ) -> None:
        self._decode = decode
        # A first token may lose its space: each is decoded behind a token that has a text.
        self._anchor = list(tokenise(_ANCHOR)[-1:])
        self._anchor_text = decode(self._anchor)
        self._vocabulary = vocabulary
        self._texts: dict[tuple[int, ...], str] = {}

    def text(self, tokens: tuple[int, ...]) -> str | None:
        """Return the text that tokens add; None if they end within a character."""
        if (text := self._texts.get(tokens)) is None:
            text = self._decode([*self._anchor, *tokens])[len(self._anchor_text) :]
            if len(tokens) == 1:
                self._texts[tokens] = text
        return None if text.endswith(_INCOMPLETE) else text

    @cached_property
    def ordinary_words(self) -> OrdinaryWords:
        """Ordinary words and names, as the vocabulary tells them apart."""
        return OrdinaryWords(self._vocabulary())

    @cached_property
    def with_digits(self) -> tuple[int, ...]:
        """The tokens that have a digit."""
        return tuple(id_ for piece, id_ in self._vocabulary().items() if any(map(str.isdecimal, piece)))

    @cached_property
    def months(self) -> tuple[int, ...]:
        """The tokens that are names of months."""
        pieces = self._vocabulary().items()
        return tuple(id_ for piece, id_ in pieces if piece.lstrip(WORD_STARTS).lower() in MONTHS)

    @cached_property
    def with_capitals(self) -> tuple[int, ...]:
        """The tokens that have a capital letter of ASCII: byte-level BPE writes bytes, spaces too, as others."""
        pieces = self._vocabulary().items()
        return tuple(id_ for piece, id_ in pieces if any(c.isascii() and c.isupper() for c in piece))
