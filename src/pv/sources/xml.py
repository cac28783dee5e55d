"""XML as a stream of records, safely: no DTD, no entity, no network, within bounds.

libxml2 refuses what is too deep, and texts, attributes and names that are too long; here the rest
is refused: declared entities, records that do not end, and wrong roots. What is said of a file
holds nothing out of it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]

from pv.errors import FileProblemError

# Of lxml, which ships no types.
Element = Any

BLOCK = 1 << 18
# A full report has 2 MB; with documents embedded in it up to some ten.
MAX_RECORD = 32 << 20
# What stands before the root: a declaration, comments, a document type.
MAX_PROLOG = 1 << 20

_FETCH = "check that the copy has finished and fetch the file again"
_ASK = "ask the sender for a file that is well-formed"
# In these encodings an ASCII character is one byte, but no other character contains such a byte.
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00")
# Of every parser. Without collect_ids lxml 6.1 would load the DTD that a document names.
OPTIONS = {
    "resolve_entities": False, "no_network": True, "load_dtd": False, "dtd_validation": False,
    "attribute_defaults": False, "huge_tree": False, "remove_pis": True, "remove_comments": True,
    "collect_ids": True,
}  # fmt: skip
# What the parser says only at the end, though the end is not what is wrong.
_WRONG_AT_END = (
    "ERR_DOCUMENT_EMPTY", "ERR_TAG_NAME_MISMATCH", "ERR_XMLDECL_NOT_FINISHED",
    "ERR_UNDECLARED_ENTITY",
)  # fmt: skip


class Readable(Protocol):
    """A stream of bytes."""

    def read(self, size: int = -1, /) -> bytes:
        """Up to so many bytes; none at the end."""
        ...


@dataclass(frozen=True, slots=True)
class Record:
    """An element below the root and where it begins.

    `line` is that of its tag, but above the line of the record before: where several begin on one
    line they are numbered on, so that each has a number of its own. The element goes away when the
    next record is asked for.
    """

    line: int
    element: Element


def records(
    stream: Readable,
    tag: str,
    roots: Collection[str],
    *,
    beside: Callable[[Element], None] = lambda _: None,
) -> Iterator[Record]:
    """Each element `tag` of a file whose root is one of `roots`, whole, in bounded memory.

    `beside` gets the other children of the root, in order; also of a file that fails, as far as it
    was read.

    Raises:
        FileProblemError: the file is no XML, is not well-formed, has another root or declares
            entities, or one of its records is too large.
    """
    blocks = _with_line_feeds(stream)
    begun = _to_the_root(blocks, roots)
    parser = etree.XMLPullParser(("start", "end"), tag=(tag, *roots), **OPTIONS)
    root: Element | None = None
    line, held = 0, 0
    try:
        for block in _then(begun, blocks):
            _feed(parser, block)
            held += len(block)
            for moment, element in parser.read_events():
                if root is None:
                    root = element
                if moment == "start" or element.tag != tag:
                    continue
                line = max(element.sourceline or 1, line + 1)
                _tell(element.itersiblings("*", preceding=True), tag, beside)
                yield Record(line, element)
                _let_go(element)
                held = 0
            if held > MAX_RECORD:
                raise FileProblemError(
                    "record_too_large",
                    f"a report after line {line} does not end within {MAX_RECORD >> 20} MB",
                    "ask the sender to leave documents out of it",
                )
        _close(parser)
    finally:
        if root is not None:
            _tell(root.iterchildren("*", reversed=True), tag, beside)


def _then(begun: list[bytes], blocks: Iterator[bytes]) -> Iterator[bytes]:
    yield from begun
    yield from blocks


def _to_the_root(blocks: Iterator[bytes], roots: Collection[str]) -> list[bytes]:
    """The blocks up to the one in which the root begins, once it is known to be right."""
    parser = etree.XMLPullParser(("start",), **OPTIONS)
    begun: list[bytes] = []
    size = 0
    for block in blocks:
        begun.append(block)
        size += len(block)
        _feed(parser, block)
        for _, root in parser.read_events():
            _check_root(root, roots)
            return begun
        if size > MAX_PROLOG:
            raise FileProblemError("not_xml", "no root in its first MB", _ASK)
    if not size:
        raise FileProblemError("empty_file", "there is nothing in it", "fetch the file again")
    _close(parser)
    raise AssertionError("a document without root does not close")


def _check_root(root: Element, roots: Collection[str]) -> None:
    dtd = root.getroottree().docinfo.internalDTD
    if dtd is not None and next(dtd.iterentities(), None) is not None:
        raise FileProblemError(
            "entities_declared", "it declares entities, which no report needs", _ASK
        )
    if root.tag not in roots:
        wanted = " or ".join(sorted(etree.QName(name).localname for name in roots))
        raise FileProblemError(
            "wrong_root",
            f"its root is not {wanted}",
            "check that the file is in the folder of its format",
        )


def _feed(parser: etree.XMLPullParser, block: bytes) -> None:
    try:
        parser.feed(block)
    except etree.XMLSyntaxError as error:
        raise _problem(error) from None


def _close(parser: etree.XMLPullParser) -> None:
    try:
        parser.close()
    except etree.XMLSyntaxError as error:
        raise _problem(error, at_end=True) from None


def _problem(error: etree.XMLSyntaxError, *, at_end: bool = False) -> FileProblemError:
    """The parser's own words may quote the file: its name of the error does not."""
    last = error.error_log[-1] if len(error.error_log) else None
    kind = last.type_name if last is not None else "ERR_DOCUMENT_EMPTY"
    line = (last.line if last is not None else 0) or error.lineno or 1
    if kind == "ERR_RESOURCE_LIMIT":
        return FileProblemError(
            "beyond_limits",
            f"line {line}: elements too deep in each other, or a text or name too long (10 MB)",
            _ASK,
        )
    if at_end and kind not in _WRONG_AT_END:
        return FileProblemError("truncated_xml", f"it ends in the middle, at line {line}", _FETCH)
    if "ENCODING" in kind or kind in ("ERR_INVALID_CHAR", "I18N_CONV_FAILED"):
        return FileProblemError(
            "wrong_encoding",
            f"line {line} has bytes that are not of its encoding",
            "ask the sender for the file in the encoding that it declares",
        )
    return FileProblemError("not_xml", f"line {line} is not well-formed ({kind})", _ASK)


def _tell(children: Iterable[Element], tag: str, beside: Callable[[Element], None]) -> None:
    """The children of the root that are no records, from the last to the first."""
    for child in reversed(list(children)):
        if child.tag != tag:
            beside(child)


def _let_go(element: Element) -> None:
    """Take the record and all before it out of the tree."""
    element.clear(keep_tail=False)
    parent = element.getparent()
    if parent is not None:
        parent.text = None
        while element.getprevious() is not None:
            del parent[0]


def _with_line_feeds(stream: Readable) -> Iterator[bytes]:
    """The stream in blocks in which every line end is LF, as XML wants it: lines are counted."""
    held = b""
    wide: bool | None = None
    while block := stream.read(BLOCK):
        if wide is None:
            wide = block.startswith(_WIDE)
        if wide:
            yield block
            continue
        block = held + block
        held = b"\r" if block.endswith(b"\r") else b""
        block = block[: len(block) - len(held)]
        if block:
            yield block.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if held:
        yield b"\n"
