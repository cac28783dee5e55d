"""How texts are made comparable before a name is looked for in them."""

import re
import unicodedata

_MARKS = re.compile(r"[™℠®©]")
_NOT_WORD = re.compile(r"[\W_]+")


def fold_accents(text: str) -> str:
    """Upper case, compatibility forms resolved (full-width letters too), accents removed.

    Trade-mark signs become a space first: their compatibility forms are letters, and `Kymriah™`
    would end as KYMRIAHTM.
    """
    if text.isascii():  # nearly every text, and nothing in it decomposes
        return text.upper()
    decomposed = unicodedata.normalize("NFKD", _MARKS.sub(" ", text))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).upper()


def normalise(text: str | None) -> str:
    """Fold accents and turn every run of punctuation and white space into one space.

    >>> normalise("Ciltacabtagene-autoleucel (Carvykti®)")
    'CILTACABTAGENE AUTOLEUCEL CARVYKTI'
    """
    return _NOT_WORD.sub(" ", fold_accents(text or "")).strip()


def squeeze(text: str) -> str:
    """The normalised text without spaces: `CTL-019`, `CTL 019` and `CTL019` are one name."""
    return normalise(text).replace(" ", "")
