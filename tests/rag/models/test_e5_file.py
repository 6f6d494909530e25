"""The packed file of multilingual-e5-small becomes a folder that gives the vectors of its weights."""

import errno
import shutil
import struct
from pathlib import Path

import numpy as np
import pytest
import torch
from filelock import FileLock
from numpy.typing import NDArray
from transformers import AutoModel, AutoTokenizer

from rag.errors import ModelError
from rag.models.e5_file import ensure_unpacked
from rag.models.embedder import SentenceTransformerEmbedder

HIDDEN, LAYERS, HEADS, INTERMEDIATE, POSITIONS = 32, 2, 2, 64, 48
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "▁que", "ry", ":", "▁pass", "age", "▁cat", "s", "▁sleep", "1", "<mask>"]
VOCABULARY = len(PIECES) + 3
MATRICES = ("q", "k", "v", "ao", "fi", "fo")


def tensors() -> dict[str, NDArray[np.float32]]:
    """Return random tensors under the file's names; what is stored in blocks is on their grid of sixteen values."""
    generator = np.random.default_rng(0)
    shapes: dict[str, tuple[int, ...]] = {
        "emb.word": (VOCABULARY, HIDDEN),
        "emb.pos": (POSITIONS, HIDDEN),
        "emb.type": (2, HIDDEN),
        "emb.ln.w": (HIDDEN,),
        "emb.ln.b": (HIDDEN,),
    }
    for layer in range(LAYERS):
        for name in (*MATRICES, "aln", "oln"):
            inner = INTERMEDIATE if name == "fi" else HIDDEN
            width = () if name.endswith("ln") else (INTERMEDIATE if name == "fo" else HIDDEN,)
            shapes[f"l{layer}.{name}.w"] = (inner, *width)
            shapes[f"l{layer}.{name}.b"] = (inner,)
    return {
        name: (generator.integers(-8, 8, shape) / 32 + (name.endswith("ln.w"))).astype(np.float32)
        for name, shape in shapes.items()
    }


def in_blocks(tensor: NDArray[np.float32]) -> bytes:
    steps = (tensor * 32 + 8).astype(np.uint8).reshape(-1, 32)
    scale = np.float16(1 / 32).tobytes()
    return b"".join(scale + (row[:16] | row[16:] << 4).tobytes() for row in steps)


def write_file(path: Path, weights: dict[str, NDArray[np.float32]]) -> Path:
    texts = [piece.encode() for piece in PIECES]
    ends = np.cumsum([0, *map(len, texts)]).astype("<u4")
    scores = np.where(np.char.startswith(PIECES, "<"), 0, -np.arange(len(PIECES))).astype("<f4")
    head = b"E5S1" + struct.pack("<I7ifi", 1, HIDDEN, LAYERS, HEADS, INTERMEDIATE, VOCABULARY, POSITIONS, 2, 1e-12, 32)
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, int(ends[-1])) + ends.tobytes() + scores.tobytes()
    head += b"".join(texts) + struct.pack("<iI", 1, 9) + struct.pack("<IBI", 0xA0, 1, 0x20)
    directory_bytes = 4 + sum(2 + len(name) + 21 for name in weights)
    directory, body = struct.pack("<i", len(weights)), b""
    for name, tensor in weights.items():
        is_matrix = name == "emb.word" or name.split(".")[1:] in ([m, "w"] for m in MATRICES)
        data = in_blocks(tensor) if is_matrix else tensor.tobytes()
        offset = len(head) + directory_bytes + len(body)
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", is_matrix, tensor.size, offset, len(data))
        body += data
    path.write_bytes(head + directory + body)
    return path


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    return write_file(tmp_path / "e5-small-q4.bin", tensors())


def test_every_weight_arrives_where_transformers_looks_for_it(packed: Path, tmp_path: Path) -> None:
    model = AutoModel.from_pretrained(ensure_unpacked(packed, tmp_path), dtype=torch.float32)
    weights = tensors()
    layer = model.encoder.layer[1]
    pairs = {
        "emb.word": model.embeddings.word_embeddings.weight,
        "emb.pos": model.embeddings.position_embeddings.weight,
        "emb.ln.b": model.embeddings.LayerNorm.bias,
        "l1.q.w": layer.attention.self.query.weight,
        "l1.k.w": layer.attention.self.key.weight,
        "l1.v.w": layer.attention.self.value.weight,
        "l1.ao.w": layer.attention.output.dense.weight,
        "l1.aln.w": layer.attention.output.LayerNorm.weight,
        "l1.fi.w": layer.intermediate.dense.weight,
        "l1.fo.b": layer.output.dense.bias,
        "l1.oln.w": layer.output.LayerNorm.weight,
    }
    for name, parameter in pairs.items():
        assert np.array_equal(parameter.detach().numpy(), weights[name]), name
    assert np.array_equal(model.embeddings.token_type_embeddings.weight.detach().numpy(), weights["emb.type"][:1])


def test_text_is_normalised_and_cut_into_the_files_pieces(packed: Path, tmp_path: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(ensure_unpacked(packed, tmp_path))
    assert tokenizer.tokenize("query: cats") == ["▁que", "ry", ":", "▁cat", "s"]
    assert tokenizer.tokenize(" ｃat\u200bsleep\x07  ① ") == ["▁cat", "▁sleep", "▁", "1"]
    assert tokenizer("cat")["input_ids"] == [0, PIECES.index("▁cat"), 2]


def test_it_is_an_embedder_with_the_models_prefixes(packed: Path, tmp_path: Path) -> None:
    folder = ensure_unpacked(packed, tmp_path)
    embedder = SentenceTransformerEmbedder(folder, "e5")
    bare = SentenceTransformerEmbedder(folder, "e5", prefixes=("", ""))
    assert (embedder.dimension, embedder.max_tokens) == (HIDDEN, POSITIONS - 2 - 3)
    assert embedder.embed_documents(["cats"]) == pytest.approx(bare.embed_documents(["passage: cats"]))
    assert embedder.embed_query("cats") == pytest.approx(bare.embed_query("query: cats"))
    assert np.abs(embedder.embed_query("cats") - bare.embed_query("cats")).max() > 0.01


@pytest.mark.parametrize("damage", [lambda data: b"GGUF" + data[4:], lambda data: data[: len(data) // 2]])
def test_a_damaged_file_leaves_nothing_behind(damage: object, packed: Path, tmp_path: Path) -> None:
    assert callable(damage)
    packed.write_bytes(damage(packed.read_bytes()))
    with pytest.raises(ModelError, match="cannot be read as the embedder it should be"):
        ensure_unpacked(packed, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} <= {packed.name, ".unpack.lock"}


def test_what_was_unpacked_is_used_from_a_folder_that_is_only_readable(
    packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: FileLock) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    folder = ensure_unpacked(packed, tmp_path)
    monkeypatch.setattr(FileLock, "acquire", refuse)
    assert ensure_unpacked(packed, tmp_path) == folder
    shutil.rmtree(folder)
    with pytest.raises(ModelError, match=r"cannot be written: permission denied\. "):
        ensure_unpacked(packed, tmp_path)
