"""Rows whose quoted fields hold line ends, as one line each."""

import re
from collections.abc import Iterator
from pathlib import Path

from pv.sources.textfile import BLANK, HEAD_LINES, MAX_LINE, OVERLONG, TextFacts

_QUOTE = b'"'


def fold(text: Path, facts: TextFacts, begins: str) -> Path:
    """Write clean text anew, each row on its first line; returns the new file.

    Its other lines are blank, so that rows keep the numbers of their lines, and `facts` counts them
    as such. A row whose quote is not closed ends where the next one `begins`, and is for the
    quarantine; one longer than MAX_LINE becomes OVERLONG.
    """
    folded = text.with_suffix(".folded.txt")
    facts.head, facts.blank = [], 0
    with text.open("rb") as lines, folded.open("wb") as out:
        for row, more in _rows(lines, re.compile(begins.encode())):
            if len(facts.head) < HEAD_LINES:
                facts.remember([row.decode() if row not in (BLANK, OVERLONG) else ""])
            facts.blank += more + (row == BLANK)
            out.write(row + b"\n" + (BLANK + b"\n") * more)
    text.unlink()
    return folded


def _rows(lines: Iterator[bytes], begins: re.Pattern[bytes]) -> Iterator[tuple[bytes, int]]:
    """Each row, and how many lines it has after its first."""
    held: list[bytes] = []
    size, more = 0, -1
    for ended in lines:
        line = ended.rstrip(b"\n")
        odd = line.count(_QUOTE) % 2
        if held and begins.match(line):
            yield _joined(held, size), more
            held, size, more = [], 0, -1
        if not held and not odd:
            yield line, 0
            continue
        more += 1
        if size <= MAX_LINE:
            held.append(b" " if line == BLANK else line)
            size += len(line) + 1
            size += (MAX_LINE + 1) * (line == OVERLONG)
        if odd and more:
            yield _joined(held, size), more
            held, size, more = [], 0, -1
    if held:
        yield _joined(held, size), more


def _joined(held: list[bytes], size: int) -> bytes:
    return b" ".join(held) if size <= MAX_LINE else OVERLONG
