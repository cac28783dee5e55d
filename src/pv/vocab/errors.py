"""The error of a vocabulary table that cannot be used."""

from pathlib import Path

from pv.errors import PoolvigilError


class VocabularyError(PoolvigilError):
    """A vocabulary table is malformed or contradicts itself; the message names file and line."""

    exit_code = 2

    def __init__(self, message: str, path: Path | None = None, line: int | None = None) -> None:
        place = (
            "" if path is None else f"{path.name}: " if line is None else f"{path.name}:{line}: "
        )
        super().__init__(place + message)
        self.path = path
        self.line = line
