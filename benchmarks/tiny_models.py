"""A tiny model of random weights for every family of language models that transformers knows."""

from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, AutoModelForCausalLM
from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

VOCABULARY = 128

_NOT_CHAT = frozenset(
    """bart bert bert-generation big_bird bigbird_pegasus blenderbot blenderbot-small blt camembert data2vec-text
    electra emu3 ernie fuyu git got_ocr2 marian mbart megatron-bert mllama moshi moss_transcribe_diarize musicgen
    musicgen_melody mvp pegasus phi4_multimodal plbart prophetnet rembert roberta roberta-prelayernorm roc_bert roformer
    trocr whisper xlm xlm-roberta xlm-roberta-xl xmod""".split()
)
"""Encoders, encoder-decoders, speech and vision models, which are listed as decoders too."""

_SIZES: dict[str, Any] = {
    **dict.fromkeys(["vocab_size", "vocab_size_per_layer_input"], VOCABULARY),
    **dict.fromkeys("hidden_size n_embd d_model emb_dim word_embed_proj_dim embed_dim lru_width conv_dim".split(), 64),
    **dict.fromkeys(["block_dim", "attention_hidden_size", "dim_model"], 64),
    **dict.fromkeys("intermediate_size n_inner ffn_dim ffn_hidden_size dense_intermediate_size dim_ff".split(), 128),
    **dict.fromkeys(["intermediate_size_mlp", "block_ff_dim", "mamba_d_ssm"], 128),
    **dict.fromkeys("num_hidden_layers n_layer n_layers num_layers num_attention_heads n_head n_heads".split(), 4),
    **dict.fromkeys(["num_heads", "linear_num_value_heads"], 4),
    **dict.fromkeys("num_key_value_heads linear_num_key_heads n_mamba_heads mamba_expand altup_num_inputs".split(), 2),
    **dict.fromkeys(
        "head_dim dim_head qk_nope_head_dim v_head_dim kv_lora_rank global_head_dim swa_head_dim".split(), 16
    ),
    **dict.fromkeys("linear_key_head_dim linear_value_head_dim mamba_d_head mamba_head_dim mamba_headdim".split(), 16),
    **dict.fromkeys("mamba_d_state ssm_state_size state_size mamba_chunk_size chunk_size index_head_dim".split(), 16),
    **dict.fromkeys("mamba_n_heads mamba_num_heads time_step_rank mamba_dt_rank adapter_rank laurel_rank".split(), 8),
    **dict.fromkeys("rotary_dim qk_rope_head_dim hidden_size_per_layer_input".split(), 8),
    **dict.fromkeys("max_position_embeddings n_positions n_ctx max_seq_len".split(), 512),
    **dict.fromkeys("sliding_window attention_chunk_size attention_window_size q_lora_rank".split(), 32),
    **dict.fromkeys("num_experts num_local_experts n_routed_experts moe_num_experts".split(), 4),
    **dict.fromkeys("num_experts_per_tok moe_top_k moe_k moe_topk index_n_heads".split(), 2),
    **dict.fromkeys("moe_intermediate_size shared_expert_intermediate_size expert_ffn_hidden_size".split(), 32),
    **dict.fromkeys("moe_shared_expert_intermediate_size shared_intermediate_size".split(), 32),
    **dict.fromkeys("n_group topk_group first_k_dense_replace n_shared_experts num_shared_experts".split(), 1),
    **dict.fromkeys("mamba_n_groups n_groups mamba_ngroups zero_expert_num".split(), 1),
    "num_kv_shared_layers": 0,
    "qk_head_dim": 24,
    "conv_L_cache": 3,
    "index_topk": 16,
}
"""Values of a small model, set where a family's configuration has the name."""

_OF_FAMILY: dict[str, dict[str, Any]] = {
    "bailing_hybrid": {"layer_types": ["linear_attention", "full_attention"] * 2},
    "bamba": {"attn_layer_indices": [1, 3]},
    "cpmant": {"prompt_types": 4, "prompt_length": 4, "segment_types": 4, "distance_scale": 16, "max_distance": 64},
    "cwm": {"bos_token_id": 1, "eos_token_id": [2], "pad_token_id": 0},
    "dots3_note_text": {"num_key_value_heads": 4},
    "gpt_neo": {"attention_types": [[["global", "local"], 2]], "window_size": 32},
    "granitemoehybrid": {"layer_types": ["mamba", "attention"] * 2},
    "jamba": {"attn_layer_period": 2, "attn_layer_offset": 1, "use_mamba_kernels": False},
    "lfm2": {"layer_types": ["conv", "full_attention"] * 2},
    "lfm2_moe": {"layer_types": ["conv", "full_attention"] * 2, "num_dense_layers": 1},
    "mamba2": {"num_heads": 8, "expand": 2},
    "modernbert-decoder": dict.fromkeys(["pad_token_id", "bos_token_id", "eos_token_id", "cls_token_id"], 1),
    "reformer": {"is_decoder": True, "axial_pos_shape": [16, 32], "axial_pos_embds_dim": [32, 32]},
    "zaya": {"num_experts_per_tok": 1},
    "zamba2": {"layers_block_type": ["mamba", "hybrid"] * 2},
}


def families() -> list[str]:
    """Return the model types of decoders that transformers offers for text."""
    return [family for family in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES if family not in _NOT_CHAT]


def tiny_config(family: str, **changes: Any) -> Any:
    """Return the configuration of a small model of a family, with four layers and a vocabulary of 128 tokens.

    Raises:
        Exception: whatever the family's configuration objects to.
    """
    default = AutoConfig.for_model(family)
    settings = _sizes_for(default) | dict.fromkeys(["bos_token_id", "eos_token_id", "pad_token_id"])
    text = getattr(default, "text_config", None)
    if text is not None:
        settings["text_config"] = _sizes_for(text)
    return AutoConfig.for_model(family, **(settings | _OF_FAMILY.get(family, {}) | changes))


def _sizes_for(config: Any) -> dict[str, Any]:
    names = {*vars(config), *getattr(config, "attribute_map", {})}
    sizes = {name: size for name, size in _SIZES.items() if name in names}
    if "kv_lora_rank" in names:  # latent attention: its heads are not shared, and only a part of each is turned
        sizes |= {"head_dim": 8, "num_key_value_heads": 4}
    return sizes


def tiny_model(family: str, **changes: Any) -> Any:
    """Return a small model of a family in float32, the same at each call; its weights are far apart."""
    torch.manual_seed(0)
    model: Any = AutoModelForCausalLM.from_config(tiny_config(family, **changes), dtype=torch.float32)
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if parameter.dim() > 1:
                parameter.copy_(noise * (0.3 if parameter.shape[-1] <= 2 * 64 else 0.1))
            elif "norm" in name:
                parameter.copy_(1 + 0.1 * noise)
    return model.eval()


def save_tiny_model(folder: Path, family: str, tokenizer: Any, **changes: Any) -> Path:
    """Save a small model of a family with a tokenizer."""
    tiny_model(family, **changes).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
