"""A head is fitted on what the embedder tells apart, and can be loaded by the product."""

from collections.abc import Sequence
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="fitting needs the extra 'eval'")

from evaluation.datasets.labelled_set import EvaluationError
from evaluation.fitting.synonym_pairs import Pair
from evaluation.fitting.synonyms import fit_head
from rag.grounding.synonyms.synonym_head import load_head
from rag.interfaces import Vectors
from rag.runtime.progress import no_progress
from rag.types import Span


class WordBeginnings:
    """Give words that begin alike nearly the same vector."""

    def embed_words(self, text: str, spans: Sequence[Span]) -> Vectors:
        rows = [np.random.default_rng(crc32(text[s.start : s.start + 3].encode())).normal(size=6) for s in spans]
        return np.array([row / np.linalg.norm(row) for row in rows], dtype=np.float32)


def pair(one: str, other: str) -> Pair:
    return Pair(
        sentence=one,
        span=Span(0, len(one)),
        changed=other,
        changed_span=Span(0, len(other)),
        words=(one, other),
        differs=one[:3] != other[:3],
    )


PAIRS = [pair(f"w{n:02}a", f"w{n:02}b") for n in range(30)] + [pair(f"w{n:02}a", f"x{n:02}b") for n in range(30)]


def test_the_head_tells_words_apart_that_it_was_not_fitted_on(tmp_path: Path) -> None:
    fit = fit_head(PAIRS, WordBeginnings(), tmp_path / "new" / "head.safetensors", no_progress)
    assert (fit.pairs, fit.differing, fit.words) == (60, 30, 60)
    assert fit.auc > 0.9
    head, span = load_head(tmp_path / "new" / "head.safetensors"), [Span(0, 4)]
    one, same, other = (WordBeginnings().embed_words(word, span) for word in ("new1", "new2", "odd1"))
    assert head.log_odds(one, same)[0] < 0 < head.log_odds(one, other)[0]


def test_too_few_pairs_are_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="too few sentences"):
        fit_head(PAIRS[:20], WordBeginnings(), tmp_path / "head.safetensors", no_progress)


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EvaluationError, match=r"cannot be written.*Choose another file"):
        fit_head(PAIRS, WordBeginnings(), tmp_path / "file" / "head.safetensors", no_progress)
