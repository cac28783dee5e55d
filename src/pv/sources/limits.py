"""What the reading of one file may take."""

from dataclasses import dataclass

# A workbook is read whole and unpacks up to thirtyfold. A share gives some MB a second.
_MEMORY_PER_BYTE = 64
_SECONDS_PER_MB = 2
# No file is so large that it may take more than so many times what a small one may.
_MOST = 4


@dataclass(frozen=True, slots=True)
class Limits:
    """Memory in bytes and seconds for a small file; a large one may take up to four times that."""

    memory: int = 1_000_000_000
    seconds: int = 300

    def of(self, size: int) -> "Limits":
        """The limits of a file of so many bytes."""
        return Limits(
            min(self.memory + _MEMORY_PER_BYTE * size, _MOST * self.memory),
            min(self.seconds + _SECONDS_PER_MB * (size >> 20), _MOST * self.seconds),
        )
