"""Read one part of the specification from its TOML file."""

import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from pv.errors import UsageError, every

SHIPPED = Path(__file__).parent

_Part = TypeVar("_Part", bound=BaseModel)


def read(file: Path, part: type[_Part], **instead: Any) -> _Part:
    """The part that a file holds, with some fields given `instead` of the file's.

    Raises `UsageError` naming the file and what is wrong in it.
    """
    try:
        given = tomllib.loads(file.read_text(encoding="utf-8"))
        return part.model_validate({**given, **instead})
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: not TOML in UTF-8 without byte order mark: {error}") from error
    except ValidationError as error:
        raise UsageError(
            f"{file}: {every(error.errors(), part.model_fields, file.stem)}"
        ) from error
