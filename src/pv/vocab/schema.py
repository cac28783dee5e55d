"""The columns of each vocabulary table, what a value may be, and what identifies a row."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

REGIONS = ("Europe", "North America", "Japan", "Asia", "Rest of world")
"""The region split of EMA's electronic reaction monitoring report."""

Check = Callable[[str], bool]
_PARTIAL_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, whether a value is required, and what a given value must be.

    A file of a home that was written before a `newer` column may lack it.
    """

    name: str
    required: bool = False
    check: Check = bool
    expects: str = "text"
    newer: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table, read from `<name>.csv`.

    `unique` names the columns that tell two rows apart. `override` names the columns by which a
    row of the home replaces shipped rows: all shipped rows with the same values give way.
    """

    name: str
    columns: tuple[Column, ...]
    unique: tuple[str, ...]
    override: tuple[str, ...]


def partial_date(text: str) -> bool:
    """Whether the text is a date written as YYYY, YYYY-MM or YYYY-MM-DD."""
    match = _PARTIAL_DATE.fullmatch(text)
    if not match:
        return False
    year, month, day = match.groups(default="01")
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def precision(text: str | None) -> str | None:
    """The precision of a partial date: 'year', 'month', 'day', or None without a date."""
    return None if text is None else {4: "year", 7: "month", 10: "day"}[len(text)]


def _choice(name: str, *values: str, required: bool = True) -> Column:
    return Column(name, required, values.__contains__, "one of " + ", ".join(values))


def _flag(name: str) -> Column:
    return _choice(name, "true", "false")


def _date(name: str) -> Column:
    return Column(name, False, partial_date, "a date as YYYY, YYYY-MM or YYYY-MM-DD")


def _day(name: str) -> Column:
    return Column(name, True, lambda t: len(t) == 10 and partial_date(t), "a date as YYYY-MM-DD")


def _text(name: str, required: bool = False) -> Column:
    return Column(name, required)


def _slug(name: str) -> Column:
    pattern = re.compile(r"[a-z0-9][a-z0-9_]*")
    return Column(name, True, lambda t: bool(pattern.fullmatch(t)), "lower-case letters, digits, _")


def _country(name: str, required: bool = False) -> Column:
    pattern = re.compile(r"[A-Z]{2}")
    return Column(name, required, lambda t: bool(pattern.fullmatch(t)), "two capital letters")


def _whole(name: str) -> Column:
    return Column(name, False, lambda t: t.isascii() and t.isdigit(), "a whole number")


def _years(name: str) -> Column:
    return Column(name, True, lambda t: t.isascii() and t.isdigit() and int(t) > 0, "whole years")


PRODUCT = Table(
    "product",
    (
        _slug("product_id"),
        _text("brand", required=True),
        _text("other_brands"),
        _text("substance", required=True),
        _text("synonyms"),
        _text("whole_text_names"),
        _text("route"),
        _choice("atmp_class", "GTMP", "sCTMP", "TEP", "combined"),
        _slug("platform"),
        _choice(
            "authorisation",
            "centralised",
            "national",
            "hospital_exemption",
            "compassionate",
            "trial",
        ),
        _flag("conditional"),
        _flag("additional_monitoring"),
        _years("follow_up_years"),
        _text("follow_up_basis", required=True),
        _text("therapeutic_area", required=True),
        _date("us_approval_date"),
        _date("eu_authorisation_date"),
        _date("eu_end_date"),
        _choice(
            "eu_status",
            "standard",
            "conditional",
            "exceptional_circumstances",
            "not_stated",
            "refused",
            "none",
        ),
        _text("note"),
        _text("source", required=True),
    ),
    unique=("product_id",),
    override=("product_id",),
)

COUNTRY = Table(
    "country",
    (
        _country("country", required=True),
        _text("name", required=True),
        _choice("region", *REGIONS),
        _text("region_basis", required=True),
        _date("eu_from"),
        _date("eu_to"),
        _date("valid_to"),
        _text("source", required=True),
    ),
    unique=("country",),
    override=("country",),
)

COUNTRY_ALIAS = Table(
    "country_alias",
    (
        _text("value", required=True),
        _country("country"),
        _flag("masked"),
        _choice("region", *REGIONS, required=False),
        _text("note"),
        _text("source", required=True),
        Column("stratum", newer=True),
    ),
    unique=("value",),
    override=("value",),
)

EVENT_GROUP = Table(
    "event_group",
    (
        _slug("event_group"),
        _text("label", required=True),
        _flag("late"),
        _flag("designated"),
        _flag("labelled_car_t"),
        _text("includes"),
        _text("reason", required=True),
        _text("source", required=True),
    ),
    unique=("event_group",),
    override=("event_group",),
)

EVENT_GROUP_MEMBER = Table(
    "event_group_member",
    (_slug("event_group"), _text("event", required=True), _text("source", required=True)),
    unique=("event_group", "event"),
    override=("event_group",),
)

SALT = Table(
    "salt",
    (
        _text("word", required=True),
        _choice("kind", "salt", "ester", "hydrate", "metal", "word", "keep", "form"),
        _text("note", required=True),
        _text("source", required=True),
    ),
    unique=("word", "kind"),
    override=("word", "kind"),
)

SUBSTANCE_ALIAS = Table(
    "substance_alias",
    (
        _text("name", required=True),
        _text("substance"),
        _text("note", required=True),
        _text("source", required=True),
    ),
    unique=("name",),
    override=("name",),
)

TERM_ALIAS = Table(
    "term_alias",
    (
        Column(
            "language",
            True,
            lambda t: bool(re.fullmatch(r"[a-z]{2}", t)),
            "the two letters of a language (ISO 639-1)",
        ),
        _text("term", required=True),
        _text("event", required=True),
        _text("source", required=True),
    ),
    unique=("term",),
    override=("term",),
)

NOTICE = Table(
    "notice",
    (
        _slug("notice_id"),
        _text("product_id"),
        _text("platform"),
        _text("event_group"),
        _text("event"),
        _text("issuer", required=True),
        _day("notice_date"),
        _text("title", required=True),
        _choice("confidence", "high", "moderate"),
        _text("source", required=True),
    ),
    unique=("notice_id",),
    override=("notice_id",),
)

THERAPEUTIC_AREA = Table(
    "therapeutic_area",
    (
        _text("substance", required=True),
        _text("therapeutic_area", required=True),
        _text("source", required=True),
    ),
    unique=("substance",),
    override=("substance",),
)

LISTED = Table(
    "listed",
    (
        _slug("product_id"),
        _text("reaction", required=True),
        _text("event"),
        _text("event_group"),
        _text("section", required=True),
        _date("listed_since"),
        _choice("checked", "yes", "no"),
        _text("source", required=True),
    ),
    unique=("product_id", "reaction", "section", "event", "event_group"),
    override=("product_id",),
)

QUARTER_FACTS = Table(
    "quarter_facts",
    (
        Column(
            "quarter", True, lambda t: bool(re.fullmatch(r"\d{4}Q[1-4]", t)), "a quarter as 2025Q4"
        ),
        _text("era"),
        _text("zip_name"),
        *map(
            _whole,
            ("zip_bytes", "demo", "drug", "reac", "outc", "indi", "ther", "rpsr", "deleted_ids"),
        ),
        _text("source", required=True),
    ),
    unique=("quarter",),
    override=("quarter",),
)

TABLES = {
    table.name: table
    for table in (
        PRODUCT,
        COUNTRY,
        COUNTRY_ALIAS,
        EVENT_GROUP,
        EVENT_GROUP_MEMBER,
        LISTED,
        NOTICE,
        QUARTER_FACTS,
        SALT,
        SUBSTANCE_ALIAS,
        TERM_ALIAS,
        THERAPEUTIC_AREA,
    )
}
