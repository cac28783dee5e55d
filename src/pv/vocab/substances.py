"""Other drugs by their active ingredient: one name for its salts, hydrates and US suffixes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pv.vocab import schema
from pv.vocab.reading import read
from pv.vocab.text import fold_accents

_CODE = re.compile(r"/\d{5,}/")  # WHODrug record number that AERS-era names carry
_SEPARATOR = re.compile(r"\\|\s/\s")  # as FAERS joins ingredients, and as we do
_LABELLED = re.compile(r"[^(]*\(([^()]*\\[^()]*)\)\s*")  # BRAND (INGREDIENT\INGREDIENT)
_JOINING = frozenset({"AND", "OR", "WITH", "PLUS", "W/", "&", "+"})
_SUFFIX = re.compile(r"-([A-Z]{4})$")
_SHORTEST_STEM = 8  # letters before a suffix; ABATACEPT is among the shortest biologic names
_START, _END = " /\"'", " /.,;\"'"  # a dot at the start belongs to the name (.ALPHA.-LIPOIC)


@dataclass(frozen=True, slots=True)
class Rules:
    """The words and names that folding goes by, from salt.csv and substance_alias.csv."""

    salts: frozenset[str]
    hydrates: frozenset[str]
    metals: frozenset[str]
    words: frozenset[str]
    forms: frozenset[str]
    kept: frozenset[str]
    aliases: dict[str, str | None]


def load(directory: Path | None = None) -> Rules:
    """Read the folding rules. Raises VocabularyError when a table is malformed."""
    kinds: dict[str, set[str]] = {}
    for row in read(schema.SALT, directory):
        kinds.setdefault(row.text("kind"), set()).add(fold_accents(row.text("word")))

    def of(*names: str) -> frozenset[str]:
        return frozenset().union(*(kinds.get(name, set()) for name in names))

    aliases = {
        fold_accents(row.text("name")): fold_accents(row["substance"] or "") or None
        for row in read(schema.SUBSTANCE_ALIAS, directory)
    }
    return Rules(
        salts=of("salt", "ester"),
        hydrates=of("hydrate"),
        metals=of("metal"),
        words=of("word"),
        forms=of("form"),
        kept=of("keep"),
        aliases=aliases,
    )


def no_substance(directory: Path | None = None) -> frozenset[str]:
    """The texts that stand where a substance should and name none."""
    return frozenset(name for name, substance in load(directory).aliases.items() if not substance)


def fold(name: str | None, rules: Rules | None = None) -> str | None:
    r"""The substance or combination that a name stands for, or None when it names none.

    `\` separates the ingredients of a combination; the folded ones are sorted, each once, and
    joined by ' / '. Of a brand with its ingredients in brackets, the ingredients count.

    >>> fold("Hydrochlorothiazide\\Amlodipine Besylate")
    'AMLODIPINE / HYDROCHLOROTHIAZIDE'
    >>> fold("Sodium Chloride")
    'SODIUM CHLORIDE'
    """
    rules = rules or load()
    if name is None:
        return None
    text = _CODE.sub(" ", fold_accents(name))
    if labelled := _LABELLED.fullmatch(text):
        text = labelled[1]
    parts = {_fold_one(part, rules) for part in _SEPARATOR.split(text)}
    return " / ".join(sorted(part for part in parts if part)) or None


def fold_many(values: Sequence[str | None], directory: Path | None = None) -> list[str | None]:
    """Fold each value; meant for the distinct names of a source."""
    rules = load(directory)
    return [fold(value, rules) for value in values]


def _fold_one(part: str, rules: Rules) -> str | None:
    name = " ".join(part.split()).lstrip(_START).rstrip(_END)
    if name in rules.aliases:
        return rules.aliases[name]
    while (shorter := _without_salt(_without_suffix(name, rules), rules)) != name:
        name = shorter
    return rules.aliases.get(name, name) or None


def _without_suffix(name: str, rules: Rules) -> str:
    """Drop FDA's four-letter biologic suffix; L-DOPA and K-PHOS are too short to have one."""
    found = _SUFFIX.search(name)
    if found and found[1] not in rules.words and found.start() >= _SHORTEST_STEM:
        return name[: found.start()]
    return name


def _without_salt(name: str, rules: Rules) -> str:
    """Drop water of crystallisation, then counter-ions, from the end of the name.

    A name that begins with a metal is itself the drug (SODIUM CHLORIDE, LITHIUM CARBONATE,
    SODIUM LAURYL SULFATE), and loses its water only. A last word that is joined to the rest
    (VITAMIN C AND ZINC) is an ingredient and no counter-ion.
    """
    words = name.split()
    if name in rules.kept:
        return name
    while len(words) > 1 and words[-1] in rules.hydrates:
        words.pop()
    while (
        len(words) > 1
        and words[-1] in rules.salts
        and words[0] not in rules.metals
        and words[-2] not in _JOINING
        and " ".join(words) not in rules.kept
    ):
        words.pop()
    return " ".join(words).rstrip(_END)
