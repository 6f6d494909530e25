"""Read on where an answer was to be refused after what can be read in time: a limit makes answers shorter, not none."""

from collections.abc import Callable, Generator, Iterator

from rag.types import Answer, Cited, Event, Token


def reading_on(held: Iterator[Event], whole: Callable[[], Iterator[Event]]) -> Generator[Event]:
    """Yield the events of an answer that was held to a time; in place of a refusal, those of one that reads all.

    Text is kept back until a sentence of it has support: the answer is hardly refused from there on, and no text that
    was shown is taken away again. Whoever stops the answer has not asked for more.
    """
    kept: list[Event] = []
    is_shown = False
    for event in held:
        if isinstance(event, Answer):
            if event.abstained and not is_shown and event.stop_reason != "cancelled":
                yield from whole()
                return
            is_shown = True
        elif isinstance(event, Cited):
            is_shown = is_shown or any(sentence.support == "supported" for sentence in event.sentences)
        if isinstance(event, Token | Cited) and not is_shown:
            kept.append(event)
            continue
        if is_shown:
            yield from kept
            kept.clear()
        yield event
