"""Antonyms (pure): a sentence that has one where its evidence has the other contradicts it."""

_PAIRS = """
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


def _table(pairs: str) -> dict[str, frozenset[str]]:
    table: dict[str, frozenset[str]] = {}
    for pair in pairs.split():
        word, *others = pair.split("/")
        for one, opposites in ((word, others), *((other, [word]) for other in others)):
            table[one] = table.get(one, frozenset()) | frozenset(opposites)
    return table


ANTONYMS = _table(_PAIRS)
"""The antonyms of each word."""
