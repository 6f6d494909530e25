"""Plant errors into true statements by rule: change one number, name, unit, word or negation.

A rule proposes all its changes of a text, and the seed picks one. The new value must not occur in the passages shown,
or, for the kinds "… of the passage", must occur elsewhere in them. In the last three kinds all words stay those of the
passage, and what they say does not. The rules are written independently of the checker, so that it can miss some.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import partial
from typing import Literal

from rag.text.normalize import normalize

Kind = Literal[
    "number",
    "year",
    "date",
    "unit",
    "name",
    "negation",
    "number of the passage",
    "name of the passage",
    "names exchanged",
    "opposite",
    "year of another event",
    "role of another",
    "possible told as certain",
    "unanswerable",
]


@dataclass(frozen=True, slots=True)
class Context:
    """The texts around a statement: its gold passages, all passages shown, and names of other cases."""

    gold: str
    shown: str
    foreign_names: Sequence[str]


_FIGURE = re.compile(r"(?<![\w.,/-])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\w/]|[.,-]\d)")
_NUMBER_WORD = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|thousand)\b"
)
_NUMBER_WORDS = (
    "two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty hundred thousand".split()
)
_YEAR = re.compile(r"(?:1\d|20)\d\d")
_MONTHS = "January February March April May June July August September October November December".split()
_MONTH = re.compile(rf"\b(?:{'|'.join(_MONTHS)})\b")
_NAME = re.compile(r"\b[A-Z][\w’'-]*[a-z](?:,? (?:of |the )*[A-Z][\w’'-]*[a-z])*\b")
_SENTENCE_STARTERS = frozenset(
    "A After All An As At Before By During For From In It On The This Under When While With".split()
)
_UNITS = (
    ("miles", "kilometers"),
    ("mile", "kilometer"),
    ("feet", "meters"),
    ("km", "miles"),
    ("metres", "feet"),
    ("meters", "feet"),
    ("kilometers", "miles"),
    ("percent", "per mille"),
    ("million", "billion"),
    ("billion", "million"),
    ("thousand", "million"),
    ("years", "months"),
    ("months", "weeks"),
    ("days", "years"),
    ("hours", "minutes"),
    ("minutes", "hours"),
    ("weeks", "months"),
    ("centuries", "decades"),
    ("decades", "centuries"),
    ("dollars", "euros"),
    ("pounds", "tons"),
    ("$", "€"),
    ("£", "$"),
)
OPPOSITES = tuple(
    (pair.partition("/")[0], pair.partition("/")[2])
    for pair in """
    active/passive advantage/disadvantage advantages/disadvantages after/before agree/disagree alive/dead
    allies/enemies ally/enemy ancient/modern appeared/disappeared arrival/departure arrived/departed attack/defend
    attacked/defended beginning/ending best/worst birth/death born/buried bottom/top bright/dark broad/narrow
    built/demolished cheap/expensive civilian/military closest/farthest cold/warm common/rare commonly/rarely
    complex/simple conservative/liberal create/destroy created/destroyed day/night deep/shallow
    dependent/independent direct/indirect directly/indirectly divided/united domestic/foreign dry/wet early/late
    east/west eastern/western easy/hard empty/full entrance/exit expand/contract expanded/contracted
    failed/succeeded fast/slow final/initial first/last flexible/rigid formal/informal frequently/seldom
    friend/enemy front/rear future/past gained/lost good/bad growth/decline guilty/innocent healthy/sick
    heavier/lighter heavy/light high/low higher/lower horizontal/vertical huge/tiny import/export increase/decrease
    increased/decreased inner/outer input/output interior/exterior known/unknown large/small larger/smaller
    largest/smallest legal/illegal liquid/solid local/global long/short longest/shortest major/minor
    majority/minority many/few married/divorced maximum/minimum mental/physical more/fewer more/less most/least
    natural/artificial new/old north/south northern/southern offensive/defensive official/unofficial often/seldom
    older/younger opened/closed parents/children peace/war permanent/temporary popular/unpopular positive/negative
    powerful/weak presence/absence private/public profit/loss rapidly/slowly regular/irregular religious/secular
    rich/poor rising/falling rural/urban safe/dangerous similar/different single/multiple stable/unstable
    start/finish started/stopped strength/weakness strong/weak stronger/weaker summer/winter superior/inferior
    teachers/students thick/thin together/separately true/false upper/lower useful/useless victory/defeat
    visible/invisible wealth/poverty wealthy/poor wide/narrow winning/losing with/without won/lost young/old
    """.split()
)
"""Written independently of the checker's list in `rag/grounding/antonyms.py`, so that it may miss some."""

_AUXILIARY = re.compile(
    r"\b(?:is|are|was|were|has|have|had|can|could|may|might|must|will|would|should|does|do|did)\b(?! not| ?n['’]t)"
)
_NEGATION = re.compile(r"\b(is|are|was|were|has|have|had|can|could|may|might|must|will|would|should|does|do|did) not ")

_STATED_YEAR = re.compile(r"(?<![\w.,/$€£-])(?:1\d|20)\d\d(?![\w/]|[.,-]\d)")
_ROLES = re.compile(
    r"\b(?:actor|actress|admiral|ambassador|architect|archbishop|author|bishop|captain|chairman|chief|coach|commander|"
    r"composer|designer|director|doctor|duke|earl|editor|emperor|engineer|founder|general|governor|historian|husband|"
    r"inventor|judge|king|leader|manager|mathematician|mayor|minister|owner|painter|philosopher|poet|pope|president|"
    r"priest|prince|princess|producer|professor|queen|scientist|secretary|senator|singer|sister|teacher|theologian|"
    r"winner|wife|writer)(?= [A-Z])"
)
_ANY_ROLES = ("governor", "painter", "teacher")
"""Roles for passages that have no other."""

_POSSIBLE = re.compile(r"\b(?:may|might|could|would)( not)? (have been|have|be|[a-z]+)\b")
_CERTAIN = {"have been": "was", "have": "had", "be": "is"}
_BELIEVED = re.compile(
    r"\b(is|are|was|were) (?:believed|thought|expected|said|assumed|rumou?red|supposed|likely) to be\b"
)


def changes(kind: Kind, text: str, context: Context) -> list[str]:
    """Return all changes of this kind that differ from the text."""
    return [changed for changed in dict.fromkeys(_RULES[kind](text, context)) if changed != text]


def guesses(passages: str) -> list[str]:
    """Return what a bad answer would take from the passages: their names and figures."""
    return [*find_names(passages), *dict.fromkeys(match[0] for match in _figures(passages))]


def find_names(text: str) -> list[str]:
    """Return the names in running text: capitalised words that do not merely begin a sentence."""
    found = []
    for match in _NAME.finditer(text):
        name = match[0]
        if re.search(r"(?:^|[.!?:“\"`])\W*$", text[: match.start()]):
            first, _, rest = name.partition(" ")
            name = rest if first in _SENTENCE_STARTERS else name if rest else ""
        if name[:1].isupper() and not _MONTH.search(name):
            found.append(name)
    return list(dict.fromkeys(found))


def _swap(text: str, old: str, new: str) -> str:
    """Replace every standalone occurrence, so that the changed text does not contradict itself."""
    return re.sub(rf"(?<![\w.,]){re.escape(old)}(?!\w)", lambda _: new, text)


def _figures(text: str) -> list[re.Match[str]]:
    return [m for m in _FIGURE.finditer(text) if not _is_day(text, m)]


def _is_day(text: str, match: re.Match[str]) -> bool:
    before, after = text[: match.start()], text[match.end() :]
    beside = re.search(rf"(?:{'|'.join(_MONTHS)}) $", before) or re.match(rf" (?:{'|'.join(_MONTHS)})\b", after)
    return beside is not None and not _YEAR.fullmatch(match[0])


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", normalize(text).lower()))


def _is_new(value: str, words: AbstractSet[str]) -> bool:
    return not set(re.findall(r"\w+", normalize(value).lower())) & words


def _number(text: str, context: Context) -> Iterator[str]:
    shown = _words(context.shown)
    for match in _figures(text):
        if not _YEAR.fullmatch(match[0]):
            yield from (_swap(text, match[0], new) for new in _others(match[0]) if _is_new(new, shown))
    for match in _NUMBER_WORD.finditer(text):
        yield from (_swap(text, match[0], new) for new in _NUMBER_WORDS if _is_new(new, shown))


def _others(figure: str) -> list[str]:
    """Return other figures in the same format."""
    whole, point, fraction = figure.partition(".")
    value = int(whole.replace(",", ""))
    others = [value + 1, value + 3, 2 * value + 1, 10 * value, max(value - 1, 0), value // 2 + 2]
    return [f"{other:,}{point}{fraction}" if "," in whole else f"{other}{point}{fraction}" for other in others]


def _year(text: str, context: Context) -> Iterator[str]:
    """Yield the text with a year off by one."""
    shown = _words(context.shown)
    for match in _figures(text):
        if _YEAR.fullmatch(match[0]):
            near = (str(int(match[0]) + step) for step in (-1, 1))
            yield from (_swap(text, match[0], year) for year in near if year not in shown)


def _date(text: str, context: Context) -> Iterator[str]:
    """Yield the text with another month, or another day of it."""
    shown = _words(context.shown)
    for match in _MONTH.finditer(text):
        if match[0] != "May":
            yield from (_swap(text, match[0], month) for month in _MONTHS if month.lower() not in shown)
    for match in _FIGURE.finditer(text):
        if _is_day(text, match):
            days = (str((int(match[0]) + step - 1) % 28 + 1) for step in (1, 2, 5, 11))
            yield from (_swap(text, match[0], day) for day in days if day not in shown)


def _unit(text: str, context: Context) -> Iterator[str]:
    for old, new in _UNITS:
        pattern = rf"(?<=\d ){old}\b|(?<=\d-){old}\b" if old.isalpha() else rf"{re.escape(old)}(?= ?\d)"
        if new not in context.shown:
            yield re.sub(pattern, new, text)


def _name(text: str, context: Context) -> Iterator[str]:
    """Yield the text with a name, or its last word, replaced by a foreign name of the same number of words."""
    shown = _words(context.shown)
    for name in find_names(text):
        if name not in context.gold:
            continue
        words = name.split()
        foreign_names = [other for other in context.foreign_names if _is_new(other, shown)]
        same = [other for other in foreign_names if len(other.split()) == len(words)]
        for other in same:
            yield _swap(text, name, other)
            if len(words) > 1:
                yield _swap(text, name, " ".join([*words[:-1], other.split()[-1]]))


def _negation(text: str, _context: Context) -> Iterator[str]:
    for match in _AUXILIARY.finditer(text):
        yield f"{text[: match.end()]} not{text[match.end() :]}"
    for match in _NEGATION.finditer(text):
        yield f"{text[: match.start()]}{match[1]} {text[match.end() :]}"


def _number_of_passage(text: str, context: Context) -> Iterator[str]:
    own_words = _words(text)
    known = {m[0] for m in _figures(context.gold) if _is_new(m[0], own_words)}
    for match in _figures(text):
        is_year = _YEAR.fullmatch(match[0]) is not None
        yield from (_swap(text, match[0], o) for o in sorted(known) if (_YEAR.fullmatch(o) is not None) == is_year)


def _name_of_passage(text: str, context: Context) -> Iterator[str]:
    own_words = _words(text)
    known = [name for name in find_names(context.gold) if _is_new(name, own_words)]
    for name in find_names(text):
        if name in context.gold:
            yield from (_swap(text, name, other) for other in known)


def _exchanged(text: str, context: Context) -> Iterator[str]:
    known = [name for name in find_names(text) if name in context.gold]
    for index, one in enumerate(known):
        for other in known[index + 1 :]:
            if one[:4] != other[:4] and not set(one.split()) & set(other.split()) and not _are_listed(text, one, other):
                yield _swap(_swap(_swap(text, one, "\0"), other, one), "\0", other)


def _are_listed(text: str, one: str, other: str) -> bool:
    """Return True if only names and "and" are between two names, so that their order means nothing."""
    between = text[text.index(one) + len(one) : text.index(other)]
    return not set(re.findall(r"\b[a-z]\w*", between)) - {"and", "or", "of", "the", "with", "between", "both"}


def _opposite(text: str, _context: Context) -> Iterator[str]:
    for one, other in OPPOSITES:
        yield _swap(text, one, other)
        yield _swap(text, other, one)


def _year_of_another_event(text: str, context: Context) -> Iterator[str]:
    """Yield the text with a year of the passage in another's place, or with two of its own exchanged."""
    own = list(dict.fromkeys(_STATED_YEAR.findall(text)))
    for index, one in enumerate(own):
        for other in own[index + 1 :]:
            exchanged = {one: other, other: one}
            yield re.sub(rf"\b(?:{one}|{other})\b", partial(_other_of, exchanged), text)
    known = [year for year in dict.fromkeys(_STATED_YEAR.findall(context.gold)) if year not in own]
    for year in own:
        yield from (re.sub(rf"\b{year}\b", other, text) for other in known)


def _other_of(exchanged: Mapping[str, str], match: re.Match[str]) -> str:
    return exchanged[match[0]]


def _role_of_another(text: str, context: Context) -> Iterator[str]:
    """Yield the text with another role before a name, one that the passage gives to somebody else."""
    own = list(dict.fromkeys(_ROLES.findall(text)))
    known = [role for role in dict.fromkeys(_ROLES.findall(context.gold)) if role not in own]
    for role in own:
        yield from (re.sub(rf"\b{role}(?= [A-Z])", other, text) for other in known or _ANY_ROLES)


def _certain(text: str, _context: Context) -> Iterator[str]:
    """Yield the text without a "may" or a "believed to be"."""
    for match in _POSSIBLE.finditer(text):
        verb = _CERTAIN.get(match[2], f"does {match[2]}")
        yield f"{text[: match.start()]}{verb}{match[1] or ''}{text[match.end() :]}"
    for match in _BELIEVED.finditer(text):
        yield f"{text[: match.start()]}{match[1]}{text[match.end() :]}"


_RULES: dict[Kind, Callable[[str, Context], Iterator[str]]] = {
    "number": _number,
    "year": _year,
    "date": _date,
    "unit": _unit,
    "name": _name,
    "negation": _negation,
    "number of the passage": _number_of_passage,
    "name of the passage": _name_of_passage,
    "names exchanged": _exchanged,
    "opposite": _opposite,
    "year of another event": _year_of_another_event,
    "role of another": _role_of_another,
    "possible told as certain": _certain,
}
KINDS: tuple[Kind, ...] = tuple(_RULES)
"""All kinds of changes."""
