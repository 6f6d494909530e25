"""The tree of errors: complete, drawn as it is, and public."""

import inspect

import rag
from rag import errors

CLASSES = {
    name: each for name, each in inspect.getmembers(errors, inspect.isclass) if each.__module__ == errors.__name__
}


def test_every_error_can_be_caught_by_its_public_name() -> None:
    assert {name for name in rag.__all__ if name.endswith("Error")} == CLASSES.keys()
