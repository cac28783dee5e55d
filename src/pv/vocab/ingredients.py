"""The ingredient of each drug as reported, and how sure it is that the name is one.

A name that is no known ingredient is looked for among the names that other rows of the same data
write beside an ingredient: quarters since 2014 tell what the brands of the quarters before hold.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pv.vocab import areas, products, substances
from pv.vocab.substances import Rules
from pv.vocab.text import fold_accents

# product is decided elsewhere (pv.vocab.products); see core.drug_resolution.
Basis = Literal["ingredient", "known_name", "own_name", "no_drug"]

# A name means an ingredient when nine in ten of the texts that give both say so.
_AGREED = 0.9
_BRACKETED = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_STRENGTH = re.compile(
    r"\b\d[\d.,]*\s*(?:MG|MCG|UG|G|GM|KG|ML|CC|L|IU|U|UNITS?|MEQ|MMOL|MCI|%|PERCENT)?"
    r"(?:\s*/\s*\d*[\d.,]*\s*(?:MG|MCG|ML|G|H|HR|HOUR|DAY|DOSE|ACTUATION))?(?![A-Z0-9])"
)
_JOINTS = re.compile(r"\s*(?:/|\+|&|,|;|\bAND\b|\bWITH\b|\bPLUS\b)\s*")


@dataclass(frozen=True, slots=True)
class Resolved:
    """The substance that a drug counts as, None where none is named, and by what it was found."""

    substance: str | None
    basis: Basis


def resolve(
    texts: Sequence[tuple[str | None, str | None]], directory: Path | None = None
) -> list[Resolved]:
    """The substance of each (drug as reported, active ingredient).

    The ingredient where one is given; else what the drug as reported is known to hold; else its own
    name, folded. Meant for all distinct texts at once: they teach one another.
    """
    rules = substances.load(directory)
    folded = [(substances.fold(a, rules), substances.fold(b, rules)) for a, b in texts]
    known = _Known(
        {ingredient for _, ingredient in folded if ingredient} | _of_vocabulary(rules, directory),
        _learned(folded),
        rules,
    )
    return [_resolved(text, pair, known) for (text, _), pair in zip(texts, folded, strict=True)]


def _resolved(text: str | None, folded: tuple[str | None, str | None], known: "_Known") -> Resolved:
    name, ingredient = folded
    if ingredient:
        return Resolved(ingredient, "ingredient")
    if not name:
        return Resolved(None, "no_drug")
    found = known.ingredient(name, text or "")
    return Resolved(found, "known_name") if found else Resolved(name, "own_name")


def _of_vocabulary(rules: Rules, directory: Path | None) -> set[str]:
    """Names of ingredients that the vocabulary has."""
    named: set[str | None] = set(rules.aliases.values())
    named |= {substances.fold(str(row["substance"]), rules) for row in areas.rows(directory)}
    named |= {substances.fold(p.substance, rules) for p in products.load(directory)}
    return {name for name in named if name}


def _learned(folded: Iterable[tuple[str | None, str | None]]) -> dict[str, str]:
    """The ingredient of each name that is written beside one, where nearly all texts agree."""
    seen: dict[str, Counter[str]] = {}
    for name, ingredient in folded:
        if name and ingredient:
            seen.setdefault(name, Counter())[ingredient] += 1
    learned: dict[str, str] = {}
    for name, counts in seen.items():
        ingredient, n = counts.most_common(1)[0]
        if n >= _AGREED * counts.total():
            learned[name] = ingredient
    return learned


@dataclass(frozen=True, slots=True)
class _Known:
    """Which names are ingredients, and which names mean one."""

    ingredients: set[str]
    learned: Mapping[str, str]
    rules: Rules

    def ingredient(self, name: str, text: str) -> str | None:
        """Of the folded name, else of the parts of the text that may be a name."""
        if found := self._one(name) or self._several(fold_accents(text)):
            return found
        for part in self._parts(fold_accents(text)):
            folded = substances.fold(part, self.rules)
            if folded and (found := self._one(folded) or self._several(part)):
                return found
        return None

    def _one(self, name: str) -> str | None:
        if name in self.ingredients:
            return name
        return self.learned.get(name) or self._together(name.split(" / "))

    def _several(self, text: str) -> str | None:
        """A combination that is written with other joints than ours."""
        parts = [substances.fold(part, self.rules) or "" for part in _JOINTS.split(text)]
        return self._together([part for part in parts if part])

    def _together(self, parts: Sequence[str]) -> str | None:
        """A combination of which every part is known."""
        found = [self._one(part) for part in parts] if len(parts) > 1 else []
        if not all(found):
            return None
        return (
            " / ".join(sorted({one for name in found if name for one in name.split(" / ")})) or None
        )

    def _parts(self, text: str) -> Iterator[str]:
        """The text without strengths and forms; without brackets; what is in the brackets."""
        plain = self._without_form(text)
        outside = self._without_form(_BRACKETED.sub(" ", text))
        inside = (self._without_form(part) for part in _BRACKETED.findall(text))
        yield from dict.fromkeys((plain, outside, *inside))

    def _without_form(self, text: str) -> str:
        words = _STRENGTH.sub(" ", text).replace(".", " ").split()
        while len(words) > 1 and words[-1].strip(",;") in self.rules.forms:
            words.pop()
        return " ".join(words).strip(" ,;-")
