"""The tools on a real library: what they find, what they refuse, and whose documents they read."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rag.answering.toolbox import Toolbox, ToolResult
from rag.assistant import KeepOrder
from rag.stores.sqlite_library import SqliteLibrary
from rag.types import Passage, ToolCall
from tests.support.assistants import retriever_over

Store = Callable[..., int]


@pytest.fixture
def toolbox(library: SqliteLibrary, tmp_path: Path) -> Toolbox:
    return Toolbox(library, retriever_over(library, tmp_path / "library"), KeepOrder(), 6)


def run(
    toolbox: Toolbox,
    name: str,
    within: set[int] | None = None,
    shown: tuple[Passage, ...] = (),
    **arguments: Any,
) -> ToolResult:
    return toolbox.carry_out(ToolCall("call00001", name, arguments), within, shown)


def texts(result: ToolResult) -> list[str]:
    return [passage.chunk.text for passage in result.passages]


def test_a_search_adds_what_is_not_shown_yet(toolbox: Toolbox, store_text: Store) -> None:
    store_text("a.txt", "dogs bark at night", "cats sleep by day", "horses run")
    first = run(toolbox, "search", query="dogs bark")
    assert texts(first)[0] == "dogs bark at night"
    second = run(toolbox, "search", shown=first.passages[:1], query="dogs bark")
    assert "dogs bark at night" not in texts(second)
    everything = run(toolbox, "search", query="dogs cats horses").passages
    nothing = run(toolbox, "search", shown=everything, query="dogs")
    assert (nothing.passages, nothing.failed) == ((), False)
    assert nothing.text.startswith("Nothing new was found.")


def test_a_page_is_read_by_its_name_and_number(toolbox: Toolbox, store_text: Store) -> None:
    store_text("Club Rules.txt", "dogs bark at night", "cats sleep by day")
    store_text("other.txt", "horses run")
    for document, page in (("Club Rules.txt", "1"), ("club rules.TXT", 1), ("Club", " 1 ")):
        assert texts(run(toolbox, "read_page", document=document, page=page)) == [
            "dogs bark at night",
            "cats sleep by day",
        ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"document": "none.txt", "page": 1}, "There is no document 'none.txt'."),
        ({"document": ".txt", "page": 1}, "There is no document '.txt'."),
        ({"document": "a.txt", "page": 9}, "a.txt has no page '9' with text."),
        ({"document": "a.txt"}, "The argument 'page' is wrong: Field required."),
        ({"document": "a.txt", "page": [1]}, "The argument 'page' is wrong: Input should be a valid string."),
        ({"document": "a.txt", "page": 1, "x": 2}, "The argument 'x' is wrong: Extra inputs are not permitted."),
    ],
)
def test_a_wrong_page_is_said(toolbox: Toolbox, store_text: Store, arguments: dict[str, Any], said: str) -> None:
    store_text("a.txt", "dogs bark at night")
    store_text("b.txt", "horses run")
    assert run(toolbox, "read_page", **arguments) == ToolResult(said, failed=True)


def test_only_documents_that_may_be_read_are_searched_and_named(toolbox: Toolbox, store_text: Store) -> None:
    own, other = store_text("a.txt", "dogs bark at night"), store_text("b.txt", "dogs howl")
    assert texts(run(toolbox, "search", within={own}, query="dogs howl")) == ["dogs bark at night"]
    refused = run(toolbox, "read_page", within={own}, document="b.txt", page=1)
    assert refused == ToolResult("There is no document 'b.txt'.", failed=True)
    assert texts(run(toolbox, "read_page", within={other}, document="b.txt", page=1)) == ["dogs howl"]
