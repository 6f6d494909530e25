"""Read WordNet 3.0 (Princeton University; free for any use): words of one meaning, opposites, and words of one kind.

Its files are `index.POS` and `data.POS`, as Debian's package wordnet-base and the publisher have them (wndb(5)).
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from evaluation.datasets.labelled_set import EvaluationError, explain

_PARTS = ("noun", "verb", "adj", "adv")
_ANTONYM, _HYPERNYM = "!", "@"
_MAX_SIBLINGS = 60
_MARKER = re.compile(r"\(.*\)")

Words = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class WordNet:
    """Words by word, single ones in lower case.

    `synonyms` and `siblings` (under the same hypernym) are of the most frequent sense; `antonyms` are of any.
    """

    synonyms: Words
    antonyms: Words
    siblings: Words


@dataclass(frozen=True, slots=True)
class _Synset:
    words: tuple[str, ...]
    pointers: tuple[tuple[str, str, int, int], ...]


def read_wordnet(folder: Path) -> WordNet:
    """Read the WordNet in a folder.

    Raises:
        EvaluationError: the folder does not hold one.
    """
    synonyms: dict[str, set[str]] = defaultdict(set)
    antonyms: dict[str, set[str]] = defaultdict(set)
    siblings: dict[str, set[str]] = defaultdict(set)
    try:
        for part in _PARTS:
            synsets = dict(_synsets(folder / f"data.{part}"))
            first = dict(_first_senses(folder / f"index.{part}"))
            _add_antonyms(synsets, antonyms)
            _add_synonyms(synsets, first, synonyms)
            _add_siblings(synsets, first, siblings)
    except (OSError, ValueError, IndexError, KeyError) as error:
        raise EvaluationError(f"{folder} does not hold WordNet 3.0: {explain(error)}.") from error
    return WordNet(*map(_frozen, (synonyms, antonyms, siblings)))


def _lines(file: Path) -> Iterator[list[str]]:
    for line in file.read_text(encoding="latin-1").splitlines():
        if not line.startswith(" "):  # the licence
            yield line.split(" | ", 1)[0].split()


def _synsets(file: Path) -> Iterator[tuple[str, _Synset]]:
    for fields in _lines(file):
        end = 4 + 2 * int(fields[3], 16)
        words = tuple(_MARKER.sub("", word).lower() for word in fields[4:end:2])
        rest = fields[end + 1 : end + 1 + 4 * int(fields[end])]
        pointers = tuple((rest[at], rest[at + 1], *divmod(int(rest[at + 3], 16), 256)) for at in range(0, len(rest), 4))
        yield fields[0], _Synset(words, pointers)


def _first_senses(file: Path) -> Iterator[tuple[str, str]]:
    """Yield the most frequent sense of each single word that was seen in WordNet's tagged texts."""
    for fields in _lines(file):
        count, tagged = int(fields[2]), int(fields[-int(fields[2]) - 1])
        if tagged and "_" not in fields[0]:
            yield fields[0], fields[-count]


def _add_antonyms(synsets: Mapping[str, _Synset], found: dict[str, set[str]]) -> None:
    for synset in synsets.values():
        for symbol, other, source, target in synset.pointers:
            if symbol == _ANTONYM and source and target:
                one, opposite = synset.words[source - 1], synsets[other].words[target - 1]
                if "_" not in one + opposite:
                    found[one].add(opposite)


def _add_synonyms(synsets: Mapping[str, _Synset], first: Mapping[str, str], found: dict[str, set[str]]) -> None:
    for word, sense in first.items():
        same = {other for other in synsets[sense].words if other != word and first.get(other) == sense}
        found[word] |= same


def _add_siblings(synsets: Mapping[str, _Synset], first: Mapping[str, str], found: dict[str, set[str]]) -> None:
    below: dict[str, list[str]] = defaultdict(list)
    above: dict[str, str] = {}
    for name, synset in synsets.items():
        for symbol, other, _, _ in synset.pointers:
            if symbol == _HYPERNYM:
                below[other].append(name)
                above[name] = other
    for word, sense in first.items():
        near = below[above[sense]][:_MAX_SIBLINGS] if sense in above else []
        found[word] |= {synsets[one].words[0] for one in near if one != sense and first.get(synsets[one].words[0])}


def _frozen(words: Mapping[str, set[str]]) -> Words:
    return {word: frozenset(others) for word, others in words.items() if others}


def inflected(table: Words, word: str) -> frozenset[str]:
    """Return what a table has for a word, or for its stem with the same regular ending: "increased", "decreased"."""
    found = set(table.get(word, ()))
    for ending in ("s", "ed", "d", "ing", "ly"):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            found |= {_with_ending(other, ending) for other in table.get(word.removesuffix(ending), ())}
    return frozenset(found - {word})


def _with_ending(word: str, ending: str) -> str:
    if ending in ("ed", "d"):
        return word + ("d" if word.endswith("e") else "ed")
    if ending == "ing":
        return word.removesuffix("e") + ending
    return word + ("es" if ending == "s" and re.search(r"(?:s|x|ch|sh)$", word) else ending)
