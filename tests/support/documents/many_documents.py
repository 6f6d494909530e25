"""Fill a library with many small documents, without reading or embedding any: their vectors are made up."""

from pathlib import Path

import numpy as np

from ingest.pipeline import open_ingestor
from rag.services import Services
from rag.settings import load_settings
from rag.types import Content, DocumentFacts
from tests.support.fakes import WordEmbedder
from tests.support.values import content

_KINDS = ("report", "contract", "paper", "letter")
_LANGUAGES = ("de", "en", "fr")
_BATCH = 500


def fill_library(folder: Path, number: int, *, collections: int) -> None:
    """Store `number` documents; the first tenth of them is spread over so many `collections`."""
    with Services(load_settings(library=folder)) as services:
        services.__dict__["embedder"] = WordEmbedder()
        recipe = min(open_ingestor(services).preparer.recipes())  # of this version: they are not read again
        vectors = np.full((1, WordEmbedder.dimension), 1e-3, np.float32)
        for first in range(1, number + 1, _BATCH):
            some = range(first, min(first + _BATCH, number + 1))
            collected = {each: each % collections + 1 for each in some if each <= number // 10}
            contents = [_content(each, collected.get(each, 0), recipe) for each in some]
            services.library.replace_all([(content, vectors) for content in contents])


def _content(number: int, collection: int, recipe: str) -> Content:
    name = f"report-{number}.txt"
    facts = DocumentFacts(
        title=f"Report {number}",
        kind=_KINDS[number % len(_KINDS)],
        language=_LANGUAGES[number % len(_LANGUAGES)],
        period=str(2000 + number % 20),
    )
    return content(
        name,
        f"This is the text of report {number}.",
        label="",
        source=f"upload:{name}",
        sha256=f"{number:064x}",
        recipe=recipe,
        collection=f"Collection {collection}" if collection else "",
        facts=facts,
    )
