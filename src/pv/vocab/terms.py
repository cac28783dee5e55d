"""Terms of reactions: one event for its spellings, names in other languages and former names."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pv.vocab import meddra, schema
from pv.vocab.reading import read

# Letters that British spelling has and American has not. Of keys alone, which nobody reads: that
# TOE and HOUR lose theirs too makes no two terms of medicine the same.
_AMERICAN: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(british), american)
    for british, american in (
        (r"[ao]e", "e"),
        (r"our\b", "or"),
        (r"is(e|ed|es|ing|ations?)\b", r"iz\1"),
        (r"ys(e|ed|es|ing)\b", r"yz\1"),
        (r"sulph", "sulf"),
        (r"\b(cent|fib|lit|tit)re\b", r"\1er"),
    )
)
_DASHES = re.compile(r"[-\u2010-\u2015\u2212]")
_APOSTROPHES = re.compile(r"[`\u00b4\u02bc\u2018\u2019]")
_CODE = re.compile(r"(?:MEDDRA )?(1\d{7})")


@dataclass(frozen=True, slots=True)
class Coded:
    """The event of a term, and by what: a row of term_alias.csv, a name or code of MedDRA, or its
    own spelling."""

    event: str
    basis: str


def fold(term: str) -> str:
    """What is the same of two spellings of a term: letters without case, width and accents, blanks
    and hyphens, and American for British spelling. Singular and plural stay apart.

    >>> fold("GUILLAIN BARRE SYNDROME") == fold("Guillain-Barré syndrome")
    True
    >>> fold("Oedema, peripheral") == fold("Edema, peripheral")
    True
    """
    text = term
    if not term.isascii():
        composed = unicodedata.normalize("NFKC", term)
        text = "".join(map(_without_accent, composed))
        text = _APOSTROPHES.sub("'", text)
    text = " ".join(_DASHES.sub(" ", text.lower()).split())
    for british, american in _AMERICAN:
        text = british.sub(american, text)
    return text


def _without_accent(letter: str) -> str:
    """A Latin letter alone: of kana a mark makes another letter."""
    first = unicodedata.normalize("NFD", letter)[0]
    return first if first.isascii() else letter


def coder(directory: Path | None, known: Iterable[str] = ()) -> "Coder":
    """What codes terms: the home's and the shipped aliases, MedDRA where the home has it.

    `known` are the events that the vocabulary names. Raises VocabularyError.
    """
    rows = read(schema.TERM_ALIAS, directory)
    aliases = {fold(row.text("term")): row.text("event") for row in rows}
    return Coder(aliases, meddra.load(directory), tuple(known))


@dataclass(frozen=True, slots=True)
class Coder:
    """Codes the distinct terms of all sources at once, so that one event has one spelling."""

    aliases: Mapping[str, str]
    dictionary: meddra.Dictionary | None
    known: tuple[str, ...]

    def code(self, terms: Sequence[str]) -> list[Coded]:
        """The event of each term, in order."""
        names = {fold(name): event for name, event in self._names()}
        found = [self._one(term, names) for term in terms]
        keys = [fold(coded.event) for coded in found]
        spelled: dict[str, set[str]] = {}
        for key, coded in zip(keys, found, strict=True):
            spelled.setdefault(key, set()).add(coded.event)
        chosen = {key: min(events, key=_rank) for key, events in spelled.items()}
        # The vocabulary and MedDRA have the right spelling, whatever sources write. What the home
        # wrote in capitals is a name and no spelling.
        spelt = sorted((e for e in self.known if not e.isupper()), key=_rank, reverse=True)
        chosen |= {fold(event): event for event in spelt}
        chosen |= {fold(event): event for event in self._preferred()}
        return [
            Coded(_capital(chosen[key]), coded.basis)
            for key, coded in zip(keys, found, strict=True)
        ]

    def soc(self, events: Iterable[str]) -> dict[str, str]:
        """The primary system organ class of each event that MedDRA has."""
        known = self.dictionary.soc if self.dictionary else {}
        return {event: known[event] for event in events if event in known}

    def _preferred(self) -> Iterable[str]:
        return self.dictionary.codes.values() if self.dictionary else ()

    def _names(self) -> Iterable[tuple[str, str]]:
        return self.dictionary.names.items() if self.dictionary else ()

    def _one(self, term: str, names: Mapping[str, str]) -> Coded:
        key = fold(term)
        # An alias may lead to a former name, which MedDRA knows.
        if event := self.aliases.get(key):
            same = key == fold(event)
            return Coded(names.get(fold(event), event), "spelling" if same else "alias")
        if event := names.get(key):
            return Coded(event, "meddra_name")
        code = _CODE.fullmatch(term.strip().upper())
        if code and self.dictionary and (event := self.dictionary.codes.get(code[1])):
            return Coded(event, "meddra_code")
        return Coded(" ".join(term.split()), "spelling")


def _capital(term: str) -> str:
    return term[:1].upper() + term[1:]


def _rank(term: str) -> tuple[object, ...]:
    """The smallest is the best: sentence case, British, without accents, with hyphens."""
    capitals = sum("A" <= letter <= "Z" for letter in term[1:])
    return capitals, not term.isascii(), -len(term), _DASHES.sub("\x01", term)
