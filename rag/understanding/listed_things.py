"""Find what a question asks to list ("swimming pools" in "List all swimming pools of the city") in English."""

import re

_KINDS = r"(?:names?|kinds?|types?|sorts?|numbers?|examples?|categories|titles?|list)"
_LEADING = (
    rf"(?:{_KINDS}|all|the|every|each|any|some|of|these|those|me|us|both|most|main|major|key|important|possible|different"
    r"|various|other|further|complete|full|entire|whole|two|three|four|five|six|seven|eight|nine|ten|\d+)"
)
_AUXILIARY = r"(?:are|is|was|were|do|does|did|has|have|had|can|could|must|should|shall|will|would|may|might)"
_END = (
    rf"(?=[,.;:?!()]|\s+(?:{_AUXILIARY}|of|in|on|at|for|from|to|by|with|without|within|under|over|about|during|that|which"
    r"|who|whom|whose|where|when|other|named|called|mentioned|listed|given|used|as|per|than|besides|except|including|up)\b"
    r"|\s*$)"
)
_THING = rf"(?P<thing>[^,.;:?!()]+?){_END}"
_ASKED = (
    rf"\b(?:list|enumerate|name)\s+(?!them\b|everything\b|it\b){_THING}",
    rf"^(?:what|which) (?:are|were) {_THING}",
    rf"^(?:(?:for|in|on|at|to|of|from|under|with|by) )?(?:which|what) (?!{_AUXILIARY}\b){_THING}",
)
_PATTERNS = [re.compile(pattern, re.IGNORECASE) for pattern in _ASKED]
_LEADING_WORDS = re.compile(rf"^(?:{_LEADING}\b\s*)+", re.IGNORECASE)
_KINDS_OF = re.compile(rf"\b(?:(?:all|the|some)\s+)*{_KINDS}\s+of\b", re.IGNORECASE)
_ALTERNATIVES = re.compile(r"\s+(?:and|or|and/or)\s+|/", re.IGNORECASE)


def listed_things(question: str) -> tuple[str, ...]:
    """Return what the items of a list are to be, in the question's words: several for "bills or measures".

    None if the question does not say it in a way that is known ("What do ducks eat?").
    """
    text = " ".join(_KINDS_OF.sub(" ", question).split())
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            things = (_LEADING_WORDS.sub("", each.strip()) for each in _ALTERNATIVES.split(match["thing"]))
            if found := tuple(thing for thing in things if thing):
                return found
    return ()
