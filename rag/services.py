"""Build the parts of Citewell from settings, each when it is first needed: only this module names concrete classes.

A part is imported when it is built, since commands that only list something must not wait for the others.
"""

from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from threading import Lock, RLock
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self, TypeVar, overload

from rag.interfaces import (
    ClaimJudge,
    ContentFilter,
    Embedder,
    Generator,
    Library,
    Reranker,
    Retriever,
    Scorer,
)
from rag.interfaces.search_indexes import Indexes
from rag.models.catalog import Role, WeightFormat, find_spec
from rag.models.named_models import canonical_name, for_others
from rag.runtime.progress import Progress, no_progress
from rag.settings import Settings, program_version
from rag.types.server_model import is_on_server, vector_space

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.exports.answer_json import Provenance
    from rag.grounding.abstention import Abstention
    from rag.model_servers.model_client import ModelClient
    from rag.model_servers.replicas import Replicas
    from rag.stores.open_stores import Stores
    from rag.stores.sql_conversations import SqlConversations
    from rag.stores.sql_notes import SqlNotes


Part = TypeVar("Part")


class loaded_once(cached_property[Part]):  # noqa: N801  used like the property it is
    """A part that is loaded by whoever needs it first; others who need it meanwhile wait."""

    @overload
    def __get__(self, services: None, owner: Any = None) -> Self: ...

    @overload
    def __get__(self, services: object, owner: Any = None) -> Part: ...

    def __get__(self, services: object, owner: Any = None) -> Any:
        """Return the part, loaded if necessary."""
        if services is None:
            return self
        with services.__dict__.setdefault(f"_loading_{self.attrname}", RLock()):
            return super().__get__(services, owner)


class Services:
    """The parts of Citewell for one set of settings. `report` receives the progress of downloads and conversions.

    Close them, or use them in a `with` statement.
    """

    def __init__(self, settings: Settings, report: Progress = no_progress) -> None:
        self.settings = settings
        self._report = report
        self._loading = Lock()
        self._other_assistant: tuple[str, Assistant] | None = None
        self._opened = ExitStack()
        self.replicas: list[Replicas] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close files and end processes in reverse order of opening."""
        self._opened.close()

    def on_close(self, call: Callable[[], object]) -> None:
        """Have `close` call this before it closes what was opened earlier."""
        self._opened.callback(call)

    @property
    def embedder_name(self) -> str:
        """The embedder's name in the library: the same for all aliases of a model, and another with other prefixes."""
        prefixes = zip(("query", "document"), self.settings.embedder_prefixes, strict=True)
        added = (f"; {use} prefix {text!r}" for use, text in prefixes if text is not None)
        return canonical_name(vector_space(self.settings.embedder)) + "".join(added)

    @cached_property
    def stores(self) -> "Stores":
        """The stores, in the library's folder or in the database that is set."""
        from rag.stores.open_stores import open_stores

        database = self.settings.database.get_secret_value() if self.settings.database else None
        milvus = self.settings.milvus.get_secret_value() if self.settings.milvus else None
        stores = open_stores(self.settings.library, database, self.embedder_name, milvus)
        return self._opened.enter_context(closing(stores))

    @cached_property
    def library(self) -> Library:
        """The library. Opening it loads no model."""
        return self.stores.library

    @cached_property
    def conversations(self) -> "SqlConversations":
        """The conversations, where the library is."""
        return self.stores.conversations

    @cached_property
    def notes(self) -> "SqlNotes":
        """The notes, where the library is."""
        return self.stores.notes

    @loaded_once
    def embedder(self) -> Embedder:
        """The embedder, fetched if necessary."""
        settings, prefixes = self.settings, self.settings.embedder_prefixes
        if is_on_server(settings.embedder):
            from rag.model_servers.server_embedder import ServerEmbedder

            return ServerEmbedder(self._client(settings.embedder, "embedder"), self.embedder_name, prefixes=prefixes)
        folder = self._fetched(settings.embedder, "embedder", "embedder")
        from rag.models.embedder import SentenceTransformerEmbedder

        return SentenceTransformerEmbedder(folder, self.embedder_name, threads=settings.threads, prefixes=prefixes)

    @loaded_once
    def generator(self) -> Generator:
        """The generator, fetched and converted if necessary."""
        return self._load_generator(self.settings.model, self.settings.draft_model)

    def _load_generator(self, name: str, draft_model: str | None = None) -> Generator:
        settings = self.settings
        if is_on_server(name):
            from rag.model_servers.server_generator import ServerGenerator

            client, budget = self._client(name, "model"), settings.thinking_tokens
            return ServerGenerator(client, settings.context_tokens, thinking=settings.thinking, thinking_tokens=budget)
        folder = self._generator_folder(name)
        self._report("loading the language model", 0, 0)
        from rag.models.kernels.checkpoint import begin_reading

        reading = begin_reading(folder)  # during the imports below
        from rag.generation.generator import LocalGenerator
        from rag.generation.probe_files import find_claim_probe, find_probe, find_yes_no_probe

        return LocalGenerator(
            folder,
            context_tokens=settings.context_tokens,
            threads=settings.threads,
            slots=settings.answers_at_once,
            queue=settings.answers_waiting,
            prefix_cache_mb=settings.prefix_cache_mb,
            last_removal=lambda: self.library.last_removal,
            speculate=settings.speculate,
            tensor_parallel=settings.tensor_parallel,
            draft_folder=self._generator_folder(draft_model) if draft_model else None,
            probe_file=find_probe(name, settings.models),
            claim_probe_file=find_claim_probe(name),
            yes_no_probe_file=find_yes_no_probe(name),
            reading=reading,
            thinking=settings.thinking,
            thinking_tokens=settings.thinking_tokens,
        )

    def _client(self, name: str, setting: str) -> "ModelClient":
        self._report(f"trying the {setting} on its server", 0, 0)
        from rag.model_servers.server_clients import open_client

        return open_client(name, setting, self.settings.server_seconds, self.on_close, self.replicas.append)

    def _fetched(self, name: str, role: Role, what: str) -> Path:
        """Return the folder of a model that is about to be loaded, fetched if necessary."""
        from rag.models.resolve import resolve_model

        folder = resolve_model(name, role, self.settings.models, self._report, offline=self.settings.offline)
        self._report(f"loading the {what}", 0, 0)
        return folder

    @property
    def model_name(self) -> str:
        """The generator's name: the catalog's or its repository if it is listed, else as set."""
        return canonical_name(self.settings.model)

    @property
    def model_label(self) -> str:
        """The generator's name for other people: without the path of a folder on this machine."""
        return for_others(self.model_name)

    def _generator_folder(self, name: str) -> Path:
        from rag.models.resolve import resolve_model

        models, offline, weights = self.settings.models, self.settings.offline, self.weight_format
        return resolve_model(name, "generator", models, self._report, offline=offline, weights=weights)

    @cached_property
    def weight_format(self) -> WeightFormat:
        """Format of the generator's weights: as set, else the smallest that this processor computes."""
        from rag.models.kernels.checkpoint import best_format

        if self.settings.tensor_parallel > 1:  # transformers only shards weights that it loads itself
            return "bfloat16"
        return best_format() if self.settings.weights == "auto" else self.settings.weights

    @loaded_once
    def retriever(self) -> Retriever:
        """The retriever over the library and its indexes."""
        return self.make_retriever()

    def make_retriever(self, dense_weight: float | None = None) -> Retriever:
        """Return a retriever with a weight other than the setting's: 1 is dense only, 0 keyword only."""
        from rag.retrieval.hybrid import HybridRetriever

        weight = self.settings.dense_weight if dense_weight is None else dense_weight
        return HybridRetriever(self.library, self.indexes, self.embedder, dense_weight=weight)

    @loaded_once
    def indexes(self) -> Indexes:
        """The indexes derived from the library, shared by all retrievers."""
        return self.stores.indexes(self.library.dimension or self.embedder.dimension)

    @loaded_once
    def reranker(self) -> Reranker:
        """The reranker that is set; without one, `KeepOrder`."""
        if (name := self.settings.reranker) is None:
            from rag.assistant import KeepOrder

            return KeepOrder()
        if is_on_server(name):
            from rag.model_servers.server_reranker import ServerReranker

            return ServerReranker(self._client(name, "reranker"))
        folder = self._fetched(name, "reranker", "reranker")
        from rag.models.reranker import CrossEncoderReranker

        return CrossEncoderReranker(folder)

    @cached_property
    def content_filter(self) -> ContentFilter | None:
        """The content filter that is set; none by default."""
        from rag.postprocessing.content_filter import PatternFilter

        return PatternFilter(self.settings.content_filter) if self.settings.content_filter else None

    @cached_property
    def scorer(self) -> Scorer:
        """The support scorer: lexical, with an opinion of the entailment model set, or of the language model."""
        if (name := self.settings.entailment_model) is not None:
            from rag.grounding.entailment import EntailmentScorer

            return EntailmentScorer(self._fetched(name, "entailment", "entailment model"), self.words_scorer)
        from rag.generation.probe_files import find_claim_probe

        if find_claim_probe(self.settings.model) is None:
            return self.words_scorer
        from rag.grounding.scorers import ModelJudge

        return ModelJudge(self.words_scorer, self._claim_judge)

    @cached_property
    def words_scorer(self) -> Scorer:
        """The support scorer without a model's opinion."""
        from rag.grounding.scorers import ScorerByLanguage

        return ScorerByLanguage()

    def _claim_judge(self) -> ClaimJudge | None:
        return self.generator if isinstance(self.generator, ClaimJudge) else None

    @cached_property
    def abstention(self) -> "Abstention":
        """The judge of whether an answer stands."""
        from rag.grounding.abstention import Abstention
        from rag.text.analyzer import words

        return Abstention(words, self.settings.strictness)

    @loaded_once
    def assistant(self) -> "Assistant":
        """The assistant, its models loaded."""
        self.content_filter  # noqa: B018  report a mistake in its file before loading a model
        return self._assistant(self.generator)

    @property
    def models(self) -> tuple[str, ...]:
        """Generators that a conversation can choose: the one that is set, then fetched ones, the catalog's first."""
        from rag.models.fetched_models import fetched_generators

        if self.settings.tensor_parallel > 1:  # the other processes have loaded only that one
            return (self.model_label,)
        return tuple(dict.fromkeys([self.model_label, *fetched_generators(self.settings.models)]))

    def is_loaded(self, model: str) -> bool:
        """Return whether `assistant_of` has this model in memory."""
        if model in ("", self.model_label):
            return "assistant" in self.__dict__
        return model in (self._other_assistant or ())[:1]

    def assistant_of(self, model: str) -> "Assistant":
        """Return the assistant with one of `models` ("": the one that is set); of others only the last stays loaded."""
        if model in ("", self.model_label):
            return self.assistant
        with self._loading:
            if self._other_assistant is None or self._other_assistant[0] != model:
                self._other_assistant = None  # free its memory first
                self._other_assistant = model, self._assistant(self._load_generator(model), model=model)
            return self._other_assistant[1]

    def _assistant(self, generator: Generator, **chosen: str) -> "Assistant":
        from rag.answering.prompt_search import search_settings
        from rag.answering.tool_rounds import may_call_tools
        from rag.assistant import Assistant
        from rag.exports.kept_overviews import KeptOverviews

        kept = KeptOverviews(self.library, lambda: self.provenance(chosen))
        spec = find_spec(canonical_name(chosen.get("model", self.settings.model)))
        tools = may_call_tools(self.settings.tools, generator, helps=spec is not None and spec.tools)
        return Assistant(
            self.library,
            self.retriever,
            self.reranker,
            generator,
            self.scorer,
            self.abstention,
            search_settings(self.settings, translate=not self.embedder.is_multilingual, tools=tools),
            max_question_chars=self.settings.max_question_chars,
            embedder=self.embedder,
            content_filter=self.content_filter,
            overviews=kept if self.settings.overviews != "off" else None,
        )

    def provenance(self, chosen: Mapping[str, Any] = MappingProxyType({})) -> "Provenance":
        """Return the provenance of an answer written now; `chosen` are its conversation's own settings."""
        from rag.exports.answer_json import Provenance, answer_settings

        documents = {document.id: document for document in self.library.documents()}
        model = str(chosen.get("model") or self.model_label)
        made_with = answer_settings(self.settings, self._chosen_window(chosen) | dict(chosen))
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return Provenance(documents, model, made_with, program_version(), now)

    def _chosen_window(self, chosen: Mapping[str, Any]) -> dict[str, int]:
        """Return the setting `context_tokens` as it was chosen for the model in use, if that is in memory."""
        other = [self._other_assistant] if self._other_assistant else []
        loaded: dict[str, Assistant | None] = dict([(self.model_label, self.__dict__.get("assistant")), *other])
        assistant = loaded.get(chosen.get("model") or self.model_label)
        return {"context_tokens": assistant.context_tokens} if assistant else {}
