"""What stands in place of an answer: how many questions are before it, or why there is none."""

from collections.abc import Sequence

from rag.errors import CitewellError
from rag.text.message_catalogues import to_translate
from serving.answer_turns import TooManyWaitError
from web.chat.state import Conversation, Message, assistant_message, user_message
from web.page_language import gettext, ngettext
from web.rendering import answer_html
from web.stored_texts import reason_shown

_FAILED = to_translate(
    "This question could not be answered because of an error in Citewell: its log has the details. Try again."
)


def stored_messages(conversation: Conversation) -> Sequence[Message]:
    """Return the messages of a conversation as it is stored: a question without an answer comes last, with a notice."""
    if not conversation.unanswered:
        return conversation.messages()
    if conversation.is_being_answered:
        said = gettext(
            "No answer yet: another server is writing it, or Citewell was stopped just now. Open the conversation "
            "again in a moment, or ask once more."
        )
    else:
        said = gettext("Not answered: Citewell was stopped meanwhile. Ask the question again.")
    return [*conversation.messages(), user_message(conversation.unanswered), _message(said)]


def notice(error: Exception) -> Message:
    """Return the message that takes the place of an answer that failed."""
    return _message(reason_shown(str(error)) if isinstance(error, CitewellError) else gettext(_FAILED))


def ahead(place: int) -> str:
    """Say for how many questions this one waits: those before it, and the one being answered."""
    text = ngettext("Waiting for {number} question …", "Waiting for {number} questions …", place + 1)
    return text.format(number=place + 1)


def too_many(full: TooManyWaitError) -> str:
    """Say in the page's language that a question finds no place, and when to ask again."""
    if not full.waiting:
        text = gettext("Other questions are being answered already, for about {seconds} s. Ask again then.")
    elif full.is_own:
        text = ngettext(
            "{number} question of yours is waiting already, for about {seconds} s. Ask again then.",
            "{number} questions of yours are waiting already, for about {seconds} s. Ask again then.",
            full.waiting,
        )
    else:
        text = ngettext(
            "{number} question is waiting already, for about {seconds} s. Ask again then.",
            "{number} questions are waiting already, for about {seconds} s. Ask again then.",
            full.waiting,
        )
    return text.format(number=full.waiting, seconds=full.seconds)


def _message(said: str) -> Message:
    return assistant_message(answer_html.notice(said))
