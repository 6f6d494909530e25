"""Grounded decoding: a figure or a name that the sources lack is not written.

A token with which no allowed figure or name can go on is not chosen. Where the model wanted another figure or month
than the sources have, one of theirs would be wrong too. So what was begun is taken back, and words are written instead:
tokens of an unfinished figure or name are `held`, nobody has seen them. Checking numbers inside the token loop is the
idea of LettucePrevent (KRLabs, July 2026), taking back that of backtracking in constrained decoding (IterGen, Ugare et
al. 2024, arXiv:2410.07295).
"""

from collections.abc import Callable, Collection, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol

import torch

from rag.generation.decoding.grounded_text import Allowed, Fault, Written
from rag.generation.decoding.token_texts import TokenTexts

Pick = Callable[[torch.Tensor, int], int]
"""Choose a token from logits, after so many of the last tokens were taken back."""

_MAX_TRIES = 24
"""After so many wrong tokens in one place, none with a digit or a capital is allowed there."""

_MAX_ROUNDS = 200
MAX_PARTS = 4
"""Bytes of a character; more tokens without one make none."""

_LEADS = frozenset(" \t$\u20ac\u00a3\u00a5(~")
"""Characters that may stand before a figure in tokens of their own: they are taken back with it."""


class Splitter(Protocol):
    """Split generated text into thinking, which is free, and answer."""

    def push(self, text: str) -> tuple[str, str]:
        """Return the thinking and the answer that this text adds."""


@dataclass(frozen=True, slots=True)
class MaskState:
    """The text of a sequence as the mask sees it; `parts` are the tokens at its end that make no whole character yet.

    With a `splitter` only the answer is masked.
    """

    written: Written = field(default_factory=Written)
    parts: tuple[int, ...] = ()
    splitter: Splitter | None = None


@dataclass(frozen=True, slots=True)
class MaskRules:
    """The mask of one answer, for a vocabulary with these texts and end tokens."""

    allowed: Allowed
    texts: TokenTexts
    end_tokens: Collection[int]

    def after(self, state: MaskState, token: int) -> MaskState | Fault:
        """Return the state after a token, or what is wrong with it."""
        if token in self.end_tokens:
            written = state.written.ended(self.allowed)
            return written if isinstance(written, str) else state
        parts = (*state.parts, token)
        text = self.texts.text(parts)
        if text is None and len(parts) < MAX_PARTS:
            return replace(state, parts=parts)
        splitter = copy(state.splitter)
        if splitter:
            _, text = splitter.push(text or "")
        after = state.written.after(text or "", self.allowed)
        return after if isinstance(after, str) else MaskState(after, (), splitter)

    def has_digits(self, state: MaskState, token: int) -> bool:
        """Return whether a token adds digits."""
        return any(map(str.isdecimal, self.texts.text((*state.parts, token)) or ""))

    def mask(self, splitter: Splitter | None, *, can_take_back: bool) -> "TokenMask":
        """Return a mask for a new text; a splitter leaves its thinking unmasked."""
        return TokenMask(self, MaskState(splitter=splitter), can_take_back=can_take_back)

    def is_lead(self, token: int) -> bool:
        """Return whether a token has only what may stand before a figure."""
        text = self.texts.text((token,))
        return bool(text) and _LEADS.issuperset(text or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A place in the text: the logits there, and what has turned out wrong."""

    logits: torch.Tensor
    before: MaskState
    banned: frozenset[int] = frozenset()
    without_figures: bool = False
    without_months: bool = False


@dataclass(frozen=True, slots=True)
class _Held:
    token: int
    place: _Place
    begins_unit: bool


class Choice(NamedTuple):
    """The next token, how many of the last tokens to take back before it, and the logits it was chosen from."""

    token: int
    back: int
    logits: torch.Tensor


class TokenMask:
    """Choose the tokens of one sequence under the mask.

    `can_take_back` says whether the sequence can be cropped; if not, what was begun goes on as something allowed.
    """

    def __init__(self, rules: MaskRules, state: MaskState, *, can_take_back: bool) -> None:
        self._rules = rules
        self._state = state
        self._can_take_back = can_take_back
        self._held: list[_Held] = []

    @property
    def held(self) -> int:
        """Number of the last tokens that may still be taken back."""
        return len(self._held)

    @property
    def unfinished(self) -> int:
        """Number of the last tokens that would be wrong if the text ended here."""
        ended = self._state.written.ended(self._rules.allowed)
        return len(self._held) if isinstance(ended, str) else 0

    def choose(self, logits: torch.Tensor, pick: Pick) -> Choice:
        """Return the next token: `pick`, asked again after each wrong one, chooses it."""
        back, place = 0, _Place(logits=logits, before=self._state)
        for _ in range(_MAX_ROUNDS):
            token = pick(self._masked(place), back)
            after = self._after(place, token)
            if isinstance(after, MaskState):
                self._accept(token, place, after)
                return Choice(token, back, place.logits)
            if dropped := self._take_back(after, place):
                back += len(dropped)
                token, place = dropped[0].token, dropped[0].place
            is_begun = after == "figure" and not place.before.written.in_unit
            place = replace(
                place,
                banned=place.banned | {token},
                without_figures=place.without_figures or is_begun,
                without_months=place.without_months or after == "month",
            )
        token = pick(place.logits, back)  # a vocabulary without single digits
        self._accept(token, place, MaskState(splitter=place.before.splitter))
        return Choice(token, back, place.logits)

    def _after(self, place: _Place, token: int) -> MaskState | Fault:
        if place.without_figures and self._rules.has_digits(place.before, token):
            return "figure"
        return self._rules.after(place.before, token)

    def _take_back(self, fault: Fault, place: _Place) -> list[_Held]:
        """Return the held tokens that are taken back: those of the name, or the figure with what leads to it."""
        written = place.before.written
        if fault != "figure":
            first = next((i for i, held in enumerate(self._held) if held.begins_unit), 0)
            is_begun = bool(written.word)
        else:
            first, is_begun = 0, not written.word
        if not is_begun:
            return []
        dropped, self._held = self._held[first:], self._held[:first]
        return dropped

    def _accept(self, token: int, place: _Place, after: MaskState) -> None:
        self._state = after
        begins_unit = after.written.units > place.before.written.units
        if not self._can_take_back:
            return
        if not after.written.in_unit and not self._rules.is_lead(token):
            self._held = []
            return
        if place.before.written.in_unit and (begins_unit or not after.written.in_unit):
            self._held = []  # what was being written is finished
        self._held.append(_Held(token, place, begins_unit))

    def _masked(self, place: _Place) -> torch.Tensor:
        if not place.banned:
            return place.logits
        texts = self._rules.texts
        banned: list[Sequence[int]] = [tuple(place.banned)]
        if place.without_months:
            banned.append(texts.months)
        if place.without_figures or len(place.banned) > _MAX_TRIES:
            banned.append(texts.with_digits)
        if len(place.banned) > _MAX_TRIES:
            banned.append(texts.with_capitals)
        return without(place.logits, banned)


def without(logits: torch.Tensor, banned: Sequence[Sequence[int]]) -> torch.Tensor:
    """Return logits with which none of these tokens is chosen."""
    masked = logits.clone()
    for tokens in banned:
        masked[list(tokens)] = -torch.inf
    return masked
