"""A text that a pattern allows, in the model's own most likely tokens."""

import re
from collections.abc import Sequence

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rag.generation.decoding.pattern_mask import PatternRules
from rag.generation.decoding.token_texts import TokenTexts

BYTES = {0xC3: "C3", 0xA4: "A4"}
PIECES = ["<end>", *'{}[]":,', *"abcdefgh", *"0123", "cat", "cab", '{"', '":', "<C3>", "<A4>", ""]
END = 0


def decode(tokens: Sequence[int]) -> str:
    raw = b"".join(
        bytes.fromhex(piece[1:-1]) if re.fullmatch("<[0-9A-F]{2}>", piece) else piece.encode()
        for piece in (PIECES[token] for token in tokens if token != END)
    )
    return raw.decode(errors="replace")


TEXTS = TokenTexts(decode, lambda _: [PIECES.index("a")], lambda: {piece: at for at, piece in enumerate(PIECES)})


def written(pattern: str, wanted: Sequence[str], limit: int = 30) -> str:
    """Return what is written by a model that wants these tokens first, in every place."""
    mask = PatternRules(pattern, TEXTS, {END}).mask(None, can_take_back=True)
    logits = torch.zeros(len(PIECES))
    for place, piece in enumerate(wanted):
        logits[PIECES.index(piece)] = len(wanted) - place
    tokens: list[int] = []
    while len(tokens) < limit and (token := mask.choose(logits, lambda *_: 0).token) != END:
        tokens.append(token)
    return decode(tokens)


@pytest.mark.parametrize(
    ("pattern", "wanted", "text"),
    [
        ('{"a":1}', ["cat"], '{"a":1}'),  # whatever it wants
        ("cat|cab", ["c", "a", "b"], "cab"),  # letter by letter
        ("cat|cab", ["cat", "cab"], "cat"),
        ("(?:ab)+", ["a", "b", "<end>"], "ab" * 15),  # it never wants to end
        ("(?:ab)+", ["<end>", "a", "b"], "ab"),  # no sooner than it may
        ("e*", ["", "<end>"], ""),  # a token without a text adds nothing
    ],
)
def test_what_is_written_matches_the_pattern(pattern: str, wanted: Sequence[str], text: str) -> None:
    assert written(pattern, wanted) == text


def test_a_character_may_take_two_tokens() -> None:
    mask = PatternRules("bä", TEXTS, {END}).mask(None, can_take_back=True)
    chosen = []
    for wanted in ("<C3>", "<C3>", "<A4>", "<end>"):  # within "b" there is no such character
        logits = torch.zeros(len(PIECES))
        logits[PIECES.index(wanted)] = 1
        chosen.append(mask.choose(logits, lambda *_: 0).token)
    assert decode(chosen) == "bä"
    assert chosen[-1] == END


def test_where_nothing_fits_it_ends_and_the_text_is_not_allowed() -> None:
    rules = PatternRules("axa", TEXTS, {END})
    text = written(rules.pattern, ["a"])
    assert text == "a"
    assert not rules.allows(text)


@given(st.permutations(PIECES))
def test_any_taste_of_a_model_fills_the_form(wanted: Sequence[str]) -> None:
    pattern = r'\{"a":(?:"cat"|"cab"|[0-3])\}'
    wanted = [piece for piece in wanted if not piece.startswith("<") or piece == "<end>"]
    assert re.fullmatch(pattern, written(pattern, wanted))
