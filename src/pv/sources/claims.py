"""Which source a file belongs to, by its content. Nothing is read or written here."""

from collections.abc import Sequence

from pv.errors import FileProblemError
from pv.sources.model import Claim, Glimpse, Source

_MEND = (
    "docs/sources.md lists the formats; a file without a sign of its own goes into inbox/ by hand"
)


def claimed(glimpse: Glimpse, sources: Sequence[Source]) -> tuple[Source, Claim]:
    """The one source that says that the file is its own.

    Raises:
        FileProblemError: no source does, more than one does, or the one that does cannot take it
            as it is.
    """
    claims: list[tuple[Source, Claim]] = []
    problems: list[FileProblemError] = []
    for source in sources:
        try:
            if claim := source.claim(glimpse):
                claims.append((source, claim))
        except FileProblemError as problem:
            problems.append(problem)
    if len(claims) > 1:
        keys = " and ".join(source.key for source, _ in claims)
        raise FileProblemError(
            "ambiguous_file", f"it may be of {keys}", "put it into the folder of the right one"
        )
    if claims:
        return claims[0]
    if problems:
        raise problems[0]
    raise FileProblemError("unknown_format", f"no source knows {_seen(glimpse)}", _MEND)


def _seen(glimpse: Glimpse) -> str:
    """What the file looks like, in words that hold nothing out of it."""
    if glimpse.kind == "workbook":
        return f"a workbook whose first row has {len(glimpse.header)} cells of these names"
    if glimpse.kind == "zip":
        return f"what is in a zip of {len(glimpse.members)} files"
    head = next(iter(glimpse.heads.values()))
    if b"\0" in head:
        return "binary content of this kind"
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"<":
        return "XML with this root"
    if start in (b"{", b"["):
        return "JSON of this kind"
    return "text with this first line"
