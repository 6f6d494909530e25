"""Check the arguments of a call against the schema of its function.

Only what says which values there may be is checked: types, required and allowed properties, enumerations. Patterns,
formats and references are the function's own to check: a pattern can take forever, and a reference leads elsewhere.
"""

from collections.abc import Callable, Mapping
from typing import Any

_TYPES: Mapping[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "integer": lambda value: not isinstance(value, bool) and (isinstance(value, int) or _is_whole(value)),
    "boolean": lambda value: isinstance(value, bool),
    "object": lambda value: isinstance(value, Mapping),
    "array": lambda value: isinstance(value, list),
    "null": lambda value: value is None,
}


def fault(value: Any, schema: Any, place: str = "") -> str:
    """Return what is wrong with a value, as a sentence for the model; "" if it fits the schema.

    `place` is where the value stands in the arguments; "" if it is all of them.
    """
    if not isinstance(schema, Mapping):
        return ""
    where = f"The argument '{place}'" if place else "The object of the arguments"
    types = schema.get("type")
    names = [types] if isinstance(types, str) else types if isinstance(types, list) else []
    tests = [_TYPES[name] for name in names if isinstance(name, str) and name in _TYPES]
    if tests and not any(test(value) for test in tests):
        return f"{where} must be of type {' or '.join(map(str, names))}."
    allowed = schema.get("enum")
    if isinstance(allowed, list) and value not in allowed:
        return f"{where} must be one of {', '.join(map(repr, allowed[:20]))}."
    if isinstance(value, Mapping):
        return _object_fault(value, schema, where, place)
    if isinstance(value, list):
        faults = (fault(each, schema.get("items"), f"{place}[{index}]") for index, each in enumerate(value))
        return next(filter(None, faults), "")
    return ""


def _object_fault(value: Mapping[str, Any], schema: Mapping[str, Any], where: str, place: str) -> str:
    required, properties = schema.get("required"), schema.get("properties")
    properties = properties if isinstance(properties, Mapping) else {}
    for name in required if isinstance(required, list) else []:
        if name not in value:
            return f"{where} lacks '{name}'."
    others = schema.get("additionalProperties", True)
    for name, each in value.items():
        if name not in properties and others is False:
            return f"{where} has '{name}', which is not known."
        if wrong := fault(each, properties.get(name, others), f"{place}.{name}" if place else name):
            return wrong
    return ""


def _is_whole(value: Any) -> bool:
    return isinstance(value, float) and value.is_integer()
