"""Say figures and results in the language of the question, rounded as their sources are or as the question asks."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import NamedTuple

from rag.answering.tables.cell_lookup import Hit
from rag.answering.tables.formulas import Leaf, Operation, Quantity, constant, evaluate
from rag.answering.tables.table_request import Request
from rag.text.figures import CURRENCIES, PERCENT, POINTS, SHARES

_MARKS = {"en": (",", "."), "de": (".", ","), "fr": ("\u202f", ","), "es": (".", ",")}
_SCALES = {
    "en": {3: "thousand", 6: "million", 9: "billion", 12: "trillion"},
    "de": {3: "Tsd.", 6: "Mio.", 9: "Mrd.", 12: "Bio."},
    "fr": {3: "milliers", 6: "millions", 9: "milliards", 12: "billions"},
    "es": {3: "miles", 6: "millones", 9: "mil millones", 12: "billones"},
}
_POINTS = {"en": "percentage points", "de": "Prozentpunkte", "fr": "points de pourcentage", "es": "puntos porcentuales"}
_SHARES = {"en": "shares", "de": "Aktien", "fr": "actions", "es": "acciones"}
_SHARE_PLACES = 1
_RATIO_PLACES = 2
_LARGE_RATIO = 2
"""A ratio of two amounts above this is said as a number of times, not in percent."""


class Phrases(NamedTuple):
    """Sentences about results in one language; `{label}` and names of rows stay in the language of the document."""

    value: str
    rose: str
    fell: str
    unchanged: str
    ratio: str
    total: str
    average: str
    median: str
    highest: str
    lowest: str
    at: str
    conjunction: str
    others: str


_PHRASES = {
    "en": Phrases(
        "{label}: {values}.",
        "{label} rose by {by} from {first} to {last}.",
        "{label} fell by {by} from {first} to {last}.",
        "{label} was unchanged: {last}.",
        "{label} as a share of {base}: {values}.",
        "{label} together: {values}.",
        "{label}, average of {over}: {values}.",
        "{label}, median of {over}: {values}.",
        "{label} was highest {where}: {values}{others}.",
        "{label} was lowest {where}: {values}{others}.",
        "for {name}",
        "and",
        " (others: {values})",
    ),
    "de": Phrases(
        "{label}: {values}.",
        "{label}: Anstieg um {by} von {first} auf {last}.",
        "{label}: Rückgang um {by} von {first} auf {last}.",
        "{label}: unverändert {last}.",
        "{label} im Verhältnis zu {base}: {values}.",
        "{label} zusammen: {values}.",
        "{label}, Durchschnitt {over}: {values}.",
        "{label}, Median {over}: {values}.",
        "{label}: am höchsten {where} mit {values}{others}.",
        "{label}: am niedrigsten {where} mit {values}{others}.",
        "bei {name}",
        "und",
        " (sonst: {values})",
    ),
    "fr": Phrases(
        "{label} : {values}.",
        "{label} : hausse de {by}, de {first} à {last}.",
        "{label} : baisse de {by}, de {first} à {last}.",
        "{label} : inchangé, {last}.",
        "{label} par rapport à {base} : {values}.",
        "{label} ensemble : {values}.",
        "{label}, moyenne {over} : {values}.",
        "{label}, médiane {over} : {values}.",
        "{label} : maximum {where}, {values}{others}.",
        "{label} : minimum {where}, {values}{others}.",
        "pour {name}",
        "et",
        " (autres : {values})",
    ),
    "es": Phrases(
        "{label}: {values}.",
        "{label}: aumento de {by}, de {first} a {last}.",
        "{label}: descenso de {by}, de {first} a {last}.",
        "{label}: sin cambios, {last}.",
        "{label} respecto a {base}: {values}.",
        "{label}, en conjunto: {values}.",
        "{label}, promedio {over}: {values}.",
        "{label}, mediana {over}: {values}.",
        "{label}: máximo {where}, {values}{others}.",
        "{label}: mínimo {where}, {values}{others}.",
        "en {name}",
        "y",
        " (otros: {values})",
    ),
}


def phrases(language: str) -> Phrases:
    """Return the sentences in a language, in English if they are not in it."""
    return _PHRASES.get(language, _PHRASES["en"])


def rounded(value: Decimal, places: int) -> Decimal:
    """Return a value rounded half up, as people round."""
    with localcontext(Context(prec=60)):
        return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def say_number(value: Decimal, places: int, language: str = "en") -> str:
    """Return a number with the separators of a language, and a minus sign if it is negative."""
    thousands, point = _MARKS.get(language, _MARKS["en"])
    plain = f"{abs(rounded(value, places)):,.{max(places, 0)}f}"
    text = plain.translate({ord(","): thousands, ord("."): point})
    return f"−{text}" if rounded(value, places) < 0 else text


def say(quantity: Quantity, places: int, language: str = "en") -> str:
    """Return a quantity with its unit and scale: "$32,765 million", "12.8%"."""
    number = say_number(quantity.amount.scaleb(-quantity.scale), places, language)
    scale = _SCALES.get(language, _SCALES["en"]).get(quantity.scale, "")
    if quantity.unit == PERCENT:
        return f"{number}%" if language not in ("de", "fr", "es") else f"{number}\u00a0%"
    if quantity.unit == POINTS:
        return f"{number} {_POINTS.get(language, _POINTS['en'])}"
    if quantity.unit == SHARES:
        return " ".join(part for part in (number, scale, _SHARES.get(language, _SHARES["en"])) if part)
    if quantity.unit in CURRENCIES and language not in ("de", "fr", "es"):
        sign = quantity.unit if len(quantity.unit) == 1 else f"{quantity.unit} "
        number = f"−{sign}{number[1:]}" if number.startswith("−") else f"{sign}{number}"
        return f"{number} {scale}".rstrip()
    return " ".join(part for part in (number, scale, quantity.unit) if part)


def listed(texts: Sequence[str], language: str) -> str:
    """Return names in a list as a sentence has it."""
    *first, last = texts
    return f"{', '.join(first)} {phrases(language).conjunction} {last}" if first else last


class ResultWording:
    """Say figures for one request, in one language."""

    def __init__(self, request: Request, language: str) -> None:
        self._asked = request.places
        self._unit = request.unit
        self._percent = request.percent
        self._language = language
        self.phrases = phrases(language)

    def change(self, amount: Decimal, **values: str) -> str:
        """Return the sentence of a change by an amount."""
        direction = self.phrases.rose if amount > 0 else self.phrases.fell if amount else self.phrases.unchanged
        return direction.format(**values)

    def extreme(self, label: str, name: str, said: str, others: str, *, is_lowest: bool) -> str:
        """Return the sentence of what is highest, or lowest."""
        sentence = self.phrases.lowest if is_lowest else self.phrases.highest
        where, rest = self.phrases.at.format(name=name), self.phrases.others.format(values=others)
        return sentence.format(label=label, where=where, values=said, others=rest)

    def places(self, quantity: Quantity) -> int:
        """Return the decimals of a result: those asked for, else those of its sources."""
        return quantity.decimals if self._asked is None else self._asked

    def hit(self, hit: Hit) -> str:
        """Return a cell's figure as printed, with its unit."""
        return self.amount(hit.quantity, hit.figure.places)

    def amount(self, quantity: Quantity, places: int) -> str:
        """Return a quantity in its sources' scale, and before it in the scale that the question asks for."""
        said = say(quantity, places, self._language)
        wanted = self._unit.scale
        if not wanted or not quantity.scale or wanted == quantity.scale or quantity.unit in (PERCENT, POINTS, ""):
            return said
        converted = say(replace(quantity, scale=wanted), self._or_asked(_RATIO_PLACES), self._language)
        return f"{converted} ({said})"

    def ratio(self, ratio: Quantity) -> str:
        """Return a ratio in percent, a large one as a number."""
        if abs(ratio.amount) > _LARGE_RATIO and not self._percent:
            return say_number(ratio.amount, self._or_asked(_RATIO_PLACES), self._language)
        return self.percent(ratio)

    def percent(self, ratio: Quantity) -> str:
        """Return a ratio in percent."""
        shares = evaluate(Operation("×", Leaf(replace(ratio, unit=""), ""), constant(100))).amount
        return say(Quantity(shares, PERCENT), self._or_asked(_SHARE_PLACES), self._language)

    def formula(self, result: Quantity) -> str:
        """Return the result of a formula: an amount, a ratio, or a ratio in percent if that is asked for."""
        if result.unit:
            return self.amount(result, self.places(result))
        return self.percent(result) if self._percent else say(result, self._or_asked(_RATIO_PLACES), self._language)

    def _or_asked(self, places: int) -> int:
        return places if self._asked is None else self._asked
