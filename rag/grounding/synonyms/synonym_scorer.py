"""A second opinion on supported sentences: a word in another's place must mean the same."""

from collections.abc import Callable

from rag.grounding.second_opinion import SecondOpinion
from rag.grounding.synonyms.replacements import find_replacements
from rag.grounding.synonyms.synonym_head import HEADS, SynonymHead, load_head
from rag.interfaces import Scorer, WordReader


class SynonymScorer(SecondOpinion):
    """A lexical `Scorer` that asks the embedder only about words that stand in another's place.

    `reader` returns the embedder: it is loaded when the first such word is found. One that is no `WordReader` has no
    opinion.
    """

    def __init__(
        self, words: Scorer, analyze: Callable[[str], list[str]], reader: Callable[[], object], head: SynonymHead
    ) -> None:
        super().__init__(words)
        self._analyze = analyze
        self._reader = reader
        self._head = head

    def opinion(self, sentence: str, text: str) -> float | None:
        """Return 0 if a word of the sentence means something else than the one in its place in the text, else None."""
        found = find_replacements(sentence, text, self._analyze)
        reader = self._reader() if found else None
        if not isinstance(reader, WordReader):
            return self._words.opinion(sentence, text)
        ours = reader.embed_words(sentence, [each.ours for each in found])
        theirs = reader.embed_words(text, [each.theirs for each in found])
        is_read = ours.any(axis=-1) & theirs.any(axis=-1)
        return 0.0 if (is_read & (self._head.log_odds(ours, theirs) > 0)).any() else None


def with_synonyms(
    words: Scorer, analyze: Callable[[str], list[str]], embedder: str, reader: Callable[[], object]
) -> Scorer:
    """Return the scorer with the head of the embedder of this name; the scorer itself if there is no such head."""
    file = next((file for file in HEADS.iterdir() if file.name == f"{embedder}.safetensors"), None)
    return SynonymScorer(words, analyze, reader, load_head(file)) if file else words
