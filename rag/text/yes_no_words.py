"""Yes and no as an answer begins with them."""

import re

WORDS = {
    "ar": ("نعم", "لا"),
    "bg": ("Да", "Не"),
    "cs": ("Ano", "Ne"),
    "da": ("Ja", "Nej"),
    "de": ("Ja", "Nein"),
    "el": ("Ναι", "Όχι"),
    "en": ("Yes", "No"),
    "es": ("Sí", "No"),
    "fi": ("Kyllä", "Ei"),
    "fr": ("Oui", "Non"),
    "hi": ("हाँ", "नहीं"),
    "hu": ("Igen", "Nem"),
    "it": ("Sì", "No"),
    "ja": ("はい", "いいえ"),
    "ko": ("네", "아니요"),
    "nl": ("Ja", "Nee"),
    "no": ("Ja", "Nei"),
    "pl": ("Tak", "Nie"),
    "pt": ("Sim", "Não"),
    "ro": ("Da", "Nu"),
    "ru": ("Да", "Нет"),
    "sk": ("Áno", "Nie"),
    "sv": ("Ja", "Nej"),
    "tr": ("Evet", "Hayır"),
    "uk": ("Так", "Ні"),
    "vi": ("Có", "Không"),
    "zh": ("是", "不"),
}
"""Yes and no in each language whose answers begin with them."""

_MARK = r"\s*(?:[,;:!،，：；。！–—]|\.(?!\s*\d)|$)\s*"  # "No. 5" is a number
_AT_START = re.compile(
    rf"(?:{'|'.join(sorted({word for pair in WORDS.values() for word in pair}, key=len, reverse=True))}){_MARK}",
    re.IGNORECASE,
)


def without_yes_no(sentence: str) -> str:
    """Return what a sentence says after a "Yes" or "No" that it begins with; "" if it says no more.

    The word answers a question. No quote says it, whatever it says of the matter.
    """
    match = _AT_START.match(sentence)
    return sentence[match.end() :] if match else sentence
