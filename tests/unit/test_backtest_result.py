"""What a backtest says of its pairs: the table, the sentences, the timeline."""

import io
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date
from pathlib import Path

from rich.console import Console

from pv.backtest.looks import Looks, Seen
from pv.backtest.result import Backtest, Gain
from pv.backtest.table import gain_in_words, sentences, show
from pv.backtest.timeline import dates, draw, drawn
from pv.backtest.truth import Known

LAST = date(2010, 12, 31)
NOTHING = Seen(0, None, None, None, 0, 0, None, None, None, None, (), None, outside=False)
POOL_FIRST = replace(
    NOTHING, product="ROPINIROLE", event="Gambling", event_kind="event", n=40, n_unknown=11,
    pool=date(2004, 12, 31), watch=date(2005, 12, 31), confirmed=date(2006, 1, 31),
    country=date(2007, 1, 31), countries=("FR", "GB", "US"), confirmed_by_any=date(2006, 1, 31),
)  # fmt: skip
COUNTRY_FIRST = replace(
    POOL_FIRST, product="ARIPIPRAZOLE", watch=date(2009, 6, 30), confirmed=None,
    country=date(2008, 6, 30), countries=("DE",), confirmed_by_any=None,
)  # fmt: skip
NO_COUNTRY = replace(POOL_FIRST, country=None, countries=())


def found(*pairs: tuple[Known, Seen]) -> Backtest:
    """A backtest of 24 looks up to the last day of 2010."""
    seen = tuple(seen for _, seen in pairs)
    looks = Looks("poolvigil 1.0, run ab", 24, date(2005, 1, 31), LAST, seen)
    return Backtest.of([known for known, _ in pairs], looks)


def positive(day: str | None = None, product: str = "ropinirole") -> Known:
    return Known(product, "Gambling", None, "positive", day)


def printed(said: Backtest, width: int = 120) -> str:
    out = io.StringIO()
    show(Console(file=out, width=width), said)
    return out.getvalue()


def test_the_gain_is_signed_and_open_where_no_country_has_flagged() -> None:
    first, behind, alone = found(
        (positive(), POOL_FIRST), (positive(), COUNTRY_FIRST), (positive(), NO_COUNTRY)
    ).found

    assert first.gain == Gain(365, at_least=False)
    assert (behind.gain, behind.watch_gain) == (None, Gain(-365, at_least=False))
    assert alone.gain == Gain((LAST - date(2006, 1, 31)).days, at_least=True)
    assert [gain_in_words(each.gain) for each in (first, behind, alone)] == [
        "+1.0 y",
        "-",
        ">+4.9 y",
    ]


def test_before_the_regulator_is_before_the_first_day_of_what_is_written() -> None:
    days = ("2006-02", "2006-01", "2006-01-31", "2006", None)
    counts = found(*((positive(day), POOL_FIRST) for day in days)).counts()

    # watched by the end of 2005, confirmed by the end of January 2006
    assert (counts["dated"], counts["positive"]) == (4, 5)
    assert counts["watched_before_regulator"] == 4
    assert counts["confirmed_before_regulator"] == 1
    assert counts["country_before_regulator"] == 0


def test_a_control_is_flagged_by_the_pool_or_by_a_country_and_confirmed_by_either() -> None:
    control = Known("zolpidem", "Gambling", None, "control")
    only_country = replace(NOTHING, country=LAST, countries=("FI",), confirmed_by_any=LAST)
    only_unknown = replace(NOTHING, pool=LAST)
    counts = found((control, only_country), (control, only_unknown), (control, NOTHING)).counts()

    assert (counts["control"], counts["control_flagged"], counts["control_confirmed"]) == (3, 1, 1)


def test_the_table_says_when_and_which_country_and_the_regulators_date() -> None:
    text = printed(found((positive("2006-07"), POOL_FIRST)))

    assert "24 looks from 2005-01-31 to 2010-12-31 (poolvigil 1.0, run ab)" in " ".join(
        text.split()
    )
    (row,) = [line for line in text.splitlines() if line.strip().startswith("ropinirole")]
    assert row.split() == [
        "ropinirole", "Gambling", "40", "11", "2005-12", "2006-01", "2007-01", "FR", "+2",
        "+1.0", "y", "2006-07",
    ]  # fmt: skip


def test_no_number_is_cut_on_a_narrow_terminal_and_no_text_is_markup() -> None:
    hostile = replace(POOL_FIRST, product="[red]" + "x" * 60, event="[bold]$y_2$ and more of it")
    text = printed(found((positive("2006-07"), hostile)), width=80)

    assert "[red]" in text
    for said in ("2005-12", "2006-01", "2007-01 FR +2", "+1.0 y", "2006-07"):
        assert said in text


def test_what_could_not_be_tested_is_told() -> None:
    outside = replace(POOL_FIRST, confirmed=None, confirmed_by_any=None, outside=True)
    said = sentences(found((positive(), outside), (positive(product="nowhere"), NOTHING)))

    assert "not in the data: nowhere, Gambling" in said
    assert any("outside the rule's scope, so never confirmed: ROPINIROLE" in line for line in said)


def test_the_timeline_shows_each_date_and_is_the_same_bytes_twice(tmp_path: Path) -> None:
    hostile = replace(COUNTRY_FIRST, event="<script>$x_2$</script>")
    control = Known("zolpidem", "Gambling", None, "control")
    said = found(
        (positive("2006-07"), POOL_FIRST), (positive(), hostile), (control, NOTHING),
        (control, NO_COUNTRY),
    )  # fmt: skip
    one, two = (draw(said, tmp_path / name).read_bytes() for name in ("one.svg", "two.svg"))
    texts = [element.text or "" for element in ET.fromstring(one).iter() if element.text]  # noqa: S314

    assert one == two
    assert [each.known.kind for each in drawn(said)] == ["positive", "positive", "control"]
    assert list(dates(said.found[0]).values()) == [
        date(2005, 12, 31), date(2006, 1, 31), date(2007, 1, 31), date(2006, 7, 1),
    ]  # fmt: skip
    assert "aripiprazole, <script>$x_2$</script>" in texts
    assert {"the pool watches", "the pool is confirmed", "the regulator"} <= set(texts)


def test_json_holds_every_date_as_text() -> None:
    (pair,) = found((positive("2006-07"), POOL_FIRST)).as_json()["pairs"]

    assert pair["regulator_date"] == "2006-07"
    assert pair["first_confirmed"] == "2006-01-31"
    assert pair["gain"] == {"days": 365, "at_least": False}
    assert (pair["cases"], pair["cases_without_country"]) == (40, 11)
