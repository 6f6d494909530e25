"""The tools: what a model is told of them, their arguments checked, and what they return."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rag.answering.arithmetic import MAX_CHARACTERS, Calculation, calculate
from rag.answering.tables.formulas import CalculationError
from rag.interfaces import Library, Reranker, Retriever
from rag.retrieval.deduplication import deduplicate
from rag.types import Passage, ToolCall, ToolDefinition

_MAX_PASSAGES = 3
_MAX_OF_PAGE = 8
"""Passages of a page: a text file is one page, however long."""

_NOTHING_NEW = "Nothing new was found. Answer from the sources that you have."


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, coerce_numbers_to_str=True)


class _Search(_Arguments):
    query: str = Field(min_length=1, max_length=400, description="Words to search for, other ones than before.")


class _ReadPage(_Arguments):
    document: str = Field(min_length=1, max_length=400, description="Name of the document, as a source has it.")
    page: str = Field(min_length=1, max_length=40, description="Number of the page, as a source has it.")


class _Calculate(_Arguments):
    expression: str = Field(
        min_length=1,
        max_length=MAX_CHARACTERS,
        description="Numbers of the sources with + - * / and brackets.",  # an example would be copied
    )


_TOOLS: Mapping[str, tuple[type[_Arguments], str]] = {
    "search": (_Search, "Search the user's documents for more sources, if these do not have the answer."),
    "read_page": (_ReadPage, "Read a whole page of a document, if a source has only a part of it or refers to it."),
    "calculate": (_Calculate, "Compute with numbers of the sources, if the question asks for a result of them."),
}


def _schema(arguments: type[_Arguments]) -> dict[str, Any]:
    """Return the JSON schema of arguments without what no model needs."""
    schema = arguments.model_json_schema()
    wanted = ("type", "description")
    properties = {name: {key: each[key] for key in wanted} for name, each in schema["properties"].items()}
    return {"type": "object", "properties": properties, "required": schema["required"]}


DEFINITIONS = tuple(
    ToolDefinition(name, description, _schema(arguments)) for name, (arguments, description) in _TOOLS.items()
)


@dataclass(frozen=True, slots=True)
class ToolResult:
    """The result of a call: passages for the model to read, or a text; `failed` if it was no proper call."""

    text: str = ""
    passages: tuple[Passage, ...] = ()
    calculation: Calculation | None = None
    failed: bool = False


class Toolbox:
    """Carry out calls for one library; `candidates` are retrieved for a search before the best are taken."""

    def __init__(self, library: Library, retriever: Retriever, reranker: Reranker, candidates: int) -> None:
        self._library = library
        self._retriever = retriever
        self._reranker = reranker
        self._candidates = candidates

    def carry_out(self, call: ToolCall, within: AbstractSet[int] | None, shown: Sequence[Passage]) -> ToolResult:
        """Return the result of a call. `within` are the documents that may be read, `shown` the passages known."""
        if call.name not in _TOOLS:
            return ToolResult(f"There is no tool {call.name!r}. There are {', '.join(_TOOLS)}.", failed=True)
        try:
            arguments = _TOOLS[call.name][0].model_validate(dict(call.arguments))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"])) or "arguments"
            return ToolResult(f"The argument {where!r} is wrong: {first['msg']}.", failed=True)
        if isinstance(arguments, _Search):
            return self._search(arguments.query, within, shown)
        if isinstance(arguments, _ReadPage):
            return self._read_page(arguments, within, shown)
        return _calculated(arguments.expression) if isinstance(arguments, _Calculate) else ToolResult(failed=True)

    def _search(self, query: str, within: AbstractSet[int] | None, shown: Sequence[Passage]) -> ToolResult:
        found = self._retriever.retrieve(query, self._candidates, within)
        ranked = self._reranker.rerank(query, found, self._candidates)
        return _passages(ranked, shown, _MAX_PASSAGES)

    def _read_page(self, asked: _ReadPage, within: AbstractSet[int] | None, shown: Sequence[Passage]) -> ToolResult:
        names = {id_: name for id_, name in self._library.names().items() if within is None or id_ in within}
        document = _the_one(asked.document, names)
        if document is None:
            return ToolResult(f"There is no document {asked.document!r}.", failed=True)
        chunks = self._library.chunks(self._library.chunk_ids({document}))
        labelled = [chunk for chunk in chunks if chunk.page_label == asked.page]
        on_page = labelled or [chunk for chunk in chunks if str(chunk.page) == asked.page]
        if not on_page:
            return ToolResult(f"{names[document]} has no page {asked.page!r} with text.", failed=True)
        return _passages([Passage(chunk, 0.0) for chunk in on_page], shown, _MAX_OF_PAGE)


def _the_one(name: str, names: Mapping[int, str]) -> int | None:
    """Return the id of the document of this name, or of the only one whose name has it."""
    wanted = name.casefold()
    tests: tuple[Callable[[str], bool], ...] = (
        lambda each: each == name,
        lambda each: each.casefold() == wanted,
        lambda each: wanted in each.casefold(),
    )
    for test in tests:
        fitting = [id_ for id_, each in names.items() if test(each)]
        if len(fitting) == 1:
            return fitting[0]
    return None


def _passages(found: Sequence[Passage], shown: Sequence[Passage], limit: int) -> ToolResult:
    """Return the first passages that say something new."""
    new = [passage for passage in found if not any(each.chunk.spans(passage.chunk) for each in shown)]
    distinct, _ = deduplicate([*shown, *new], len(shown) + len(new))
    added = [passage for passage in new if passage in distinct][:limit]
    return ToolResult(passages=tuple(added)) if added else ToolResult(_NOTHING_NEW)


def _calculated(expression: str) -> ToolResult:
    try:
        calculation = calculate(expression)
    except CalculationError as error:
        return ToolResult(str(error), failed=True)
    return ToolResult(calculation.statement, calculation=calculation)
