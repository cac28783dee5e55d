"""The first bytes of a file that lies anywhere, and what sources ask of them."""

import csv
import re
import zipfile
from itertools import islice
from pathlib import Path, PurePosixPath

from pv.errors import FileProblemError
from pv.sources.container import DAMAGE, check_zip, readable, unreadable
from pv.sources.model import Glimpse, Intake, Reading

HEAD = 64 << 10
# A zip of messages has thousands of members; the first tell its format.
MOST_HEADS = 100

_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
# Names of hidden files are left alone in the inbox; control characters are in no name.
_UNWANTED = re.compile(r"^[._\s]+|[\x00-\x1f\x7f]")
_BOM = "\ufeff"
_BEFORE_ROOT = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^<>\[]*(\[[^\]]*\])?\s*>", re.DOTALL)
_ROOT = re.compile(r"<(?:([\w.-]{1,100}):)?([\w.-]{1,200})([^<>]*)")
_NAMESPACE = r"\bxmlns{}\s*=\s*[\"']([^\"']*)[\"']"


def plain_name(path: Path) -> str:
    """The name under which a file may lie in an inbox.

    >>> plain_name(Path("/tmp/.DEMO25Q4.txt"))
    'DEMO25Q4.txt'
    """
    return _UNWANTED.sub("", readable(path.name)) or "file"


def take(path: Path) -> Glimpse:
    """What can be seen of a file without its sheets, which `header_of` reads.

    Raises:
        FileProblemError: it cannot be read, is empty, or is a zip that is not safe or not whole.
    """
    name = plain_name(path)
    if path.is_dir():
        raise FileProblemError("is_a_directory", "a folder", "give the files in it, or its zip")
    try:
        with path.open("rb") as stream:
            head = stream.read(HEAD)
    except OSError as error:
        raise unreadable(error) from error
    if not head:
        raise FileProblemError("empty_file", "0 bytes", "ask the sender for it again")
    if not head.startswith((_ZIP, _EMPTY_ZIP)):
        return Glimpse(name, "plain", {name: head})
    members = tuple(check_zip(path))
    if "xl/workbook.xml" in members:
        return Glimpse(name, "workbook", {}, members)
    return Glimpse(name, "zip", _heads(path, members), members)


def _heads(path: Path, members: tuple[str, ...]) -> dict[str, bytes]:
    heads: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for member in islice(members, MOST_HEADS):
                with archive.open(member) as stream:
                    heads[member] = stream.read(HEAD)
    except (*DAMAGE, OSError, KeyError) as error:
        raise FileProblemError(
            "damaged_zip", "a file in it cannot be unpacked", "fetch the file again"
        ) from error
    return heads


def read_header(intake: Intake) -> Reading:
    """The first row of a workbook, as a reading without rows: for the process that reads files."""
    from pv.sources.workbook import read_sheet

    return Reading(0, (), {"header": tuple(read_sheet(intake).header)}, latest_receipt=None)


def text_of(head: bytes, encoding: str = "utf-8") -> str:
    """The head as text, without byte order mark; what is not of the encoding is replaced."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    return head.decode(encoding, errors="replace").lstrip(_BOM)


def first_line(head: bytes, encoding: str = "utf-8") -> str:
    """The first line that is not blank, without its end."""
    lines = re.split(r"\r\n|\r|\n", text_of(head, encoding))
    return next((line for line in lines if line.strip()), "")


def columns(head: bytes, delimiter: str, encoding: str = "utf-8") -> list[str]:
    """The names in the first line, folded as pv.sources.layout folds them; [] where it is no CSV.

    >>> columns(b"Event, Country ,source", ",")
    ['event', 'country', 'source']
    """
    line = first_line(head, encoding)
    if delimiter not in line:
        return []
    try:
        cells = next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return []
    return [" ".join(cell.lower().split()) for cell in cells]


def xml_root(head: bytes) -> tuple[str, str] | None:
    """Namespace and local name of the root element; None where the file is no XML.

    Nothing is parsed that could expand or fetch: the text before the root is stepped over.
    """
    text = text_of(head, "latin-1").removeprefix("\xef\xbb\xbf")
    if not text.lstrip().startswith("<"):
        return None
    place = 0
    while before := _BEFORE_ROOT.match(text, place):
        place = before.end()
    found = _ROOT.match(text, place)
    if found is None:
        return None
    prefix, name, attributes = found.groups()
    suffix = f":{re.escape(prefix)}" if prefix else ""
    space = re.search(_NAMESPACE.format(suffix), attributes)
    return (space[1] if space else ""), name


def with_suffix(name: str, suffix: str) -> str:
    """The name with the suffix that its content asks for.

    >>> with_suffix("download (3)", ".zip")
    'download (3).zip'
    """
    return name if PurePosixPath(name).suffix.lower() == suffix else f"{name}{suffix}"
