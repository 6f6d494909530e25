"""Constrained decoding: a text that a regular expression describes, in the model's own most likely tokens.

A token is allowed if the text with it is a beginning of one that matches (Willard and Louf 2023, 2307.09702). Partial
matching of the `regex` package tells that for any expression, without an automaton over the vocabulary: what is written
so is short.
"""

from collections.abc import Collection
from dataclasses import dataclass

import regex
import torch

from rag.generation.decoding.token_mask import MAX_PARTS, Choice, Pick, Splitter
from rag.generation.decoding.token_texts import TokenTexts

_CANDIDATES = 256
"""Tokens tried, the likeliest first: where none of them fits, the model wants something else altogether."""


@dataclass(frozen=True, slots=True)
class PatternRules:
    """The mask of a text that is to match a pattern, for a vocabulary with these texts and end tokens."""

    pattern: str
    texts: TokenTexts
    end_tokens: Collection[int]

    def allows(self, text: str) -> bool:
        """Return whether a text matches the pattern."""
        return regex.fullmatch(self.pattern, text) is not None

    def mask(self, splitter: Splitter | None, *, can_take_back: bool) -> "PatternMask":
        """Return a mask for a new text, asked for as `MaskRules` are; it takes nothing back and knows no thinking."""
        del splitter, can_take_back
        return PatternMask(self)


class PatternMask:
    """Choose the tokens of one text; it ends early where nothing likely fits."""

    held = unfinished = 0

    def __init__(self, rules: PatternRules) -> None:
        self._rules = rules
        self._pattern = regex.compile(rules.pattern)
        self._long_characters = {each for each in rules.pattern if not each.isascii()}
        self._text = ""
        self._parts: tuple[int, ...] = ()

    def choose(self, logits: torch.Tensor, pick: Pick) -> Choice:
        """Return the likeliest token that fits, an end token if none does."""
        del pick  # there is nothing to sample
        for token in logits.topk(min(_CANDIDATES, len(logits))).indices.tolist():
            if self._accepts(token):
                return Choice(token, 0, logits)
        return Choice(next(iter(self._rules.end_tokens)), 0, logits)

    def _accepts(self, token: int) -> bool:
        if token in self._rules.end_tokens:
            return not self._parts and self._pattern.fullmatch(self._text) is not None
        parts = (*self._parts, token)
        added = self._rules.texts.text(parts)
        if added is None:  # it ends within a character: which one, the next token tells
            is_allowed = len(parts) < MAX_PARTS and any(map(self._fits, self._long_characters))
            self._parts = parts if is_allowed else self._parts
            return is_allowed
        if not added or not self._fits(added):
            return False
        self._text, self._parts = self._text + added, ()
        return True

    def _fits(self, added: str) -> bool:
        return self._pattern.fullmatch(self._text + added, partial=True) is not None
