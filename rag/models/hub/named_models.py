"""Models of the hub that Citewell names, so that nobody has to know their repositories.

No hash is pinned here: the hub's own hashes are stored when a model is fetched. Licences, sizes and windows are the
publishers'. None of these models could be run by this project, so nothing is claimed of their quality.
"""

from pathlib import Path

from rag.models.catalog import find_spec
from rag.models.hub.chat_models import CHAT_MODELS
from rag.models.hub.entry import NamedModel
from rag.types.server_model import is_on_server, label_of

_OTHER_MODELS = (
    NamedModel(
        name="bge-small-en",
        repo="BAAI/bge-small-en-v1.5",
        role="embedder",
        family="BERT",
        licence="MIT",
        window=512,
        stored_parameters=33_360_512,
        stored_format="float32",
        remark="English",
    ),
    NamedModel(
        name="bge-base-en",
        repo="BAAI/bge-base-en-v1.5",
        role="embedder",
        family="BERT",
        licence="MIT",
        window=512,
        stored_parameters=109_482_752,
        stored_format="float32",
        remark="English",
    ),
    NamedModel(
        name="multilingual-minilm",
        repo="sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2",
        role="embedder",
        family="BERT",
        licence="Apache-2.0",
        window=128,
        stored_parameters=117_654_272,
        stored_format="float32",
        remark="some 50 languages",
    ),
    NamedModel(
        name="multilingual-e5-base",
        repo="intfloat/multilingual-e5-base",
        role="embedder",
        family="XLM-RoBERTa",
        licence="MIT",
        window=512,
        stored_parameters=278_044_162,
        stored_format="float32",
        remark="some 100 languages; trained with the prefixes 'query: ' and 'passage: '",
    ),
    NamedModel(
        name="ms-marco-minilm",
        repo="cross-encoder/ms-marco-MiniLM-L6-v2",
        role="reranker",
        family="BERT",
        licence="Apache-2.0",
        window=512,
        stored_parameters=22_714_113,
        stored_format="float32",
        remark="English",
    ),
    NamedModel(
        name="bge-reranker-v2-m3",
        repo="BAAI/bge-reranker-v2-m3",
        role="reranker",
        family="XLM-RoBERTa",
        licence="Apache-2.0",
        window=8192,
        stored_parameters=567_755_777,
        stored_format="float32",
        remark="many languages",
    ),
    NamedModel(
        name="nli-deberta-v3-small",
        repo="cross-encoder/nli-deberta-v3-small",
        role="entailment",
        family="DeBERTa",
        licence="Apache-2.0",
        window=512,
        stored_parameters=142_000_000,
        stored_format="float32",
        remark="English",
    ),
)

NAMED_MODELS: tuple[NamedModel, ...] = (*CHAT_MODELS, *_OTHER_MODELS)
"""All of them; chat models first."""


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
