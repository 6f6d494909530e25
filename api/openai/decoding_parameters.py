"""Parameters of decoding in OpenAI's names, as the settings of one answer; and what cannot be had."""

from typing import Any

from pydantic import Field

from api.openai.openai_errors import ParameterError
from api.openai.request_fields import Fields
from rag.settings import Settings
from rag.types.fail_fast import FailFastList

_MAX_SEED = 2**63 - 1
_MAX_STOPS = 16


class OwnFields(Fields):
    """Parameters of Citewell's own, in the object `citewell` of a request."""

    sources: bool | None = None
    fresh: bool = False
    passages: int | None = None
    strictness: float | None = None
    model: str | None = None


class DecodingFields(Fields):
    """Parameters that completions and responses share."""

    model: str = "citewell"
    stream: bool = False
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, ge=0, le=1)
    seed: int | None = Field(default=None, ge=-_MAX_SEED, le=_MAX_SEED)
    stop: str | FailFastList[str] | None = None
    max_tokens: int | None = Field(default=None, ge=1)
    max_completion_tokens: int | None = Field(default=None, ge=1)
    max_output_tokens: int | None = Field(default=None, ge=1)
    n: int = Field(default=1, ge=1)
    tools: FailFastList[dict[str, Any]] = Field(default=[])
    tool_choice: str | dict[str, Any] | None = None
    parallel_tool_calls: bool = True
    citewell: OwnFields = OwnFields()

    def require_one_choice(self) -> None:
        """Refuse to answer several times.

        Raises:
            ParameterError: several answers are asked for.
        """
        if self.n > 1:
            raise ParameterError("n", "Citewell gives one answer to a question. Leave 'n' out, or ask again.")

    @property
    def most_tokens(self) -> int | None:
        """The longest answer, in tokens; None if the client does not say."""
        given = (self.max_completion_tokens, self.max_tokens, self.max_output_tokens)
        return next((tokens for tokens in given if tokens is not None), None)


def chosen_decoding(fields: DecodingFields, settings: Settings, window: int) -> dict[str, Any]:
    """Return the settings that a request chooses, by the names of `rag.answering.conversation_settings`.

    An answer of the model with a `window` of so many tokens may be as long as the settings say, or a quarter of it:
    clients ask for more than any window holds.

    Raises:
        ParameterError: there are more stop sequences than are looked for.
    """
    chosen: dict[str, Any] = {}
    if (tokens := fields.most_tokens) is not None:
        chosen["max_new_tokens"] = min(tokens, max(settings.max_new_tokens, window // 4))
    if fields.temperature is not None:
        chosen["temperature"] = fields.temperature
    if fields.top_p == 0:  # of the most likely tokens, none but the first
        chosen["temperature"] = 0.0
    elif fields.top_p is not None:
        chosen["top_p"] = fields.top_p
    if chosen.get("temperature"):
        chosen["beams"] = 1
    if fields.seed is not None:
        chosen["seed"] = fields.seed
    stops = [fields.stop] if isinstance(fields.stop, str) else fields.stop or []
    if len(stops) > _MAX_STOPS:
        raise ParameterError("stop", f"'stop' may have {_MAX_STOPS} sequences.")
    if stops := [stop for stop in stops if stop]:
        chosen["stop"] = stops
    own = fields.citewell
    given = {"passages": own.passages, "strictness": own.strictness, "model": own.model}
    return {**chosen, **{name: value for name, value in given.items() if value is not None}}
