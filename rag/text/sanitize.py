"""Remove what is not text: invisible characters, control tokens of chat templates, dot leaders.

The first two can show a model what no reader sees: instructions in tag characters, a line reversed by a bidi override,
a forged turn of the conversation. The first are removed from documents when they are read, both from answers.
"""

import re

_SYMBOLS = "\u00a9\u00ae\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
_SELECTABLE = _SYMBOLS + "\u203c\u2049\u2122\u2139#*0-9"
_IDEOGRAPHS = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_MONGOLIAN = "\u1820-\u18aa"
_JOINING = f"\u0620-\u065f\u066e-\u06d3\u06d5-\u06ef\u06fa-\u08ff{_MONGOLIAN}\u0900-\u0dff\u1000-\u109f\u1780-\u17d3"
_VIRAMAS = (
    "\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d3b\u0d3c\u0d4d\u0dca\u0f84\u1039\u103a\u17d2\ua953\U00011046"
)
_MEANT = re.compile(
    rf"(?<=[{_VIRAMAS}])[\u200c\u200d]"
    rf"|(?<=[{_JOINING}])[\u200c\u200d](?=[{_JOINING}])"
    rf"|(?<=[{_SYMBOLS}])\u200d(?=[{_SYMBOLS}])|(?<=[{_SYMBOLS}]\ufe0f)\u200d(?=[{_SYMBOLS}])"
    rf"|(?<=[{_SELECTABLE}])[\ufe0e\ufe0f]"
    rf"|(?<=[{_IDEOGRAPHS}])[\ufe00-\ufe02\U000e0100-\U000e01ef]|(?<=[{_MONGOLIAN}])[\u180b-\u180d\u180f]"
)
"""Invisible characters that change what is read: joiners after a virama and between letters of joining scripts (RFC
5892, appendix A), joiners within an emoji, one variation selector after a character that has variants."""

_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Unicode's Default_Ignorable_Code_Point and the interlinear annotation marks. Private use characters stay: they are
symbols of some font (bullets, logos), and nothing says which of them are blank."""

_DIVIDED = re.compile(r"(?<=\w)\u00ad[ \t]*\n[ \t]*(?=\w)")
_JOINERS = "\u200c\u200d"
_CONTEXT = 2

_LEADERS = re.compile(r"(?:[.·…]\s?){6,}")
"""The dots between an entry of a table of contents and its page number."""

_ROLES = ("system", "user", "assistant", "model", "tool")
_OPENING = ("<|im_start|>", "<start_of_turn>", "<|start_of_role|>", "<|start_header_id|>")
_NAMES = """im_end im_sep endoftext begin_of_text end_of_text eot_id eom_id end_header_id end_of_turn end_of_role end
    user assistant system tool eos bos pad unk sep fim_prefix fim_middle fim_suffix fim_pad file_sep repo_name
    python_tag endofprompt object_ref_start object_ref_end box_start box_end quad_start quad_end vision_start
    vision_end vision_pad image_pad video_pad start return message channel call constrain"""
TEMPLATE_TOKENS = (
    *(f"<|{name}|>" for name in _NAMES.split()),
    *(
        opening + role + end
        for opening in _OPENING
        for role in ("", *_ROLES)
        for end in ("", "\n", "<|end_header_id|>")
    ),
    *(f"<｜{name}｜>" for name in ("begin▁of▁sentence", "end▁of▁sentence", "User", "Assistant")),
    *("[INST]", "[/INST]", "<<SYS>>", "<</SYS>>", "<s>", "</s>", "<bos>", "<eos>", "<pad>", "<unk>", "<end_of_turn>"),
)
"""Control tokens of common chat templates; an opening one also with the role after it."""


def without_leaders(text: str) -> str:
    """Return the text with one ellipsis for each row of leader dots, which would cost a token each."""
    return _LEADERS.sub("… ", text)


def strip_invisible(text: str) -> tuple[str, int]:
    """Return the text without invisible characters, and their number; a word divided by a soft hyphen is joined.

    Those that carry meaning stay: joiners in Persian, Indic scripts and emoji, selectors after what has variants.
    """
    if text.isascii():
        return text, 0
    joined, divided = _DIVIDED.subn("", text)
    visible = _UNSEEN.sub(_if_meant, joined)
    return visible, divided + len(joined) - len(visible)


def _if_meant(match: re.Match[str]) -> str:
    return match[0] if _MEANT.match(match.string, match.start()) else ""


class VisibleStream:
    """Do the same for streamed text, without joining divided words. Only a joiner waits, for what follows it."""

    def __init__(self) -> None:
        self._before = self._held = ""

    def push(self, text: str) -> str:
        """Return the text that can be shown now."""
        if text.isascii() and not self._held:
            self._before = (self._before + text)[-_CONTEXT:]
            return text
        text = self._held + text
        ready = len(text.rstrip(_JOINERS))
        self._held = text[ready:]
        return self._visible(text[:ready], self._held)

    def finish(self) -> str:
        """Return the text that was held back."""
        held, self._held = self._held, ""
        return self._visible(held, "")

    def _visible(self, text: str, following: str) -> str:
        whole = self._before + text + following
        start, end = len(self._before), len(self._before) + len(text)
        self._before = whole[:end][-_CONTEXT:]
        parts, at = [], start
        for match in _UNSEEN.finditer(whole, start):
            if match.start() >= end:
                break
            parts += [whole[at : match.start()], _if_meant(match)]
            at = match.end()
        return "".join([*parts, whole[at:end]])
