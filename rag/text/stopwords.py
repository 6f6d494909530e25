"""What of a question carries its meaning (pure): all but the words that make it a question."""

import re

FUNCTION_WORDS = frozenset(
    "a an the of in on at by for to from with as about into is are was were be been do does did has have had can could "
    "will would shall should may might must who whom whose what which when where why how many much long far old".split()
)

_WORD = re.compile(r"\w[\w'’.-]*\w|\w")


def content_words(question: str) -> list[str]:
    """Its words in their order and spelling, each once, without function words."""
    words = (match[0] for match in _WORD.finditer(question))
    return list(dict.fromkeys(word for word in words if word.lower() not in FUNCTION_WORDS))
