"""Any text file to clean UTF-8, in bounded memory and without touching the number of lines.

The files have no escaping, so a control character is never data: it becomes a blank, which also
frees the control characters below to mark lines.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

# A line of a safety report is a few kB; one over this is a file without line ends, or hostile.
MAX_LINE = 1 << 20

# These stand for a whole line in the clean file, so that its lines keep their numbers.
BLANK = b"\x01"
OVERLONG = b"\x02"
NOT_TEXT = b"\x04"
HEAD_LINES = 1000

_BOM = b"\xef\xbb\xbf"
_CONTROL = bytes(i for i in range(32) if i != 10) + b"\x7f"
_TAB = 9
_TO_BLANKS = bytes.maketrans(_CONTROL, b" " * len(_CONTROL))
_BUT_TABS = bytes(_TAB if i == _TAB else to for i, to in enumerate(_TO_BLANKS))
# Latin-1 has control characters here as well.
_LATIN1 = "latin-1"
# In these every byte is a character, so that a line can be read on its own.
_BY_LINE = (_LATIN1, "cp1252")
_C1_TO_BLANKS = dict.fromkeys(range(128, 160), " ")
# FDA's lists and some copies of its tables hold lines of one blank or one `$`.
_BLANK_LINE = re.compile(rb"\n *\$? *(?=\n)")


@dataclass(slots=True)
class TextFacts:
    """What was seen in a text file.

    `lines` counts all lines, `blank` those with nothing but blanks and at most one `$`; `head`
    holds the first lines (at most HEAD_LINES) as text, '' for one too long; lines that were not
    UTF-8 were read as Latin-1 (or cp1252) and are counted. `encoding` is that of the lines.
    """

    head: list[str] = field(default_factory=list)
    lines: int = 0
    blank: int = 0
    latin1: int = 0
    first_latin1: int = 0
    encoding: str = "utf-8"

    def remember(self, lines: list[str]) -> None:
        """Keep them, as far as the head reaches."""
        self.head += lines[: HEAD_LINES - len(self.head)]

    def notes(self) -> list[str]:
        """What an operator should know of the file's encoding."""
        if not self.latin1:
            return []
        return [f"not UTF-8, read as Latin-1: {self.latin1} lines, first line {self.first_latin1}"]


def normalise(
    stream: BinaryIO, target: Path, other: str = _LATIN1, *, tabs: bool = False
) -> TextFacts:
    """Write the clean text of `stream` to `target`, one line for each line, and tell what it was.

    A line ends with LF, CRLF or CR, also when a file mixes them; the clean text has LF alone. BOM
    off, control characters to blanks (`tabs` stay where they part fields); a blank line becomes
    BLANK and one longer than MAX_LINE bytes OVERLONG. `other` is the encoding of what is not UTF-8.
    Every byte is Latin-1 (or cp1252), so that one line of a file may be; any other encoding is that
    of the whole file, as its first line says, and a line that it cannot be becomes NOT_TEXT.
    """
    facts = TextFacts()
    with target.open("wb") as out:
        for piece in _pieces(stream):
            if piece is None:
                facts.lines += 1
                facts.remember([""])
                out.write(OVERLONG + b"\n")
                continue
            clean = _clean(piece, facts, other, _BUT_TABS if tabs else _TO_BLANKS)
            if len(facts.head) < HEAD_LINES:
                facts.remember(clean.decode().split("\n")[:-1])
            marked, blanks = _BLANK_LINE.subn(b"\n" + BLANK, b"\n" + clean)
            facts.blank += blanks
            facts.lines += clean.count(b"\n")
            out.write(memoryview(marked)[1:])
    return facts


def _pieces(stream: BinaryIO) -> Iterator[bytes | None]:
    """Whole lines, many at a time; None stands for a line that is too long.

    A block is as long as the longest line allowed, so only a line that crosses blocks can be
    longer: no line needs to be looked at on its own.
    """
    rest = b""
    skipping = False
    for part in _with_line_feeds(stream):
        block = part
        first_end = block.find(b"\n")
        reach = len(block) if first_end < 0 else first_end
        if skipping or len(rest) + reach > MAX_LINE:
            rest = b""
            skipping = first_end < 0
            if skipping:
                continue
            yield None
            block = block[first_end + 1 :]
        cut = block.rfind(b"\n") + 1
        if cut:
            yield rest + block[:cut]
            rest = block[cut:]
        else:
            rest += block
    if skipping:
        yield None
    elif rest:
        yield rest + b"\n"


def _with_line_feeds(stream: BinaryIO) -> Iterator[bytes]:
    """The stream in blocks in which every line end is LF; a CRLF that crosses blocks is one."""
    held = b""
    while block := stream.read(MAX_LINE):
        block = held + block
        held = b"\r" if block.endswith(b"\r") else b""
        block = block[: len(block) - len(held)]
        if block:
            yield block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if held:
        yield b"\n"


def _clean(piece: bytes, facts: TextFacts, other: str, table: bytes) -> bytes:
    """The piece as UTF-8 without control characters, line for line."""
    if facts.lines == 0:
        while piece.startswith(_BOM):
            piece = piece[len(_BOM) :]
        if other not in _BY_LINE and _decoded(piece.partition(b"\n")[0], "utf-8") is None:
            facts.encoding = other
    # In no encoding that is read here is a control character part of another one.
    piece = piece.translate(table)
    text = _decoded(piece, facts.encoding)
    if text is None:
        return _mend(piece, facts, other)
    return piece if facts.encoding == "utf-8" else text.translate(_C1_TO_BLANKS).encode()


def _mend(piece: bytes, facts: TextFacts, other: str) -> bytes:
    lines = piece.split(b"\n")
    for i, line in enumerate(lines):
        text = _decoded(line, facts.encoding)
        if text is None and other in _BY_LINE:
            text = line.decode(other, errors="replace").replace("\ufffd", " ")
            facts.first_latin1 = facts.first_latin1 or facts.lines + i + 1
            facts.latin1 += 1
        elif text is not None and facts.encoding == "utf-8":
            continue
        lines[i] = NOT_TEXT if text is None else text.translate(_C1_TO_BLANKS).encode()
    return b"\n".join(lines)


def _decoded(line: bytes, encoding: str) -> str | None:
    try:
        return line.decode(encoding)
    except UnicodeDecodeError:
        return None
