"""How tokens are chosen: one value, validated on construction."""

from dataclasses import dataclass, fields
from typing import Literal

from rag.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Opening:
    """What an answer begins with. Where the likeliest first token is one of `tokens`, `instead` takes its place.

    None for `instead` leaves it to the likeliest token that is none of them.
    """

    tokens: frozenset[int]
    instead: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoding:
    """Decoding parameters of one answer of at most `max_new_tokens`.

    Deterministic: greedy (the default), or beam search with `beams` > 1. Stochastic: `temperature` > 0, with the
    candidates narrowed by `top_k` (0: all) and `top_p` (nucleus sampling, Holtzman et al. 2020, arXiv:1904.09751);
    a `seed` makes it repeatable. `repetition_penalty` (Keskar et al. 2019, arXiv:1909.05858) applies to both, as
    does `max_repeats`: a piece of text may stand in a row so many times (0: any number). A model that thinks before it
    answers may spend `thinking_tokens` on that, greedily if there are beams; 0 leaves it out.

    Raises:
        SettingsError: a value is out of its range, or beams are combined with sampling.
    """

    max_new_tokens: int = 384
    temperature: float = 0.0
    top_k: int = 0
    top_p: float = 1.0
    beams: int = 1
    repetition_penalty: float = 1.0
    max_repeats: int = 0
    seed: int | None = None
    stop: tuple[str, ...] = ()
    thinking_tokens: int = 1024
    openings: tuple[Opening, ...] = ()

    def __post_init__(self) -> None:
        _require(self.max_new_tokens >= 1, "max_new_tokens", self.max_new_tokens, "at least 1")
        _require(self.thinking_tokens >= 0, "thinking_tokens", self.thinking_tokens, "0 (no thinking) or more")
        _require(0.0 <= self.temperature <= 5.0, "temperature", self.temperature, "between 0 and 5; 0 is greedy")
        _require(self.top_k >= 0, "top_k", self.top_k, "0 (all tokens) or more")
        _require(0.0 < self.top_p <= 1.0, "top_p", self.top_p, "above 0 and at most 1")
        _require(1 <= self.beams <= 16, "beams", self.beams, "between 1 and 16")
        _require(
            0.5 <= self.repetition_penalty <= 2.0,
            "repetition_penalty",
            self.repetition_penalty,
            "between 0.5 and 2; 1 is off",
        )
        _require(
            self.max_repeats in (0, *range(2, 101)), "max_repeats", self.max_repeats, "0 (any number), or 2 to 100"
        )
        _require(all(self.stop), "stop", list(self.stop), "a list without empty strings")
        _require(
            self.beams == 1 or self.temperature == 0.0,
            "beams",
            self.beams,
            "1 while temperature is above 0: beam search is deterministic",
        )

    @property
    def deterministic(self) -> bool:
        """True if the same prompt always gives the same answer: greedy or beam search."""
        return self.temperature == 0.0


DECODING_SETTINGS = tuple(field.name for field in fields(Decoding) if field.name != "openings")
"""Parameters that people set; openings belong to one question."""


@dataclass(frozen=True, slots=True)
class Grounding:
    """Texts that an answer may take its figures from, and its names unless `figures_only`: it can write no others."""

    texts: tuple[str, ...]
    figures_only: bool = True


GroundedDecoding = Literal["off", "figures", "names"]
"""Parts of an answer that must be in its sources: none, its figures, or its figures and names."""


def _require(holds: bool, name: str, value: object, range_: str) -> None:
    if not holds:
        raise SettingsError(f"Setting '{name}' is {value!r}; it must be {range_}.")
