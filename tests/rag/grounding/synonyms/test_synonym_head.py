"""A head is kept in a file that holds no code; one that cannot be read is a sentence for the user."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from rag.errors import ModelError
from rag.grounding.synonyms.synonym_head import HEADS, SynonymHead, features, load_head

ONE = np.array([[1.0, 0.0]], dtype=np.float32)
OTHER = np.array([[0.0, 1.0]], dtype=np.float32)


def test_the_order_of_two_words_does_not_matter() -> None:
    assert np.array_equal(features(ONE, OTHER), features(OTHER, ONE))


def test_words_that_differ_where_the_weights_are_have_the_higher_odds() -> None:
    head = SynonymHead(np.array([1.0, 1.0, 0.0, 0.0, -1.0], dtype=np.float32), 0.5)
    (same,), (different,) = head.log_odds(ONE, ONE), head.log_odds(ONE, OTHER)
    assert same == pytest.approx(-0.5)
    assert different == pytest.approx(0.5 + 2 * np.sqrt(2))


def test_a_head_is_read_as_it_was_written(tmp_path: Path) -> None:
    weights = np.array([0.5, -2.0, 1.0, 0.0, 3.0], dtype=np.float16)
    save_file({"weights": weights}, tmp_path / "head.safetensors", {"bias": "-1.25"})
    head = load_head(tmp_path / "head.safetensors")
    assert (head.weights.tolist(), head.bias) == (weights.tolist(), -1.25)


@pytest.mark.parametrize("content", [b"", b"no tensors"])
def test_a_damaged_head_is_a_clear_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "head.safetensors").write_bytes(content)
    with pytest.raises(ModelError, match=r"head.safetensors cannot be read.*Install Citewell again"):
        load_head(tmp_path / "head.safetensors")


def test_the_default_embedder_has_a_head_of_its_dimension() -> None:
    assert load_head(HEADS / "minilm.safetensors").weights.shape == (2 * 384 + 1,)
