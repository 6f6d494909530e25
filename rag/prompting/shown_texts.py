"""Texts that an answer may take figures and names from: the question, the passages shown, the conversation (pure)."""

from collections.abc import Sequence

from rag.prompting.prompt import Prompt, describe
from rag.types.decoding import GroundedDecoding, Grounding

_CAPITALS_TELL_NAMES = ("en", "")
"""Languages in which only names have capitals within a sentence, as far as the rules for them were measured."""


def grounding(
    prompt: Prompt, question: str, what: GroundedDecoding, language: str, results: Sequence[str] = ()
) -> Grounding | None:
    """Return what the answer in a language is held to, `results` computed for it included; None if to nothing.

    Names only where capitals tell them (German nouns have them too) and the passages are in the same language.
    """
    if what == "off" or not prompt.passages:
        return None
    passages = [part for passage in prompt.passages for part in (passage.chunk.text, describe(passage))]
    turns = [part for turn in prompt.turns for part in (turn.question, turn.answer)]
    texts = (question, *passages, *turns, *results)
    return Grounding(texts, figures_only=what == "figures" or language not in _CAPITALS_TELL_NAMES)
