"""Notes for people on how well a sentence is supported, in the language of the question."""

from rag.text.message_catalogues import messages_in
from rag.types import Sentence


def support_notes(sentence: Sentence, language: str, *, is_cut: bool = False) -> list[str]:
    """Return a note for each thing that is to be known of a sentence; none of one that is simply supported."""
    gettext = messages_in(language).gettext
    found = {
        gettext("partly supported"): sentence.support == "weak",
        gettext("not in the sources"): sentence.support == "unsupported",
        gettext("translated"): sentence.support == "supported" and bool(sentence.translation),
        gettext("another source says otherwise"): bool(sentence.disputed),
        gettext("unfinished"): is_cut,
    }
    return [note for note, holds in found.items() if holds]
