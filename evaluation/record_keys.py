"""Hashes of all that decides an answer: records of the same are used again, those of anything else are not."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from evaluation.cases import Case
from rag.answering.system_prompts import FORM_PROMPTS, LARGE_SYSTEM_PROMPT, SYSTEM_PROMPT
from rag.runtime.file_hash import sha256_of
from rag.services import Services
from rag.settings import Settings
from rag.types import Document

DECIDING = frozenset(
    """model weights speculate tensor_parallel draft_model embedder embedder_query_prefix embedder_document_prefix
    reranker entailment_model chunk_tokens passages candidates dense_weight context_tokens system_prompt
    seconds_to_answer rewrite_followups translate_queries tools overviews content_filter max_new_tokens temperature
    top_k top_p beams repetition_penalty max_repeats seed stop thinking thinking_tokens grounded_decoding""".split()
)
"""The settings that may change what is written. `strictness` is kept beside: an answer is judged by it anew."""


def fingerprint(settings: Settings) -> str:
    """Return a hash of all settings that may change an answer."""
    values = settings.model_dump(mode="json", include=set(DECIDING))
    values["system_prompt"] = values["system_prompt"] or [SYSTEM_PROMPT, LARGE_SYSTEM_PROMPT, *FORM_PROMPTS]
    if settings.content_filter and settings.content_filter.is_file():
        values["content_filter"] = sha256_of(settings.content_filter)
    return _hash(values)


def sources_by_case(
    cases: Sequence[Case], documents: Mapping[str, Collection[Path]], services: Services
) -> dict[str, str]:
    """Return for each case a hash of what it is asked of; "" for passages of its own, which the case itself has.

    That is the content of the documents of all cases, which are searched in one library, and of the case's own among
    them (`documents`, by case); or all that the user's library has.
    """
    kinds = {case.corpus for case in cases}
    servers = [each and each.get_secret_value() for each in (services.settings.database, services.settings.milvus)]
    hashes = {path: sha256_of(path) for path in {path for named in documents.values() for path in named}}
    library = sorted(map(_state, services.library.documents())) if "library" in kinds else []
    everything, own_library = _contents(hashes, hashes), _hash([servers, library])
    return {
        case.id: own_library
        if case.corpus == "library"
        else _hash([servers, everything, _contents(documents[case.id], hashes)])
        if case.corpus == "documents"
        else ""
        for case in cases
    }


def _contents(paths: Collection[Path], hashes: Mapping[Path, str]) -> list[list[str]]:
    return sorted([path.name, hashes[path]] for path in paths)


def _state(document: Document) -> list[str]:
    """Return what of a document decides answers: its content, how it was read, and what is known and shown of it."""
    content = document.sha256 or f"{document.source} {document.size} {document.added_at}"
    return [document.name, content, document.recipe, document.collection, repr(document.facts)]


def _hash(values: Any) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]
