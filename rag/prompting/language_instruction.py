"""Ask the model for an answer in the language of the question (pure), where the sources are in another one.

Only there: prompts in one language stay as they are, since the answerability probe was fitted to them. The instruction
stands in the system prompt for the same reason: after the question, it would be what the probe reads. A small model
obeys it in place of "with the words of the sources", which it contradicts; behind that, it writes on and on.
"""

from collections.abc import Sequence

from rag.prompting.form_prompts import LIST_EXAMPLE
from rag.text.answer_language import reading_language
from rag.text.language import LANGUAGE_NAMES
from rag.types import Passage

_THEIR_WORDS = {
    LIST_EXAMPLE: "",
    'Answer with a list, one item a line, each line beginning with "- ".': "Answer in {} with a list, one item a line.",
    "Answer each part in turn, in": "Answer each part in turn in {}, in",
    "with the words of the sources": "in {}",
    "with their words": "in {}",
    "Keep to the words of the sources": "Write in {}",
}


def with_language(system_prompt: str, language: str, passages: Sequence[Passage]) -> str:
    """Return the system prompt, with the instruction to answer in a language if none of the passages is in it."""
    if language not in LANGUAGE_NAMES or not reading_language(passages, language):
        return system_prompt
    name = LANGUAGE_NAMES[language]
    instructed = system_prompt
    for words, instruction in _THEIR_WORDS.items():
        instructed = instructed.replace(words, instruction.format(name))
    return instructed if instructed != system_prompt else f"{system_prompt} Write in {name}."
