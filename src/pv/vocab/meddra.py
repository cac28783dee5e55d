"""MedDRA of the licensee's own files: names and codes to the preferred term of today, SOC, SMQ.

The files lie in the home's folder vocab/meddra/, those of a version together or in a folder of
their own. Nothing of MedDRA is shipped.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from pv.vocab.errors import VocabularyError

FOLDER = "meddra"
_VERSION = re.compile(r"v?(\d{1,3}(?:\.\d)?)(?:\D.*)?")
_CODE = re.compile(r"\d{8}")
_NARROW, _PT, _LLT, _CHILD = "2", "4", "5", "0"
# Fields of the files that are read: how many a line has, without the delimiter at its end.
_WIDTH = {"llt": 11, "pt": 4, "mdhier": 12, "smq_list": 9, "smq_content": 9}
# Descriptions of llt.asc differ in the order of its last two fields: which of them says Y or N.
_CURRENCY = (9, 10)

Line = list[str]


@dataclass(frozen=True, slots=True)
class Smq:
    """A standardised query with its narrow terms."""

    code: str
    name: str
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dictionary:
    """What MedDRA says, by the newest version that is there.

    `names` leads every name of a term, former ones too, to its preferred term; `codes` every code;
    `soc` each preferred term to its primary system organ class.
    """

    versions: tuple[str, ...]
    names: Mapping[str, str]
    codes: Mapping[str, str]
    soc: Mapping[str, str] = field(default_factory=dict)
    smqs: tuple[Smq, ...] = ()


def files(directory: Path | None) -> list[Path]:
    """Every file that is read, for the fingerprint of the vocabulary."""
    return [
        path
        for _, folder in _versions(directory)
        for path in sorted(folder.iterdir())
        if path.name.lower() in _READ
    ]


def load(directory: Path | None) -> Dictionary | None:
    """The dictionary of a home's vocab folder; None where it has none. Raises VocabularyError."""
    stamp = tuple((path, path.stat().st_mtime_ns, path.stat().st_size) for path in files(directory))
    return _load(directory, stamp) if stamp else None


@lru_cache(maxsize=1)
def _load(directory: Path, stamp: object) -> Dictionary:
    versions = _versions(directory)
    names: dict[str, str] = {}
    codes: dict[str, str] = {}
    for _, folder in versions:  # the newest comes last and is right
        preferred = {pt[0]: pt[1] for pt in _lines(folder, "pt")}
        terms = [(llt[0], llt[1], llt[2]) for llt in _low_level(folder)]
        terms += [(code, name, code) for code, name in preferred.items()]
        for code, name, pt in terms:
            if pt not in preferred:
                raise VocabularyError(
                    f"term {code} belongs to {pt}, which is not in pt.asc", folder / "llt.asc"
                )
            names[name] = codes[code] = preferred[pt]
    newest = versions[-1][1]
    # What a name of an older version means is what its code means today.
    for _, folder in versions[:-1]:
        for code, name, *_ in (*_low_level(folder), *_lines(folder, "pt")):
            names[name] = codes[code]
    return Dictionary(
        tuple(version for version, _ in versions), names, codes, _soc(newest), _smqs(newest, codes)
    )


def _versions(directory: Path | None) -> list[tuple[str, Path]]:
    """(version, folder) of each version, the newest last."""
    root = directory / FOLDER if directory else None
    if root is None or not root.is_dir():
        return []
    folders = [folder for folder in (root, *sorted(root.iterdir())) if _file(folder, "pt")]
    if not folders:
        raise VocabularyError("no pt.asc: put the files of a MedDRA version there", root)
    found = [(_version(folder), folder) for folder in folders]
    return sorted(found, key=lambda each: [int(part) for part in each[0].split(".")])


def _version(folder: Path) -> str:
    release = _file(folder, "meddra_release")
    text = release.read_text(encoding="utf-8-sig", errors="replace") if release else folder.name
    if found := _VERSION.match(text.strip()):
        return found[1]
    raise VocabularyError(
        "no version: keep meddra_release.asc with the files, or name the folder 27.1", folder
    )


def _file(folder: Path, stem: str) -> Path | None:
    if not folder.is_dir():
        return None
    return next((p for p in folder.iterdir() if p.name.lower() == f"{stem}.asc"), None)


def _lines(folder: Path, stem: str, *, needed: bool = True) -> Iterator[Line]:
    path = _file(folder, stem)
    if path is None:
        if needed:
            raise VocabularyError(f"no {stem}.asc", folder)
        return
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        text = path.read_text(encoding="latin-1")
    except OSError as error:
        raise VocabularyError(f"cannot be read: {error}", path) from error
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        fields = [cell.strip() for cell in line.removesuffix("$").split("$")]
        if len(fields) < _WIDTH[stem] - (stem == "llt") or not _CODE.fullmatch(fields[0]):
            raise VocabularyError(
                f"{len(fields)} fields, or no code of eight digits in front, where a line of "
                f"{stem}.asc has {_WIDTH[stem]}",
                path,
                number,
            )
        yield fields


def _low_level(folder: Path) -> list[Line]:
    """The lines of llt.asc, once it is clear which of its last fields says what is current."""
    lines = [line + [""] * (11 - len(line)) for line in _lines(folder, "llt")]
    for place in _CURRENCY:
        if lines and all(line[place] in ("Y", "N") for line in lines):
            return lines
    raise VocabularyError(
        "neither its tenth nor its eleventh field says Y or N in every line: which terms are "
        "current is not clear; compare the file with MedDRA's distribution file document",
        folder / "llt.asc",
    )


def _soc(folder: Path) -> dict[str, str]:
    return {line[4]: line[7] for line in _lines(folder, "mdhier", needed=False) if line[11] == "Y"}


def _smqs(folder: Path, codes: Mapping[str, str]) -> tuple[Smq, ...]:
    """The active queries that have narrow terms, those of their parts included."""
    content: dict[str, list[Line]] = {}
    for line in _lines(folder, "smq_content", needed=False):
        content.setdefault(line[0], []).append(line)
    found = (
        Smq(line[0], line[1], tuple(sorted(_narrow(line[0], content, codes, ()))))
        for line in _lines(folder, "smq_list", needed=False)
        if line[7] == "A"
    )
    return tuple(smq for smq in found if smq.events)


def _narrow(
    code: str, content: Mapping[str, Sequence[Line]], codes: Mapping[str, str], path: Sequence[str]
) -> set[str]:
    if code in path:  # a query that contains itself adds nothing
        return set()
    events: set[str] = set()
    for line in content.get(code, ()):
        _, term, level, scope, _, _, status, *_ = line
        if status != "A":
            continue
        if level == _CHILD:
            events |= _narrow(term, content, codes, (*path, code))
        elif level in (_PT, _LLT) and scope == _NARROW and term in codes:
            events.add(codes[term])
    return events


_READ = {f"{stem}.asc" for stem in (*_WIDTH, "meddra_release")}
