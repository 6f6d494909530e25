"""A BERT encoder or cross-encoder as the GGUF file that llama.cpp's server reads, in 32 bits."""

import json
from pathlib import Path

import gguf
from safetensors.numpy import load_file

_CONTROL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_WORD_START = "\u2581"
_HEAD = {"classifier.weight": "cls.output.weight", "classifier.bias": "cls.output.bias"}
_POOLER = {"bert.pooler.dense.weight": "cls.weight", "bert.pooler.dense.bias": "cls.bias"}


def write_bert_gguf(folder: Path, out: Path) -> Path:
    """Write the model of a folder of transformers to one file; one with a classifier's head ranks."""
    config = json.loads((folder / "config.json").read_text())
    tensors = load_file(folder / "model.safetensors")
    ranks = "classifier.weight" in tensors
    writer = gguf.GGUFWriter(out, "bert")
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_layer_norm_eps(config["layer_norm_eps"])
    writer.add_causal_attention(False)
    writer.add_pooling_type(gguf.PoolingType.RANK if ranks else gguf.PoolingType.MEAN)
    _add_vocabulary(writer, folder, config)
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.BERT, config["num_hidden_layers"])
    for name, tensor in tensors.items():
        known = _HEAD.get(name) or (_POOLER.get(name) if ranks else None)
        bare = name.removeprefix("bert.")
        if known is None and not bare.startswith(("pooler", "embeddings.position_ids")):
            known = names.get_name(bare, try_suffixes=(".weight", ".bias"))
        if known:
            writer.add_tensor(known, tensor.astype("float32"))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return out


def _add_vocabulary(writer: gguf.GGUFWriter, folder: Path, config: dict[str, int]) -> None:
    vocabulary = json.loads((folder / "tokenizer.json").read_text())["model"]["vocab"]
    tokens = sorted(vocabulary, key=vocabulary.get)
    kinds = [gguf.TokenType.CONTROL if token in _CONTROL else gguf.TokenType.NORMAL for token in tokens]
    writer.add_tokenizer_model("bert")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([_written(token) for token in tokens])
    writer.add_token_types(kinds)
    writer.add_token_type_count(config.get("type_vocab_size", 1))
    writer.add_pad_token_id(vocabulary["[PAD]"])
    writer.add_unk_token_id(vocabulary["[UNK]"])
    writer.add_bos_token_id(vocabulary["[CLS]"])
    writer.add_sep_token_id(vocabulary["[SEP]"])
    writer.add_mask_token_id(vocabulary["[MASK]"])


def _written(token: str) -> str:
    """Return a token as llama.cpp has it: with a mark at the beginning of words instead of one within."""
    if token in _CONTROL:
        return token
    return token[2:] if token.startswith("##") else _WORD_START + token
