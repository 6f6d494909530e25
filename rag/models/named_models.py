"""Models of the hub that Citewell names, so that nobody has to know their repositories.

No hash is pinned here: the hub's own hashes are stored when a model is fetched. Licences, sizes and windows are the
publishers'. None of these models could be run by this project, so nothing is claimed of their quality.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from rag.models.catalog import DecoderShape, Role, find_spec
from rag.types.server_model import is_on_server, label_of

StoredFormat = Literal["bfloat16", "float32"]
_BYTES: dict[StoredFormat, int] = {"bfloat16": 2, "float32": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedModel:
    """A repository of the hub under a short name.

    `stored_parameters` are those in its files; `window` is the number of tokens it was trained to read; `thinks`: it
    may write its thoughts before the answer; `gated`: the hub asks for a login and the acceptance of a licence.
    """

    name: str
    repo: str
    role: Role
    licence: str
    window: int
    stored_parameters: int
    stored_format: StoredFormat = "bfloat16"
    shape: DecoderShape | None = None
    thinks: bool = False
    gated: bool = False
    remark: str = ""

    @property
    def download_bytes(self) -> int:
        """Size of the weights as the hub has them."""
        return self.stored_parameters * _BYTES[self.stored_format]


def _shape(
    layers: int, hidden: int, mlp: int, heads: int, kv_heads: int, head_dim: int, vocabulary: int, *, tied: bool = True
) -> DecoderShape:
    return DecoderShape(
        layers=layers,
        hidden=hidden,
        mlp=mlp,
        heads=heads,
        kv_heads=kv_heads,
        head_dim=head_dim,
        vocabulary=vocabulary,
        tied=tied,
    )


def _chat(
    name: str, repo: str, licence: str, window: int, parameters: int, shape: DecoderShape, **more: Any
) -> NamedModel:
    return NamedModel(
        name=name,
        repo=repo,
        role="generator",
        licence=licence,
        window=window,
        stored_parameters=parameters,
        shape=shape,
        **more,
    )


def _reader(name: str, repo: str, role: Role, licence: str, window: int, parameters: int, remark: str) -> NamedModel:
    """Return a model that reads and writes no text; publishers store these in float32."""
    return NamedModel(
        name=name,
        repo=repo,
        role=role,
        licence=licence,
        window=window,
        stored_parameters=parameters,
        stored_format="float32",
        remark=remark,
    )


_APACHE = "Apache-2.0"
_QWEN3_1_7B = _shape(28, 2048, 6144, 16, 8, 128, 151_936)
_QWEN3_4B = _shape(36, 2560, 9728, 32, 8, 128, 151_936)
_QWEN2_3B = _shape(36, 2048, 11_008, 16, 2, 128, 151_936)
_QWEN2_7B = _shape(28, 3584, 18_944, 28, 4, 128, 152_064, tied=False)
_SMOLLM3 = _shape(36, 2048, 11_008, 16, 4, 128, 128_256)
_GRANITE_1B = _shape(40, 2048, 4096, 16, 4, 128, 100_352)
_GRANITE_3B = _shape(40, 2560, 8192, 40, 8, 64, 100_352)
_PHI4_MINI = _shape(32, 3072, 8192, 24, 8, 128, 200_064)
_GEMMA3_1B = _shape(26, 1152, 6912, 4, 1, 256, 262_144)
_GEMMA3_4B = _shape(34, 2560, 10_240, 8, 4, 256, 262_208)
_LLAMA3_1B = _shape(16, 2048, 8192, 32, 8, 64, 128_256)
_LLAMA3_3B = _shape(28, 3072, 8192, 24, 8, 128, 128_256)

# fmt: off
CHAT_MODELS = (
    _chat("qwen3-1.7b", "Qwen/Qwen3-1.7B", _APACHE, 32_768, 2_031_739_904, _QWEN3_1_7B, thinks=True),
    _chat("occ-rag-1.7b", "occ-ai/OCC-RAG-1.7B", "MIT", 32_768, 1_720_574_976, _QWEN3_1_7B, thinks=True,
          remark="trained to answer from sources only; expects a prompt of its own, which Citewell does not write"),
    _chat("qwen3-4b-instruct", "Qwen/Qwen3-4B-Instruct-2507", _APACHE, 262_144, 4_022_468_096, _QWEN3_4B),
    _chat("qwen2.5-3b", "Qwen/Qwen2.5-3B-Instruct", "Qwen Research", 32_768, 3_085_938_688, _QWEN2_3B,
          remark="not for commercial use"),
    _chat("qwen2.5-7b", "Qwen/Qwen2.5-7B-Instruct", _APACHE, 32_768, 7_615_616_512, _QWEN2_7B),
    _chat("smollm3-3b", "HuggingFaceTB/SmolLM3-3B", _APACHE, 65_536, 3_075_098_624, _SMOLLM3, thinks=True),
    _chat("granite-4.0-1b", "ibm-granite/granite-4.0-1b", _APACHE, 131_072, 1_631_750_144, _GRANITE_1B),
    _chat("granite-4.0-micro", "ibm-granite/granite-4.0-micro", _APACHE, 131_072, 3_402_836_480, _GRANITE_3B),
    _chat("granite-4.1-3b", "ibm-granite/granite-4.1-3b", _APACHE, 131_072, 3_402_836_480, _GRANITE_3B),
    _chat("phi-4-mini", "microsoft/Phi-4-mini-instruct", "MIT", 131_072, 3_836_021_760, _PHI4_MINI),
    _chat("gemma-3-1b", "google/gemma-3-1b-it", "Gemma", 32_768, 999_885_952, _GEMMA3_1B, gated=True),
    _chat("gemma-3-4b", "google/gemma-3-4b-it", "Gemma", 131_072, 4_300_079_472, _GEMMA3_4B, gated=True,
          remark="reads images too, which Citewell does not use"),
    _chat("llama-3.2-1b", "meta-llama/Llama-3.2-1B-Instruct", "Llama 3.2", 131_072, 1_235_814_400,
          _LLAMA3_1B, gated=True),
    _chat("llama-3.2-3b", "meta-llama/Llama-3.2-3B-Instruct", "Llama 3.2", 131_072, 3_212_749_824,
          _LLAMA3_3B, gated=True),
)
"""Chat models, the smallest of a family first."""

NAMED_MODELS: tuple[NamedModel, ...] = (
    *CHAT_MODELS,
    _reader("bge-small-en", "BAAI/bge-small-en-v1.5", "embedder", "MIT", 512, 33_360_512, "English"),
    _reader("bge-base-en", "BAAI/bge-base-en-v1.5", "embedder", "MIT", 512, 109_482_752, "English"),
    _reader("multilingual-minilm", "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2", "embedder",
            _APACHE, 128, 117_654_272, "some 50 languages"),
    _reader("multilingual-e5-base", "intfloat/multilingual-e5-base", "embedder", "MIT", 512, 278_044_162,
            "some 100 languages; trained with the prefixes 'query: ' and 'passage: '"),
    _reader("ms-marco-minilm", "cross-encoder/ms-marco-MiniLM-L6-v2", "reranker", _APACHE, 512, 22_714_113, "English"),
    _reader("bge-reranker-v2-m3", "BAAI/bge-reranker-v2-m3", "reranker", _APACHE, 8192, 567_755_777, "many languages"),
    _reader("nli-deberta-v3-small", "cross-encoder/nli-deberta-v3-small", "entailment", _APACHE, 512,
            142_000_000, "English"),
)
"""All of them."""
# fmt: on


def find_named(name: str) -> NamedModel | None:
    """Return the model of the hub with this short name or repository, or None."""
    return next((model for model in NAMED_MODELS if name in (model.name, model.repo)), None)


def canonical_name(name: str) -> str:
    """Return the one name of a model that has several: the catalog's, else its repository; any other name as it is."""
    if spec := find_spec(name):
        return spec.name
    named = find_named(name)
    return named.repo if named else name


def for_others(model: str) -> str:
    """Return a model's name without the path of a folder on this machine, or of the API on a server."""
    if is_on_server(model):
        return label_of(model)
    path = Path(model).expanduser()
    return path.name if path.is_dir() else model
