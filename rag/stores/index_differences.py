"""Say how an index differs from its library (pure)."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet


def differences(expected: AbstractSet[int], held: Mapping[str, AbstractSet[int]]) -> Iterator[str]:
    """Yield in words what each index, by its name, lacks of the chunks expected, and what it has beyond them."""
    for name, found in held.items():
        if missing := expected - found:
            yield f"the {name} index lacks {len(missing)} of {len(expected)} chunks"
        if surplus := found - expected:
            yield f"the {name} index has {len(surplus)} chunks that the library has not"
