"""Questions that have no answer, shown at the end of their conversation with the reason."""

from collections.abc import Sequence

from rag.errors import CitewellError
from rag.text.message_catalogues import to_translate
from web.chat.state import Conversation, Message, assistant_message, user_message
from web.kept_texts import reason_shown
from web.page_language import gettext
from web.rendering import answer_html

_FAILED = to_translate("This question could not be answered, for a fault of Citewell. Its log says which. Try again.")


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


def _message(said: str) -> Message:
    return assistant_message(answer_html.notice(said))
