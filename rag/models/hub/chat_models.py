"""Chat models of the hub that Citewell names, the smallest of a family first."""

from rag.models.catalog import DecoderShape
from rag.models.hub.entry import NamedModel

_QWEN_LICENCE = "Qwen Research"
_LLAMA_LICENCE = "Llama 3.2"
_GEMMA_LICENCE = "Gemma"

_QWEN3_1_7B = DecoderShape(
    layers=28, hidden=2048, mlp=6144, heads=16, kv_heads=8, head_dim=128, vocabulary=151_936, tied=True
)
_GRANITE_3B = DecoderShape(
    layers=40, hidden=2560, mlp=8192, heads=40, kv_heads=8, head_dim=64, vocabulary=100_352, tied=True
)

CHAT_MODELS = (
    NamedModel(
        name="qwen3-1.7b",
        repo="Qwen/Qwen3-1.7B",
        role="generator",
        family="Qwen3",
        licence="Apache-2.0",
        window=32_768,
        stored_parameters=2_031_739_904,
        shape=_QWEN3_1_7B,
        thinks=True,
    ),
    NamedModel(
        name="occ-rag-1.7b",
        repo="occ-ai/OCC-RAG-1.7B",
        role="generator",
        family="Qwen3",
        licence="MIT",
        window=32_768,
        stored_parameters=1_720_574_976,
        shape=_QWEN3_1_7B,
        thinks=True,
        remark="trained to answer from sources only; expects a prompt of its own, which Citewell does not write",
    ),
    NamedModel(
        name="qwen3-4b-instruct",
        repo="Qwen/Qwen3-4B-Instruct-2507",
        role="generator",
        family="Qwen3",
        licence="Apache-2.0",
        window=262_144,
        stored_parameters=4_022_468_096,
        shape=DecoderShape(
            layers=36, hidden=2560, mlp=9728, heads=32, kv_heads=8, head_dim=128, vocabulary=151_936, tied=True
        ),
    ),
    NamedModel(
        name="qwen2.5-3b",
        repo="Qwen/Qwen2.5-3B-Instruct",
        role="generator",
        family="Qwen2",
        licence=_QWEN_LICENCE,
        window=32_768,
        stored_parameters=3_085_938_688,
        shape=DecoderShape(
            layers=36, hidden=2048, mlp=11_008, heads=16, kv_heads=2, head_dim=128, vocabulary=151_936, tied=True
        ),
        remark="not for commercial use",
    ),
    NamedModel(
        name="qwen2.5-7b",
        repo="Qwen/Qwen2.5-7B-Instruct",
        role="generator",
        family="Qwen2",
        licence="Apache-2.0",
        window=32_768,
        stored_parameters=7_615_616_512,
        shape=DecoderShape(
            layers=28, hidden=3584, mlp=18_944, heads=28, kv_heads=4, head_dim=128, vocabulary=152_064, tied=False
        ),
    ),
    NamedModel(
        name="smollm3-3b",
        repo="HuggingFaceTB/SmolLM3-3B",
        role="generator",
        family="SmolLM3",
        licence="Apache-2.0",
        window=65_536,
        stored_parameters=3_075_098_624,
        shape=DecoderShape(
            layers=36, hidden=2048, mlp=11_008, heads=16, kv_heads=4, head_dim=128, vocabulary=128_256, tied=True
        ),
        thinks=True,
    ),
    NamedModel(
        name="granite-4.0-1b",
        repo="ibm-granite/granite-4.0-1b",
        role="generator",
        family="Granite 4",
        licence="Apache-2.0",
        window=131_072,
        stored_parameters=1_631_750_144,
        shape=DecoderShape(
            layers=40, hidden=2048, mlp=4096, heads=16, kv_heads=4, head_dim=128, vocabulary=100_352, tied=True
        ),
    ),
    NamedModel(
        name="granite-4.0-micro",
        repo="ibm-granite/granite-4.0-micro",
        role="generator",
        family="Granite 4",
        licence="Apache-2.0",
        window=131_072,
        stored_parameters=3_402_836_480,
        shape=_GRANITE_3B,
    ),
    NamedModel(
        name="granite-4.1-3b",
        repo="ibm-granite/granite-4.1-3b",
        role="generator",
        family="Granite 4",
        licence="Apache-2.0",
        window=131_072,
        stored_parameters=3_402_836_480,
        shape=_GRANITE_3B,
    ),
    NamedModel(
        name="phi-4-mini",
        repo="microsoft/Phi-4-mini-instruct",
        role="generator",
        family="Phi-4",
        licence="MIT",
        window=131_072,
        stored_parameters=3_836_021_760,
        shape=DecoderShape(
            layers=32, hidden=3072, mlp=8192, heads=24, kv_heads=8, head_dim=128, vocabulary=200_064, tied=True
        ),
    ),
    NamedModel(
        name="gemma-3-1b",
        repo="google/gemma-3-1b-it",
        role="generator",
        family="Gemma 3",
        licence=_GEMMA_LICENCE,
        window=32_768,
        stored_parameters=999_885_952,
        shape=DecoderShape(
            layers=26, hidden=1152, mlp=6912, heads=4, kv_heads=1, head_dim=256, vocabulary=262_144, tied=True
        ),
        gated=True,
    ),
    NamedModel(
        name="gemma-3-4b",
        repo="google/gemma-3-4b-it",
        role="generator",
        family="Gemma 3",
        licence=_GEMMA_LICENCE,
        window=131_072,
        stored_parameters=4_300_079_472,
        shape=DecoderShape(
            layers=34, hidden=2560, mlp=10_240, heads=8, kv_heads=4, head_dim=256, vocabulary=262_208, tied=True
        ),
        gated=True,
        remark="reads images too, which Citewell does not use",
    ),
    NamedModel(
        name="llama-3.2-1b",
        repo="meta-llama/Llama-3.2-1B-Instruct",
        role="generator",
        family="Llama 3",
        licence=_LLAMA_LICENCE,
        window=131_072,
        stored_parameters=1_235_814_400,
        shape=DecoderShape(
            layers=16, hidden=2048, mlp=8192, heads=32, kv_heads=8, head_dim=64, vocabulary=128_256, tied=True
        ),
        gated=True,
    ),
    NamedModel(
        name="llama-3.2-3b",
        repo="meta-llama/Llama-3.2-3B-Instruct",
        role="generator",
        family="Llama 3",
        licence=_LLAMA_LICENCE,
        window=131_072,
        stored_parameters=3_212_749_824,
        shape=DecoderShape(
            layers=28, hidden=3072, mlp=8192, heads=24, kv_heads=8, head_dim=128, vocabulary=128_256, tied=True
        ),
        gated=True,
    ),
)
