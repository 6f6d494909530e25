"""Rules of languages for the lexical scorer: how each denies, names an agent and marks names; antonyms."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Literal

from rag.text.analyzer import is_function_word

_NOTHING = re.compile(r"(?!)")

NamesBy = Literal["capitals", "pairs", "nothing"]
"""How names are told from other words: by a capital; by two capitalised words side by side, where every noun has a
capital; or not at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageRules:
    """Rules of one language. `denial` are other ways to deny than by `negation`; `agent` captures who did something.

    `negates_following` is False where a negation ends its clause. `is_starter` tells words that are capitalised at the
    start of a sentence without being names.
    """

    negation: re.Pattern[str] = _NOTHING
    denial: re.Pattern[str] = _NOTHING
    agent: re.Pattern[str] = _NOTHING
    names_by: NamesBy = "capitals"
    negates_following: bool = True
    is_starter: Callable[[str], bool] = field(default=is_function_word)


_ENGLISH_STARTERS = frozenset(
    "a about according additionally after all also although among an and another any are as at based be because before "
    "both but by can could did do does during each either every few finally first following for from had has have he "
    "her here his how however i if in instead is it its like many may more moreover most much my neither no nor not of "
    "on once one only or other our out over overall several she should since so some such than that the their them "
    "then there therefore these they this those though through thus to under unlike until upon us was we were what "
    "when where whether which while who whose why will with within without would yes yet you your".split()
)

ENGLISH = LanguageRules(
    negation=re.compile(
        r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot|unable|fail(?:s|ed)? to)\b", re.IGNORECASE
    ),
    denial=re.compile(
        r"\b(?:fail|lack|refus|den[iy]|prevent|forb[ia]d|prohibit|reject|exclu[ds]|impossib|illegal|unlawful|absen|"
        r"unknown|unable|rather than|instead of|except|rarely|hardly|seldom)\w*",
        re.IGNORECASE,
    ),
    agent=re.compile(r"\bby (?:the |an? )?((?:[A-Z][\w’'.-]* ?)+)"),
    is_starter=lambda word: word.lower() in _ENGLISH_STARTERS,
)

_NEGATIONS = {
    "ar": r"\b(?:لا|لم|لن|ليس|ليست|ليسوا|بدون|دون)\b",
    "cs": r"\b(?:ne|nikdy|nikdo|nic|žádn\w+|bez|není|nebyl\w*)\b",
    "da": r"\b(?:ikke|ingen|intet|aldrig|uden|hverken)\b",
    "de": r"\b(?:nicht|nichts|kein\w*|nie|niemals|niemand\w*|ohne|weder|keinesfalls)\b",
    "el": r"\b(?:δεν|δε|μην|μη|ποτέ|κανείς|κανένα\w*|χωρίς|ούτε)\b",
    "es": r"\b(?:no|nunca|jamás|nadie|nada|ningun\w*|ningún|sin|ni|tampoco)\b",
    "fi": r"\b(?:ei|eivät|en|et|emme|ette|ilman|koskaan)\b",
    "fr": r"\b(?:ne|n(?=['’])|pas|jamais|aucun\w*|personne|rien|sans|ni)\b",
    "hi": r"(?:नहीं|कभी नहीं|बिना|मत)",
    "hu": r"\b(?:nem|ne|soha|senki|semmi|nincs|sem)\b",
    "it": r"\b(?:non|mai|nessun\w*|niente|nulla|senza|né)\b",
    "ja": r"ではない|じゃない|ではなく|でない|しない|していない|されない|できない|なかった|ません|いない",
    "ko": r"않|아니|없[는다었이]|못[하했한]",
    "nl": r"\b(?:niet|niets|geen|nooit|niemand|zonder|noch)\b",
    "no": r"\b(?:ikke|ingen|intet|aldri|uten|verken)\b",
    "pl": r"\b(?:nie|nigdy|nikt|nic|żad\w+|bez|ani)\b",
    "pt": r"\b(?:não|nunca|jamais|ninguém|nada|nenhum\w*|sem|nem)\b",
    "ro": r"\b(?:nu|niciodată|nimeni|nimic|niciun\w*|fără|nici)\b",
    "ru": r"\b(?:не|нет|ни|никогда|никто|ничего|никак\w+|без)\b",
    "sv": r"\b(?:inte|ej|ingen|inget|inga|aldrig|utan|varken)\b",
    "th": r"ไม่|มิได้|ไร้|ปราศจาก",
    "tr": r"\b(?:değil\w*|yok|asla|hiç\w*|hiçbir\w*)\b",
    "uk": r"\b(?:не|немає|ні|ніколи|ніхто|нічого|без)\b",
    "vi": r"\b(?:không|chưa|chẳng|chả)\b",
    "zh": r"不(?:是|会|會|能|可|再|得|应|應|曾)|[没沒]有|[并並从從尚][未非]|未[能曾]|[无無]法",
}
_DENIALS = {
    "de": r"\b(?:verbot|verbiet|verweiger|verhinder|unmöglich|unbekannt|unfähig|fehl|statt|anstatt|außer|kaum|selten|"
    r"lehnt|abgelehnt|ausgeschlossen)\w*",
    "es": r"\b(?:prohib|impid|impos|nieg|neg[óa]|rechaz|excl|desconoc|incapa|carec|falt|apenas|excepto|en vez de)\w*",
    "fr": r"\b(?:interdi|empêch|impossib|refus|rejet|exclu|inconnu|incapa|manqu|absen|à peine|sauf|au lieu de)\w*",
    "zh": r"[不未无無非没沒]|禁止|拒绝|拒絕|缺乏|失败|失敗|除了|而非",
    "ja": r"ない|ず[、に]|禁止|拒否|不可能|欠",
    "ar": r"\b(?:رفض|منع|حظر|فشل|مستحيل|غير|عدم|باستثناء|بدلا)\w*",
}
_AGENTS = {
    "da": "af",
    "de": "von|vom|durch",
    "es": "por",
    "fr": "par",
    "it": "da|dal|dalla|dallo|dai",
    "nl": "door",
    "no": "av",
    "pt": "por|pelo|pela|pelos",
    "ro": "de către",
    "sv": "av",
}
_ARTICLES = "der|den|dem|die|das|el|la|los|las|le|les|l['’]|il|lo|o|a|os|as|de|het"
_WITHOUT_CAPITALS = frozenset("ar bn fa gu he hi ja ka km kn ko ku lo ml mr my ne ps sa ta te th ug ur zh".split())
_AFTER_VERB = frozenset(["ja", "ko", "tr"])


@cache
def rules_of(language: str) -> LanguageRules:
    """Return the rules of a language; English ones if none is known."""
    if language in ("", "en"):
        return ENGLISH
    agents = _AGENTS.get(language)
    negation = _pattern(_NEGATIONS.get(language))
    denial = _pattern(_DENIALS.get(language))
    names_by: NamesBy = "pairs" if language == "de" else "nothing" if language in _WITHOUT_CAPITALS else "capitals"
    return LanguageRules(
        negation=negation,
        denial=denial,
        agent=re.compile(rf"\b(?:{agents}) (?:(?:{_ARTICLES}) ?)?((?:[^\W\d_a-zà-ÿ][\w’'.-]* ?)+)")
        if agents
        else _NOTHING,
        names_by=names_by,
        negates_following=language not in _AFTER_VERB,
        is_starter=partial(is_function_word, language=language),
    )


def _pattern(text: str | None) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE) if text else _NOTHING


_ANTONYMS = """
    more/less/fewer most/least larger/smaller bigger/smaller largest/smallest greater/smaller/less higher/lower
    highest/lowest longer/shorter longest/shortest faster/slower stronger/weaker older/younger/newer
    oldest/youngest/newest earlier/later earliest/latest before/after above/below over/under up/down inside/outside
    first/last maximum/minimum increase/decrease increased/decreased/reduced rise/fall rose/fell grew/shrank
    gain/loss gained/lost won/lost success/failure succeeded/failed accept/reject allow/forbid/prohibit
    allowed/forbidden/prohibited permitted/forbidden include/exclude included/excluded open/closed start/end
    began/ended begin/end always/never often/rarely all/none everyone/nobody many/few majority/minority north/south
    east/west northern/southern eastern/western left/right early/late young/old new/old high/low strong/weak
    large/small big/small long/short hot/cold hard/soft rich/poor positive/negative public/private major/minor
    internal/external import/export imported/exported male/female man/woman men/women father/mother son/daughter
    brother/sister husband/wife true/false same/different better/worse best/worst easy/difficult possible/impossible
    legal/illegal support/oppose supported/opposed mandatory/optional required/optional voluntary/compulsory
    ancient/modern upper/lower winner/loser victory/defeat parent/child cause/effect encouraged/discouraged
    agreed/refused agree/disagree bought/sold buy/sell hired/fired
"""


def _antonyms(pairs: str) -> dict[str, frozenset[str]]:
    table: dict[str, frozenset[str]] = {}
    for pair in pairs.split():
        word, *others = pair.split("/")
        for one, opposites in ((word, others), *((other, [word]) for other in others)):
            table[one] = table.get(one, frozenset()) | frozenset(opposites)
    return table


ANTONYMS = _antonyms(_ANTONYMS)
"""The antonyms of each English word: a sentence that has one where its evidence has the other contradicts it."""
