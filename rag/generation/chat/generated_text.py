"""Generated tokens as text: thinking and answer apart, both cleaned."""

from functools import partial

from rag.generation.chat.chat_template import ChatTemplate
from rag.generation.chat.detokenizer import CleanText, Detokenizer
from rag.interfaces import TextDelta, ThoughtDelta
from rag.types.decoding import Decoding


class GeneratedText:
    """Generated tokens as text: thinking and answer apart, both cleaned, the answer ended by stop sequences."""

    def __init__(self, template: ChatTemplate, decoding: Decoding, *, is_open: bool | None) -> None:
        self._detokenizer = Detokenizer(template.decode)
        self.new_mask_splitter = partial(template.split_for_mask, is_open=is_open)
        """Makes what tells the part of this text that a mask holds to the sources from the rest."""
        self._split = template.split_thinking(is_open=is_open)
        self._thought, self._answer = CleanText(()), CleanText(decoding.stop)
        self._max_answers = decoding.max_new_tokens
        self.thoughts = self.answers = 0
        """Tokens of thinking, its tags included, and of the answer."""

    @property
    def is_thinking(self) -> bool:
        """True while the thinking is open."""
        return self._split.is_thinking

    @property
    def is_answering(self) -> bool:
        """True once the answer has begun."""
        return not (self._split.is_thinking or self._split.is_undecided)

    @property
    def stopped(self) -> bool:
        """True once a stop sequence was met."""
        return self._answer.stopped

    @property
    def is_complete(self) -> bool:
        """True if the answer must not go on."""
        return self.stopped or self.answers >= self._max_answers

    def push(self, token: int) -> list[TextDelta]:
        """Return the deltas that this token makes safe to show."""
        was_thinking = self._split.is_thinking
        thought, answer = self._split.push(self._detokenizer.push(token))
        if self._split.is_thinking and not was_thinking:  # with the tokens of which the opening tag consists
            self.thoughts, self.answers = self.answers + 1, 0
        elif was_thinking:
            self.thoughts += 1
        else:
            self.answers += 1
        return self._deltas(self._thought.push(thought), self._answer.push(answer))

    def thoughts_held_back(self) -> list[TextDelta]:
        """Return the end of a thinking that is not closed."""
        if not self.is_thinking:
            return []
        thought, _ = self._split.push(self._detokenizer.finish())
        rest, _ = self._split.finish()
        return self._deltas(self._thought.push(thought + rest), "")

    def finish(self) -> str:
        """Return the rest of the answer at the end of generation."""
        _, answer = self._split.push(self._detokenizer.finish())
        _, rest = self._split.finish()
        return self._answer.push(answer + rest) + self._answer.finish()

    def _deltas(self, thought: str, answer: str) -> list[TextDelta]:
        deltas: list[TextDelta] = [ThoughtDelta("", self.answers, thought=thought)] if thought else []
        return [*deltas, TextDelta(answer, self.answers)] if answer else deltas
