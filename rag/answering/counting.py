"""Answer how many there are: with the number that the sources state, else by counting what they have.

A model asked for a number that nobody has printed guesses it. Asked for a list it is complete, and code can count.
"""

import re
from dataclasses import replace

from rag.grounding.abstention import NOT_FOUND, is_abstention
from rag.text.item_lists import list_items
from rag.text.normalize import normalize
from rag.text.sentences import without_enumerator
from rag.types import Answer, Citation, Computed, Operand, Sentence

_FIGURE = re.compile(r"\d+")
_AT_ITS_EDGE = re.compile(r"\d+\b(?!\s*(?:%|percent)).*|.*\b\d+\W*")
_LEAST_COUNTED = 2
_CONFIDENCE = 0.85
"""Of a list that has been checked item by item."""


def states_number(answer: Answer) -> bool:
    """Return whether each sentence of an answer has support, and the quotes have the number that it says."""
    figures = {figure for sentence in answer.sentences for figure in _figures(sentence.text, answer.language)}
    is_supported = all(sentence.support == "supported" for sentence in answer.sentences)
    return bool(figures) and is_supported and not answer.abstained and not is_guess(answer)


def is_guess(answer: Answer) -> bool:
    """Return whether an answer says a number that its quotes do not have."""
    return not all(_has_figures(sentence, answer.language) for sentence in answer.sentences)


def refused(answer: Answer) -> Answer:
    """Return an answer as a refusal: the next question sees none."""
    *before, last = answer.turns
    return replace(answer, abstained=True, turns=(*before, replace(last, answer=NOT_FOUND)))


def may_be_counted(answer: Answer) -> bool:
    """Return whether counting may answer what an answer does not state: what was not found at all is not there."""
    return answer.stop_reason != "cancelled" and not is_abstention(answer.text)


def counted_items(listed: Answer) -> Computed | None:
    """Return a list with the number of its items; None if that is no answer.

    It is none if the list is cut off, or has an item that nothing supports, that may stand for several ("2 keys"), or
    that may be a part of one: where the source has a list, each item has to be one of its items.
    """
    items = list_items(listed.text)
    is_sure = all(sentence.support == "supported" and sentence.citations for sentence in listed.sentences)
    if listed.abstained or listed.stop_reason != "end" or len(items) < _LEAST_COUNTED or not is_sure:
        return None
    if any(_AT_ITS_EDGE.fullmatch(normalize(without_enumerator(item), listed.language)) for item in items):
        return None
    if len({bool(list_items(sentence.citations[0].quote)) for sentence in listed.sentences}) > 1:
        return None
    number = f"{len(items)}:"
    return Computed(
        kind="list",
        statement=f"{number}\n{listed.text}",
        results=(number,),
        operands=tuple(_operand(sentence.citations[0], listed) for sentence in listed.sentences),
        confidence=_CONFIDENCE,
        language=listed.language,
    )


def _has_figures(sentence: Sentence, language: str) -> bool:
    """Return whether a sentence's quotes have the figures that it says, numbers of their items aside."""
    lines = [without_enumerator(line) for citation in sentence.citations for line in citation.quote.splitlines()]
    return _figures(sentence.text, language) <= _figures("\n".join(lines), language)


def _figures(text: str, language: str) -> set[str]:
    return set(_FIGURE.findall(normalize(text, language)))


def _operand(citation: Citation, listed: Answer) -> Operand:
    return Operand(
        document_id=listed.passages[citation.number - 1].chunk.document_id,
        document=citation.document,
        page=citation.page,
        start=citation.start,
        end=citation.end,
        text=citation.quote,
        quote_start=citation.start,
        quote_end=citation.end,
        quote=citation.quote,
    )
