"""Rules that many columns have: one for each, in the words of the column."""

from pv.quality.rules import Rule, Severity

# A figure below it is no figure: divided by it, any count is without bounds.
SMALLEST = 1e-6


def unparsed(*columns: str, severity: Severity = "info", mend: str = "") -> list[Rule]:
    """Values that were written but could not be read, by column; whatever is left as 'other'."""
    known = ", ".join(f"'{column}'" for column in columns)
    made = [
        Rule(
            f"{column}_unparsed",
            severity,
            f"{column} was written in a way that could not be read and is null{mend}",
            f"list_contains(unparsed, '{column}')",
        )
        for column in columns
    ]
    made.append(
        Rule(
            "other_unparsed",
            severity,
            f"another value was written in a way that could not be read and is null{mend}",
            f"not list_has_all([{known}], unparsed)",
        )
    )
    return made


def too_long(length: int, *columns: str) -> list[Rule]:
    """Names and codes that are longer than any that an agency has."""
    return [
        Rule(
            f"{column}_too_long",
            "warning",
            f"{column} has more than {length} characters: cells glued together, or a narrative in "
            "its column",
            f"length({column}) > {length}",
        )
        for column in columns
    ]


def too_small(*columns: str) -> Rule:
    """Figures above 0 that are none: what is divided by them has no bounds."""
    return Rule(
        "figure_too_small",
        "warning",
        f"{', '.join(columns[:-1])} or {columns[-1]} is above 0 and below {SMALLEST:f}: nothing "
        "can be divided by it; give 0 or the figure in the unit of the column",
        " or ".join(f"{column} > 0 and {column} < {SMALLEST}" for column in columns),
    )
