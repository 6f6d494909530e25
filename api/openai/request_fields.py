"""Parameters of requests, checked: what is not known is ignored, what is of the wrong type is refused in a sentence."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request

from api.openai.openai_errors import ParameterError

MAX_LISTED = 100
"""Objects of one page of a list, where the client does not say how many."""

_MAX_PAGE = 1000
_MAX_MEMBERS = 1000


class Fields(BaseModel):
    """Parameters that are used. Clients send many others."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True, protected_namespaces=())


AnyFields = TypeVar("AnyFields", bound=Fields)


def parsed(kind: type[AnyFields], values: Mapping[str, Any]) -> AnyFields:
    """Return the parameters that a request has; null is the same as none.

    Raises:
        ParameterError: one is of the wrong type, or out of its range.
    """
    for name, value in values.items():
        if isinstance(value, dict) and len(value) > _MAX_MEMBERS:
            raise ParameterError(name, f"'{name}' has more than {_MAX_MEMBERS} members.")
    try:
        return kind.model_validate({name: value for name, value in values.items() if value is not None})
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in fault["loc"][:4])
        message = fault["msg"]
        raise ParameterError(place, f"'{place}' cannot be used: {message[:1].lower()}{message[1:200]}.") from error


class Page:
    """The part of a list that a client asks for: `limit` objects `after` one, in an order."""

    def __init__(self, request: Request) -> None:
        """Read it from the query of a request.

        Raises:
            ParameterError: the limit is no number, or the order none that is known.
        """
        given = request.query_params
        limit, self._order = given.get("limit") or str(MAX_LISTED), given.get("order") or "desc"
        if not (limit.isascii() and limit.isdigit() and len(limit) < 10 and int(limit)):
            raise ParameterError("limit", f"'limit' must be a number from 1 to {_MAX_PAGE}.")
        if self._order not in ("asc", "desc"):
            raise ParameterError("order", "'order' must be 'asc' or 'desc'.")
        self._limit = min(int(limit), _MAX_PAGE)
        self._after, self._before = given.get("after", ""), given.get("before", "")

    def json(self, objects: list[dict[str, Any]]) -> dict[str, Any]:
        """Return the page of all these objects, which are in ascending order, as a list object.

        Raises:
            ParameterError: what it is to begin after, or end before, is not among them (any more).
        """
        listed = objects if self._order == "asc" else objects[::-1]
        ids = [each["id"] for each in listed]
        begin = _place(ids, "after", self._after) + 1 if self._after else 0
        end = _place(ids, "before", self._before) if self._before else len(ids)
        shown = listed[begin : min(end, begin + self._limit)]
        return {
            "object": "list",
            "data": shown,
            "first_id": shown[0]["id"] if shown else None,
            "last_id": shown[-1]["id"] if shown else None,
            "has_more": begin + len(shown) < end,
        }


def _place(ids: list[str], param: str, id_: str) -> int:
    try:
        return ids.index(id_)
    except ValueError as error:
        raise ParameterError(
            param, f"There is no '{id_[:100]}' in this list (any more). Begin again without '{param}'."
        ) from error
