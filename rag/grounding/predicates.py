"""Tell whether two English words name the same relation: "won" and "winner", "bought" and "acquisition"."""

from functools import cache

_IRREGULAR = """
    win won winning/ lead led leading/ write wrote written/ make made making/ take took taken taking/ give gave
    given giving/ find finding/ found founded founder founding/ buy bought/ sell sold sale/ build built/ hold
    held/ bear born birth/ die died death dead/ become became/ begin began begun/ choose chose chosen choice/
    speak spoke spoken/ draw drew drawn/ fall fell fallen/ fly flew flown flight/ grow grew grown growth/ know
    knew known/ lose lost loss/ pay paid payment/ rise rose risen/ run ran running/ see saw seen/ send sent/ sing
    sang sung singer song/ sit sat/ spend spent/ steal stole stolen theft/ swim swam/ teach taught teacher/ tell
    told/ think thought/ throw threw thrown/ wear wore worn/ drive drove driven driver/ eat ate eaten/ forbid
    forbade forbidden/ fight fought/ feed fed/ hit/ bring brought/ catch caught/ come came/ do did done/ get got/
    go went gone/ have had/ keep kept/ leave left/ lie lay lain/ lay laid/ light lit/ mean meant/ meet met
    meeting/ put/ read/ ring rang rung/ say said/ set/ shoot shot shooting/ show shown/ sink sank sunk/ sleep
    slept/ split/ spread/ stand stood/ strike struck/ swear swore sworn/ understand understood/ destroy
    destruction/ describe description/ receive reception receipt/ decide decision/ invade invasion/ marry marriage
    wed/ defend defence defense/ analyse analysis analyze/ choose election/ appear appearance/ explode explosion/
    divide division/
"""
_SYNONYMS = """
    win winner victory champion triumph claim title beat defeat/ buy acquire purchase acquisition takeover/
    release launch publish available debut premiere issue/ found establish create start set form foundation/
    announce reveal unveil introduce declare/ name appoint elect choose select/ locate hold place situate play
    host/ receive get obtain earn award honour honor/ star lead act play portray role/ write author pen/ build
    construct erect/ begin start commence open/ end finish close conclude/ die kill death/ call name know title/
    make produce manufacture/ invent develop create devise/ marry wife husband spouse/ live reside inhabit home/
    cost price pay/ use employ utilise utilize/ contain include comprise consist/ chief ceo executive/ president
    presidency head chair chairman leader/ show display demonstrate/ help assist aid/ allow permit let enable/
    need require necessary/ large big/ increase rise grow/ decrease fall drop decline/ join enter/ leave depart
    quit resign/ discover find/ lose loss/ direct director filmmaker/  give provide
    supply offer/ think believe consider/ break fail/ move relocate/ study attend graduate/ speak talk language/
    work serve job/ own owner belong possess/ sing singer vocalist perform/ score goal/ happen occur place/ near
    close adjacent/
"""
_MIN_STEM = 4
_MAX_ENDING = 5
_ENDINGS = (
    "ations ation itions ition ments ment ances ance ences ence ings ing ions ion ors or ers er eds ed es s ive al ure "
    "ency ancy ship e d r y"
).split()


@cache
def is_same_relation(one: str, other: str) -> bool:
    """Return True for forms of one word, its noun of agent or action, or a common synonym; both in lower case."""
    return one == other or bool(_groups(one) & _groups(other)) or _share_stem(one, other)


@cache
def is_same_word(one: str, other: str) -> bool:
    """Return True for forms of one word."""
    return one == other or _share_stem(one, other)


@cache
def base_of(word: str) -> str:
    """Return an irregular form's base; other words without a regular ending."""
    return _BASES.get(word) or _without_ending(word)


def is_irregular_form(word: str) -> bool:
    """Return True for a listed past form or noun of an irregular verb."""
    return word in _PAST


@cache
def _groups(word: str) -> frozenset[int]:
    bases = {word, base_of(word), _without_ending(word)}
    return frozenset(
        index for index, group in enumerate(_GROUPS) for base in bases if base in group or f"{base}e" in group
    )


def _without_ending(word: str) -> str:
    ending = next((e for e in _ENDINGS if word.endswith(e) and len(word) - len(e) >= _MIN_STEM), "")
    stem = word[: len(word) - len(ending)]
    return stem[:-1] if len(stem) > _MIN_STEM and stem[-1:] == stem[-2:-1] not in ("s", "l") else stem


def _share_stem(one: str, other: str) -> bool:
    """Return True if both begin alike, and only usual endings differ."""
    if _BASES.get(one, one) == _BASES.get(other, other):
        return True
    common = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return (
        common >= _MIN_STEM
        and max(len(one), len(other)) - common <= _MAX_ENDING
        and (
            _without_ending(one)[:common] == _without_ending(other)[:common]
            and abs(len(_without_ending(one)) - len(_without_ending(other))) <= 1
        )
    )


def _read(text: str) -> list[list[str]]:
    return [group.split() for group in text.split("/") if group.strip()]


_BASES = {form: forms[0] for forms in _read(_IRREGULAR) for form in forms}
_PAST = frozenset(form for forms in _read(_IRREGULAR) for form in forms[1:] if not form.endswith(("ing", "er")))
_GROUPS = [frozenset(word for each in group for word in (each, _without_ending(each))) for group in _read(_SYNONYMS)]
