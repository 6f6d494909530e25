"""Gather passages by a plan: nearest ones, whole sections, coverage of a document, a search for each part."""

import math
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet

from rag.interfaces import Embedder, Library
from rag.retrieval.coverage import representative
from rag.retrieval.fusion import in_turn
from rag.retrieval.passage_budgets import ReadingBudget
from rag.retrieval.sections import DocumentChunks, named_section, section_around, whole_document
from rag.types import Chunk, Passage, Plan
from rag.understanding.summary_subjects import named_documents, subject_in_order, subject_words

Search = Callable[[str, int], list[Passage]]
"""Search for a wording: the best passages, at most so many."""

_EXPANDED_HITS = 5
_BY_FAR = 1.1
"""The best hit's score is this much above the next where it stands out."""

_SECTION_SHARE = 0.6
_WHOLE_SHARE = 0.8
_SAMPLED_CHUNKS = 20
_SAFE_SHARE = 0.85
"""The model's tokens are not the embedder's: numbers have more of them."""

_NEAR_BEST = 0.5
"""A hit with this part of the best one's score is about as good: a document that is named has twice as much."""

MAX_SUMMARISED = 8
"""Documents that one summary is about at most."""


class Gatherer:
    """Gather passages for one library; `embedder` made the library's vectors."""

    def __init__(self, library: Library, embedder: Embedder | None) -> None:
        self._library = library
        self._embedder = embedder

    def gather(
        self,
        plan: Plan,
        reading: ReadingBudget,
        wordings: Sequence[str],
        search: Search,
        within: AbstractSet[int] | None,
        passages: int,
    ) -> list[Passage]:
        """Return the passages to read, the most important first, or in reading order for a summary.

        `wordings` of the question are searched for; `passages` is the setting for a question of fact.
        """
        limit = max(reading.passages, passages)
        if plan.kind == "summary" and (covered := self._covered(plan, wordings, search, within, reading)):
            return covered
        parts = [search(part.query, limit) for part in plan.parts]
        ranked = in_turn([*parts, *(search(wording, limit) for wording in wordings)])[:limit]
        if reading.sections and ranked:
            return self._with_sections(ranked, reading)
        return ranked

    def _with_sections(self, ranked: Sequence[Passage], reading: ReadingBudget) -> list[Passage]:
        """Return the hits, the best of them with the sections around them, as far as these have room.

        The document of the best hit is read whole if it has room. Else a section is if it is that of the best hit by
        far, or has several hits: one alone may be a chance.
        """
        chunks = DocumentChunks(self._library)
        if whole := whole_document(ranked[0], chunks, int(reading.characters * _WHOLE_SHARE)):
            known = {passage.chunk.id for passage in whole}
            return [*whole, *(passage for passage in ranked if passage.chunk.id not in known)]
        room = int(reading.characters * _SECTION_SHARE)
        hits = {passage.chunk.id for passage in ranked}
        gathered: dict[int, Passage] = {}
        for place, passage in enumerate(ranked):
            section = [passage]
            if place < _EXPANDED_HITS and passage.chunk.id not in gathered:
                whole = section_around(passage, chunks, room)
                is_best = not place and passage.score >= _BY_FAR * max((each.score for each in ranked[1:]), default=0)
                if is_best or sum(each.chunk.id in hits for each in whole) > 1:
                    section = whole
                    room -= sum(len(each.chunk.text) for each in section)
            for each in section:
                gathered.setdefault(each.chunk.id, each)
        return list(gathered.values())

    def _covered(
        self,
        plan: Plan,
        wordings: Sequence[str],
        search: Search,
        within: AbstractSet[int] | None,
        reading: ReadingBudget,
    ) -> list[Passage]:
        """Return passages that cover what is to be summarised; none if that is everything in a large library."""
        hits = search(wordings[-1], reading.passages)
        covered: list[Passage] = []
        words = subject_in_order(wordings[-1])
        named = self._named(plan, wordings, within)
        documents = [*named] or self._summarised(hits, within, is_general=not words)
        called = {part for name in named.values() for part in (name.lower(), *subject_words(name, ""))}
        words = [word for word in words if word.lower() not in called]
        focus = self._embedder.embed_query(" ".join(words)) if self._embedder and len(words) > 1 else None
        for document in documents:
            ids, vectors = self._library.known_vectors(self._library.chunk_ids({document}))
            chunks = self._library.chunks(ids)
            if len(chunks) != len(vectors):  # replaced since
                continue
            if plan.section and (section := named_section(plan.section, chunks)):
                places = {chunk.id for chunk in section}
                chosen = [at for at, chunk in enumerate(chunks) if chunk.id in places]
                chunks, vectors = [chunks[at] for at in chosen], vectors[chosen]
            room = self._room(reading, chunks) // len(documents)
            covered += [_passage(chunk, hits) for chunk in representative(chunks, vectors, room, focus)]
        return covered

    def _room(self, reading: ReadingBudget, chunks: Sequence[Chunk]) -> int:
        """Return the room in characters, by the tokens of some chunks: tables take three times as many as prose."""
        sample = [chunk.text for chunk in chunks[:: 1 + len(chunks) // _SAMPLED_CHUNKS]]
        tokens = sum(self._embedder.count_tokens(sample)) if self._embedder else 0
        if not tokens:
            return reading.characters
        return min(reading.characters, int(_SAFE_SHARE * reading.tokens * sum(map(len, sample)) / tokens))

    def _named(self, plan: Plan, wordings: Sequence[str], within: AbstractSet[int] | None) -> dict[int, str]:
        """Return the documents, with their names, that a question for a summary names in any of its wordings.

        Of more than can be summarised together the search tells which.
        """
        names = {id_: name for id_, name in self._library.names().items() if within is None or id_ in within}
        facts = self._library.facts()
        found = {id_ for wording in wordings for id_ in named_documents(wording, plan.language, names, facts)}
        return {id_: names[id_] for id_ in sorted(found)} if len(found) <= MAX_SUMMARISED else {}

    def _summarised(self, hits: Sequence[Passage], within: AbstractSet[int] | None, *, is_general: bool) -> list[int]:
        """Return the documents that a summary is about, or all if no subject is named.

        It is about that of the best hit, however short, and those with most of the hits that are about as good.
        """
        known = sorted(self._library.names() if within is None else within & self._library.names().keys())
        if len(known) == 1 or (is_general and len(known) <= MAX_SUMMARISED):
            return known
        least = _NEAR_BEST * hits[0].score if hits and hits[0].score > 0 else -math.inf  # a reranker's may be below 0
        found = [hit.chunk.document_id for hit in hits if hit.score >= least]
        counts = {document: found.count(document) for document in dict.fromkeys(found)}
        best = max(counts.values(), default=0)
        leading = [document for document, count in counts.items() if count >= 0.6 * best and count > 1]
        return list(dict.fromkeys([*found[:1], *leading]))[:MAX_SUMMARISED]


def _passage(chunk: Chunk, hits: Sequence[Passage]) -> Passage:
    return next((hit for hit in hits if hit.chunk.id == chunk.id), Passage(chunk, 0.0))
