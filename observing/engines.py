"""Which engine carries what, and where the next takes over (pure).

The limits of the folder and of one process are within what was measured, or close above. Those of PostgreSQL and beyond
are extrapolated, in view of what others met (docs/scaling.md).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Engine:
    """A way to keep and search the library. `most_chunks` is where the next takes over."""

    name: str
    most_chunks: float
    why: str
    is_built: bool = True


FOLDER = Engine(
    "folder: SQLite, FAISS, tantivy",
    2e6,
    "the index of one process fills its memory, and a rebuild of it keeps questions waiting",
)
POSTGRES = Engine(
    "PostgreSQL with pgvector",
    2e7,
    "the HNSW index no longer fits into one machine's memory, and building it takes days",
)
SHARDS = Engine(
    "PostgreSQL in partitions, or Milvus",
    2e9,
    "every question asks every partition, so each further one makes all questions dearer",
    is_built=False,
)
LADDER = (FOLDER, POSTGRES, SHARDS)


def engine_for(chunks: float, *, is_shared: bool) -> Engine:
    """Return the first engine that carries so many chunks; one that several app servers can share if they have to."""
    ladder = LADDER[1:] if is_shared else LADDER
    return next((engine for engine in ladder if chunks <= engine.most_chunks), LADDER[-1])


def after(engine: Engine) -> str:
    """Return what takes over."""
    return "nothing that is planned here" if engine is LADDER[-1] else LADDER[LADDER.index(engine) + 1].name
