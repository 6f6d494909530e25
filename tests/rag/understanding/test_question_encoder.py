"""The encoder computes what transformers computes with the same weights."""

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file
from transformers import BertConfig, BertModel

from rag.understanding.question_encoder import GROUP, HEADS, MAX_TOKENS, QuestionEncoder, Weights
from rag.understanding.question_reader import WEIGHTS

QUESTION = "Which fees are due in March, and why?"


@pytest.fixture(scope="module")
def stored() -> Weights:
    return load_file(WEIGHTS)


def _wide(stored: Weights, name: str, layer: int) -> torch.Tensor:
    weights = stored[f"{name}.weights"][layer] * stored[f"{name}.scales"][layer].astype(np.float32)[:, None]
    return torch.tensor(weights, dtype=torch.float32)


@pytest.fixture(scope="module")
def reference(stored: Weights) -> BertModel:
    """Return transformers' BERT with the stored weights."""
    layers, _, _, hidden = stored["norms"].shape
    tokens = len(stored["embedding.codes"])
    model = BertModel(
        BertConfig(
            vocab_size=tokens,
            hidden_size=hidden,
            num_hidden_layers=layers,
            num_attention_heads=HEADS,
            intermediate_size=4 * hidden,
            hidden_act="gelu_pytorch_tanh",
            max_position_embeddings=MAX_TOKENS,
            type_vocab_size=1,
            layer_norm_eps=1e-12,
        ),
        add_pooling_layer=False,
    ).eval()
    codes = stored["embedding.codes"]
    values = np.stack([codes & 15, codes >> 4], axis=-1).reshape(tokens, -1, GROUP).astype(np.float32) - 8
    words = (values * stored["embedding.scales"].astype(np.float32)[..., None]).reshape(tokens, hidden)
    norm = torch.tensor(stored["embedding.norm"])
    state = {
        "embeddings.word_embeddings.weight": torch.tensor(words),
        "embeddings.position_embeddings.weight": torch.tensor(stored["positions"].astype(np.float32)),
        "embeddings.token_type_embeddings.weight": torch.zeros(1, hidden),
        "embeddings.LayerNorm.weight": norm[0],
        "embeddings.LayerNorm.bias": norm[1],
    }
    for layer in range(layers):
        at = f"encoder.layer.{layer}"
        parts = _wide(stored, "attention", layer).split(hidden)
        biases = torch.tensor(stored["attention.bias"][layer].astype(np.float32)).split(hidden)
        names = {f"attention.self.{part}": each for part, each in zip(("query", "key", "value"), parts, strict=True)}
        for (name, weights), bias in zip(names.items(), biases, strict=True):
            state |= {f"{at}.{name}.weight": weights, f"{at}.{name}.bias": bias}
        for name, ours in (
            ("attention.output.dense", "attention_output"),
            ("intermediate.dense", "intermediate"),
            ("output.dense", "output"),
        ):
            state[f"{at}.{name}.weight"] = _wide(stored, ours, layer)
            state[f"{at}.{name}.bias"] = torch.tensor(stored[f"{ours}.bias"][layer].astype(np.float32))
        for name, which in (("attention.output", 0), ("output", 1)):
            after = torch.tensor(stored["norms"][layer, which])
            state |= {f"{at}.{name}.LayerNorm.weight": after[0], f"{at}.{name}.LayerNorm.bias": after[1]}
    model.load_state_dict(state)
    return model


@pytest.mark.parametrize("question", [QUESTION, "总结", "fee " * 300])
def test_the_encoder_is_a_bert(stored: Weights, reference: BertModel, question: str) -> None:
    encoder = QuestionEncoder(stored)
    with torch.no_grad():
        tokens = torch.tensor([encoder.tokenise(question)])
        expected = reference(tokens).last_hidden_state[0].mean(0).numpy()
    assert np.allclose(encoder.encode(question), expected, atol=1e-3)


def test_a_file_with_tensors_of_other_shapes_is_refused(stored: Weights) -> None:
    with pytest.raises(ValueError, match="shape"):
        QuestionEncoder({**stored, "positions": stored["positions"][:5]})
    with pytest.raises(KeyError):
        QuestionEncoder({name: each for name, each in stored.items() if name != "norms"})
