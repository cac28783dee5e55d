"""Cells of a CSV file that a spreadsheet opens: a text is no formula there."""

# A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """The text behind a mark where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith((*_FORMULA, "'")) else text


def as_meant(text: str) -> str:
    """The text without the mark that `harmless` has put before it."""
    marked = text[:1] == "'" and text[1:2] in (*_FORMULA, "'")
    return text[1:] if marked else text
