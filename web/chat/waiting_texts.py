"""Say to who asks that others are before them."""

from serving.answer_turns import TooManyWaitError
from web.page_language import gettext, ngettext


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
