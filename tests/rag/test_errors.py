"""The tree of errors: complete, drawn as it is, and public."""

import inspect
import re

import rag
from rag import errors

CLASSES = dict(inspect.getmembers(errors, inspect.isclass))


def test_the_docstring_draws_every_error_below_its_base() -> None:
    drawn = re.findall(r"^ {4}([│ ├└─]*)(\w+Error)", errors.__doc__ or "", re.MULTILINE)
    bases: list[str] = []
    for indent, name in drawn:
        depth = len(indent) // 4
        assert [base.__name__ for base in CLASSES[name].__bases__] == (bases[depth - 1 : depth] or ["Exception"])
        bases[depth:] = [name]
    assert {name for _, name in drawn} == CLASSES.keys()


def test_every_error_can_be_caught_by_its_public_name() -> None:
    assert {name for name in rag.__all__ if name.endswith("Error")} == CLASSES.keys()
