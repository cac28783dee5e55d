"""A new home: its folders, its settings to be filled in, and the headers of the tables of its own.

What is there already stays as it is.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import ByteSize
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from pv.dictionary.fields import FIELDS
from pv.errors import UsageError
from pv.settings import Home, Settings
from pv.sources import own_tables
from pv.sources.registry import SOURCES
from pv.vocab.schema import TABLES

_SETTINGS_HEAD = """\
# Settings of this home. Each line that begins with "# name =" shows what holds without it: take the
# mark away to set another value. A variable of the environment (POOLVIGIL_NAME) wins.
# docs/operators.md says more of each.
"""
_README = """\
Headers of the tables that you may fill. Copy one to the place that is named, and add rows.

to inbox/exposure/ and inbox/background/ (any name ending with .csv):
{sources}
to vocab/ (the same name; rows of yours go before those that are shipped; docs/vocabulary.md):
{vocabulary}"""


def begin(root: Path) -> list[Path]:
    """Make what a home lacks; returns what was made. Raises `UsageError` for a file."""
    if root.exists() and not root.is_dir():
        raise UsageError(f"{root} is a file; name a folder for the home")
    home = Home(root)
    made: list[Path] = []
    folders = [home.root, home.inbox, *(home.inbox / source.key for source in SOURCES)]
    for folder in (*folders, home.root / "spec", home.root / "vocab", home.root / "templates"):
        if not folder.is_dir():
            folder.mkdir(parents=True)
            made.append(folder)
    for name, content in _files():
        file = home.root / name
        if not file.exists():
            file.parent.mkdir(exist_ok=True)
            file.write_text(content, encoding="utf-8")
            made.append(file)
    return made


def refuse_misplaced(root: Path) -> None:
    """Raise `UsageError` for a folder without inbox/ that is one itself, or holds what belongs
    there."""
    if root.resolve().name == "inbox":
        raise UsageError(f"{root} is an inbox: name the folder that holds it with --home")
    for source in SOURCES:
        if (root / source.key).is_dir():
            raise UsageError(f"{root} holds {source.key}/ itself: put it into {root}/inbox/")


def _files() -> Iterator[tuple[str, str]]:
    yield "poolvigil.toml", settings()
    layouts = {"exposure": own_tables.EXPOSURE_LAYOUT, "background": own_tables.BACKGROUND_LAYOUT}
    for name, layout in layouts.items():
        yield f"templates/{name}.csv", _header((*layout.required, *layout.optional))
    for name, table in TABLES.items():
        yield f"templates/vocab/{name}.csv", _header(tuple(c.name for c in table.columns))
    sources = "".join(
        f"  {name}.csv\n{_meanings((*layout.required, *layout.optional))}"
        for name, layout in layouts.items()
    )
    vocabulary = "".join(f"  {name}.csv\n" for name in TABLES)
    yield "templates/README.txt", _README.format(sources=sources, vocabulary=vocabulary)


def settings() -> str:
    """poolvigil.toml with every setting as a comment: what it is, and what holds without it."""
    return _SETTINGS_HEAD + "".join(
        f"\n# {field.description}\n# {name} = {_default(field)}\n"
        for name, field in Settings.model_fields.items()
    )


def _default(field: FieldInfo) -> str:
    """As TOML says it; of what has no fixed default, that it is not set."""
    value = field.default
    if value is PydanticUndefined or value is None:
        return "(not set)"
    if isinstance(value, ByteSize):
        return f'"{value.human_readable(decimal=True, separator="")}"'
    return json.dumps(value)


def _header(names: tuple[str, ...]) -> str:
    return f"{','.join(names)}\n"


def _meanings(names: tuple[str, ...]) -> str:
    return "".join(f"    {name:15} {FIELDS[name].describe()}\n" for name in names)
