"""Numbers that files state."""

_MAX_DIGITS = 8


def whole_number(value: str, default: int = 0) -> int:
    """Return the whole number that an attribute has; `default` if it has none, or one too long to be meant."""
    return int(value) if value.isdecimal() and len(value) <= _MAX_DIGITS else default


def span_of(value: str, limit: int) -> int:
    """Return how many rows or columns a cell spans by an attribute, from 1 to the limit."""
    return min(max(whole_number(value, 1), 1), limit)
