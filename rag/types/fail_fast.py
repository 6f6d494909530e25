"""Lists that come from outside: the first item that is wrong ends their validation."""

from typing import Annotated, TypeVar

from pydantic import Field

T = TypeVar("T")

FailFastList = Annotated[list[T], Field(fail_fast=True)]
"""Otherwise pydantic describes each fault: a body of 4 MB can have two million, a kilobyte each."""
