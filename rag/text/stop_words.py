"""Words without content of their own, by language: beside the lists that tantivy has."""

import re

NEGATIONS = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|neither|nor|without|cannot|unless|except"
    r"|nicht|nichts|kein\w*|nie|niemals|ohne|weder|außer|ne|pas|jamais|aucun\w*|sans|sauf|nunca|jamás|ningun\w*|sin|salvo"
    r"|non|mai|nessun\w*|senza|né|não|nenhum\w*|sem|niet|geen|nooit|zonder|ikke|ingen|aldri\w*|inte|inga|utan|uden"
    r"|nie|żad\w+|bez|ani|не|нет|ни|никогда|без|немає|nu|fără|δεν|μην|χωρίς|değil\w*|yok|لا|لم|لن|ليس|غير|بدون|không|chưa)\b"
    r"|n['’]t\b|[不没沒無无未非禁]|ない|ません|않|없|못|아니|नहीं|ไม่",
    re.IGNORECASE,
)
"""Words that deny, of all languages together: two texts that differ in one say opposite things."""

FUNCTION_WORDS = frozenset(
    "a an the of in on at by for to from with as about into is are was were be been do does did has have had can could "
    "will would shall should may might must who whom whose what which when where why how many much long far old".split()
)
"""Function words of English questions."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


QUESTION_WORDS = {
    "ar": _words("من ما ماذا متى أين اين كيف كم لماذا لم هل أي اي أية التي الذي"),
    "cs": _words("kdo co kdy kde kam proč jak jaký jaká jaké který která které kolik čí"),
    "da": _words("hvem hvad hvornår hvor hvorfor hvordan hvilken hvilket hvilke mange meget hedder"),
    "de": _words(
        "wer wen wem wessen was wann wo wohin woher warum wieso weshalb wie welche welcher welches welchen welchem "
        "viele viel lange alt hat haben wird werden wurde wurden war waren ist sind kann können gibt gab"
    ),
    "el": _words("ποιος ποια ποιο ποιοι ποιες τι πότε πού γιατί πώς πόσο πόσα πόσοι πόσες"),
    "es": _words(
        "quién quiénes qué cuál cuáles cuándo dónde adónde por cómo cuánto cuánta cuántos cuántas fue fueron es son "
        "ha han tiene puede hay quien que cual cuando donde como cuanto"
    ),
    "fi": _words("kuka mikä mitä milloin missä mihin miksi miten kuinka mones paljonko montako"),
    "fr": _words(
        "été a-t-il a-t-elle ont-ils ont-elles est-ce qui que quoi quel quelle quels quelles quand où pourquoi "
        "comment combien lequel laquelle est sont était étaient a ont fut peut"
    ),
    "hi": _words("कौन क्या कब कहाँ कहां क्यों कैसे कितना कितने कितनी किस किसने किसे किसका किन कौनसा"),
    "hu": _words("ki kik mi mit mikor hol hova miért hogyan hány mennyi melyik milyen"),
    "it": _words(
        "chi che cosa quale quali quando dove perché come quanto quanta quanti quante è sono era erano ha hanno"
    ),
    "nl": _words("wie wat wanneer waar waarom hoe welke welk hoeveel heeft hebben werd werden was waren is zijn kan"),
    "no": _words("hvem hva når hvor hvorfor hvordan hvilken hvilket hvilke mange mye heter"),
    "pl": _words("kto kogo komu co kiedy gdzie dokąd dlaczego jak jaki jaka jakie który która które ile czyj"),
    "pt": _words(
        "quem que qual quais quando onde porque porquê como quanto quanta quantos quantas foi foram é são tem têm "
        "pode há"
    ),
    "ro": _words("cine ce care când unde de cum cât câtă câți câte pentru"),
    "ru": _words(
        "кто кого кому что чего когда где куда откуда почему зачем как какой какая какое какие который сколько чей "
        "был была было были"
    ),
    "sv": _words("vem vad när var vart varför hur vilken vilket vilka många mycket heter"),
    "tr": _words("kim kimin ne neden niçin niye nasıl nerede nereye nereden hangi kaç zaman"),
    "uk": _words("хто кого що чого коли де куди звідки чому навіщо як який яка яке які скільки чий"),
    "vi": _words("ai gì nào khi đâu sao thế bao nhiêu mấy là"),
}
"""Question words, and the auxiliaries beside them."""

STOP_WORDS = {
    "ar": _words(
        "من ومن منها منه في وفي فيها فيه و ف ثم أو او ب بها به أى اى أي اي لا ولا إلا الا ألا لكن ما وما كما فما عن "
        "مع إذا اذا إن أن ان أنها إنها انها أنه إنه انه بأن بان فأن فان وأن وان وإن التي التى الذي الذى الذين إلى الى "
        "على عليها عليه أما إما اما أيضا ايضا كل وكل لم ولم لن ولن هي هى هو وهي وهو فهي فهو أنت انت لك لها له هذه هذا "
        "تلك ذلك هناك كانت كان يكون تكون وكانت وكان غير بعض قد نحو بين بينما منذ ضمن حيث الآن الان خلال بعد قبل حتى "
        "عند عندما لدى جميع"
    ),
    "cs": _words(
        "a aby ale ani asi až bez by být byl byla bylo byli co či do i já jako je jeho její jejich jen jsem jsou k "
        "kde když která které který mezi mi na nad ne nebo než o od po pod podle pro proto před při s se si ta tak "
        "také tam ten to tu u už v ve však z za ze že"
    ),
    "el": _words(
        "ο η το οι τα του της των τον την και κι κ είναι ήταν να για από με σε στο στη στην στον στα στους στις που "
        "πως ότι θα δεν δε μην μη ως ή αν αλλά ένα ένας μια μία αυτό αυτός αυτή αυτά τους τις μας σας τι ποιος ποια "
        "ποιο έχει είχε"
    ),
    "hi": _words(
        "का के की को में से पर ने और या है हैं था थे थी हो होता होती होते कि जो यह ये वह वे इस उस इन उन एक भी ही तो "
        "कर करने किया गया गई गए लिए साथ द्वारा तक अपने अपनी अपना नहीं कौन क्या कब कहाँ"
    ),
    "pl": _words(
        "a aby ale albo bez bo by być był była było były co czy dla do gdy gdzie go i ich ile im ja jak jako je jego "
        "jej jest już która które który lub ma między mi na nad nie niż o od oraz po pod przed przez przy są się "
        "sobie ta tak także tam te tego tej ten to tu tych tym u w we wie z za ze że"
    ),
    "ro": _words(
        "a ai al ale am ar are as au că care ce cea cei cel cele cu de din după e ea ei el ele era este eu fi fie "
        "fost i în îi îl îmi își la le li lor lui mai ne nu o pe pentru prin s sa sale să se sunt și un una unei unor "
        "unui va vor"
    ),
    "tr": _words(
        "acaba ama ancak bazı belki ben bir biri birkaç biz bu bunu çok çünkü da daha de defa diye en gibi hem hep "
        "hepsi her için ile ise ki mı mi mu mü ne o olan olarak olduğu oldu onlar şey siz şu tüm ve veya ya yani"
    ),
    "uk": _words(
        "а або але б би був була було були в вже від він вона вони воно до для є ж за з зі і із й його її їх коли "
        "крім ми на над не ні о об од по під при про та так також те ти то тобто тому у усі це цей ця ці чи що щоб як "
        "який яка які"
    ),
    "vi": _words(
        "và của là các có được cho không trong với một những này đó để từ đã như khi vào ra ở tại về do bởi mà thì"
    ),
}
"""Stop words of languages for which tantivy has none."""
