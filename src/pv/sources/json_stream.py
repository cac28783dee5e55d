"""Reports out of JSON as a stream: pages `{meta, results}`, and lines of one report each.

Numbers stay text, as they are written. No more than one report is in memory.
"""

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from pv.errors import FileProblemError
from pv.sources.r2 import Found

# The largest report seen has 160 kB; one over this is no report.
MAX_REPORT = 8 << 20
_BLOCK = 1 << 20
_BLANKS = re.compile(r"[ \t\r\n]*")
# A byte that is not UTF-8 is decoded as one of these.
_STRAY = re.compile("[\udc80-\udcff]")
_PAGE = re.compile(r'\{\s*"(?:meta|results)"')
_NOT_UTF8 = ("not_json", "it is not UTF-8")
_AGAIN = "fetch it again from the interface"


@dataclass(slots=True)
class Facts:
    """What was seen beside the reports: the page's `meta`, null for JSON lines."""

    meta: Mapping[str, Any] | None = None
    is_page: bool = False
    rows: int = 0


def _constant(name: str) -> str:
    """NaN and Infinity are no JSON."""
    raise ValueError(name)


_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=_constant)


def read_reports(stream: BinaryIO, facts: Facts) -> Iterator[Found]:
    """Every result of a page, or every line that is not blank; `facts` is filled meanwhile.

    Raises:
        FileProblemError: it is not JSON, is cut, is nested too deeply or is no page of reports. A
            broken one of JSON lines breaks nothing but itself.
    """
    text = _Text(stream)
    if text.next_mark() != "{":
        raise _not_json("it does not begin with {", text)
    facts.is_page = bool(_PAGE.match(text.buffer, text.place))
    for found in _results(text, facts) if facts.is_page else _lines(text):
        facts.rows += 1
        yield found


@dataclass(slots=True)
class _Text:
    """The stream as text: what has been read from `place` on is still to be looked at."""

    stream: BinaryIO
    buffer: str = ""
    place: int = 0
    ended: bool = False
    _line: int = 1
    _counted: int = 0
    _decoder: codecs.IncrementalDecoder = field(
        default_factory=lambda: codecs.getincrementaldecoder("utf-8-sig")("surrogateescape")
    )

    def fill(self) -> bool:
        """Read on; False at the end."""
        if self.ended:
            return False
        block = self.stream.read(_BLOCK)
        self.ended = not block
        self.at_line()
        self.buffer = self.buffer[self.place :] + self._decoder.decode(block, final=self.ended)
        self.place = self._counted = 0
        return True

    def at_line(self) -> int:
        """The line of the file that `place` is on."""
        self._line += self.buffer.count("\n", self._counted, self.place)
        self._counted = self.place
        return self._line

    def next_mark(self) -> str:
        """The next character that is no blank, '' at the end."""
        while True:
            blanks = _BLANKS.match(self.buffer, self.place)
            assert blanks, "no blank is enough"
            self.place = blanks.end()
            if self.place < len(self.buffer):
                return self.buffer[self.place]
            if not self.fill():
                return ""

    def take(self, mark: str) -> None:
        """Go on behind a character that must come next."""
        if self.next_mark() != mark:
            raise _not_json(f"there is no {mark}", self)
        self.place += 1

    def value(self) -> tuple[Any, bool]:
        """The value that comes next, however many blocks it spans, and whether it is UTF-8."""
        self.next_mark()
        while True:
            try:
                value, end = _DECODER.raw_decode(self.buffer, self.place)
                # A number may go on in the next block.
                if end < len(self.buffer) or self.ended:
                    is_utf8 = not _STRAY.search(self.buffer, self.place, end)
                    self.place = end
                    return value, is_utf8
            except RecursionError:
                raise FileProblemError(
                    "nested_too_deep", f"line {self.at_line()}: values inside values", _AGAIN
                ) from None
            except ValueError as error:
                if self.ended:
                    raise _not_json(_what(error, self.buffer), self) from None
            if len(self.buffer) - self.place > MAX_REPORT:
                raise FileProblemError(
                    "report_too_large",
                    f"line {self.at_line()}: no report ends within {MAX_REPORT >> 20} MB",
                    _AGAIN,
                )
            self.fill()


def _results(text: _Text, facts: Facts) -> Iterator[Found]:
    """The members of `results`; what follows the page must be blank."""
    has_results = False
    for key in _keys(text):
        if key != "results":
            value, _ = text.value()
            if key == "meta" and isinstance(value, Mapping):
                facts.meta = value
            continue
        has_results = True
        if text.next_mark() != "[":
            raise FileProblemError("no_reports", "its results are no list", _AGAIN)
        text.place += 1
        line = 0
        while text.next_mark() != "]":
            if line:
                text.take(",")
                text.next_mark()
            line = max(text.at_line(), line + 1)
            value, is_utf8 = text.value()
            yield Found(line, value) if is_utf8 else Found(line, problem=_NOT_UTF8)
        text.place += 1
    if text.next_mark():
        raise _not_json("something follows the page", text)
    if not has_results:
        raise FileProblemError("no_reports", "there are no results in the page", _AGAIN)


def _keys(text: _Text) -> Iterator[str]:
    """The keys of an object; whoever takes one reads its value before the next."""
    text.take("{")
    first = True
    seen: set[str] = set()
    while text.next_mark() != "}":
        if not first:
            text.take(",")
        first = False
        is_text = text.next_mark() == '"'
        key, _ = text.value()
        if not is_text or key in seen:
            raise _not_json("a key is no text, or is there twice", text)
        seen.add(key)
        text.take(":")
        yield key
    text.place += 1


def _lines(text: _Text) -> Iterator[Found]:
    """One value a line."""
    number = text.at_line()
    while True:
        end = text.buffer.find("\n", text.place)
        reach = len(text.buffer) if end < 0 else end
        if reach - text.place > MAX_REPORT:
            yield Found(number, problem=("line_too_long", f"longer than {MAX_REPORT >> 20} MB"))
            end = _skip_line(text)
        elif end < 0 and text.fill():
            continue
        elif line := text.buffer[text.place : reach].strip():
            yield _line(number, line)
        if end < 0:
            return
        text.place = end + 1
        number += 1


def _skip_line(text: _Text) -> int:
    """Where the line ends, behind what has been read; -1 at the end of the file."""
    while (end := text.buffer.find("\n", text.place)) < 0:
        text.place = len(text.buffer)
        if not text.fill():
            return -1
    return end


def _line(number: int, line: str) -> Found:
    try:
        value, end = _DECODER.raw_decode(line)
    except RecursionError:
        return Found(number, problem=("nested_too_deep", "values inside values"))
    except ValueError as error:
        return Found(number, problem=("not_json", _what(error, line)))
    if end < len(line):
        return Found(number, problem=("not_json", "something follows the report"))
    return Found(number, problem=_NOT_UTF8) if _STRAY.search(line) else Found(number, value)


def _what(error: ValueError, text: str) -> str:
    """A fixed sentence: what an error quotes is content of the file."""
    if not isinstance(error, json.JSONDecodeError):
        return "NaN or Infinity"
    if error.msg.startswith("Unterminated") or error.pos >= len(text.rstrip()):
        return "it ends in the middle"
    return error.msg.partition(":")[0].lower().removesuffix(" at")


def _not_json(what: str, text: _Text) -> FileProblemError:
    ended = text.ended and text.place >= len(text.buffer)
    where = "at the end" if ended else f"line {text.at_line()}"
    return FileProblemError("not_json", f"{where}: {what}", _AGAIN)
