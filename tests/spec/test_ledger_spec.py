"""The rules of the alpha ledger, one by one, on tables of looks."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pytest

from pv import resources
from pv.rates import ledger
from pv.rates.ledger import Looks, Standing, Terms
from pv.spec import AnalysisSpec
from pv.spec.sequential import Design
from pv.stats.sequential import critical_value_poisson, llr
from pv.warehouse.connect import connect, empty
from pv.warehouse.transaction import transaction

DESIGN = AnalysisSpec.load().sequential
LEDGER = "select * from ops.alpha_ledger order by all"
LOOKS = "select * from ops.sequential_look order by all"
OF_POOL = {
    "product": "Kymriah", "event": "T-cell lymphoma", "event_kind": "event",
    "latency_window": "2-5 y", "country": "all",
}  # fmt: skip


@pytest.fixture
def con(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    opened = connect(tmp_path / "warehouse.duckdb", memory_limit="1GB", threads=1)
    yield opened
    opened.close()


def looks_of(text: str) -> tuple[Looks, Terms]:
    """Looks from a table; what a line does not give is that of the pool of one pair."""
    header, *body = [
        [cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()
    ]
    rows = [{**OF_POOL, **dict(zip(header, row, strict=True))} for row in body]
    rows.sort(key=lambda row: (*(row[name] for name in ledger.KEY), row["as_of"]))

    def number(name: str, default: float) -> np.ndarray:
        return np.array([float(row.get(name, default)) for row in rows])

    names = {k: np.array([row[k] for row in rows], dtype=object) for k in ledger.KEY}
    as_of = np.array([row["as_of"] for row in rows], dtype="datetime64[D]")
    n = number("n", 0)
    reported = np.array([float(row.get("reported", row["n"])) for row in rows])
    due = np.array([row.get("due", "yes") == "yes" for row in rows])
    looks = Looks(
        **names, as_of=as_of, n=n, n_reported=reported, expected=number("expected", 0), is_due=due
    )
    return looks, Terms(number("projected", 10), number("minimum", 3))


def night(  # noqa: PLR0917 - what a night may be given
    con: duckdb.DuckDBPyConnection,
    text: str,
    design: Design = DESIGN,
    as_of: str | None = None,
    late: Sequence[str] = (),
    latest: str | None = None,
) -> Standing:
    """One night that is given these looks; its data lock point is the last of them, and the latest
    receipt, unless it looks back. `late` are the late windows of its plan."""
    looks, terms = looks_of(text)
    last = date.fromisoformat(as_of or str(looks.as_of.max()))
    known = date.fromisoformat(latest) if latest else last
    with transaction(con):
        empty(con, "mart")
        return ledger.record(con, looks, terms, late, design, last, known)


def chains(con: duckdb.DuckDBPyConnection, columns: str) -> list[tuple]:
    return con.execute(f"select {columns} from ops.alpha_ledger order by all").fetchall()


def both(con: duckdb.DuckDBPyConnection) -> tuple[list[tuple], list[tuple]]:
    return con.execute(LEDGER).fetchall(), con.execute(LOOKS).fetchall()


def same(one: Standing, other: Standing) -> bool:
    return all(
        list(map(str, getattr(one, f.name))) == list(map(str, getattr(other, f.name)))
        for f in fields(Standing)
    )


SIGNAL = """
    as_of      | n | expected
    2024-01-31 | 1 | 0.1
    2024-02-29 | 4 | 0.2
    2024-03-31 | 9 | 0.3
"""


def test_a_chain_signals_at_the_first_look_that_reaches_its_critical_value(con) -> None:
    found = night(con, SIGNAL)

    value = critical_value_poisson(10.0, minimum=3)
    assert chains(con, "chain_no, opened_on::varchar, horizon, alpha, alpha_spent") == [
        (1, "2024-01-31", 10.0, 0.05, 0.05)
    ]
    assert chains(con, "chain_status, closed_on::varchar, n_at_signal, expected_at_signal") == [
        ("signalled", "2024-02-29", 4, 0.2)
    ]
    assert chains(con, "minimum_events, critical_value, design, design_version") == [
        (3, value, "default", 2)
    ]
    # 0.2 - 4 + 4 ln(4/0.2) = 8.18, and 3.06 would do
    assert found.llr[0] == pytest.approx(0.2 - 4 + 4 * np.log(4 / 0.2)) and found.llr[0] > value
    assert (found.chain_status[0], str(found.signalled_on[0])) == ("signalled", "2024-02-29")
    assert (found.n[0], found.expected[0], found.n_at_signal[0]) == (4, 0.2, 4)


def test_the_llr_of_each_look_and_the_look_that_signals_are_recorded(con) -> None:
    night(con, SIGNAL)

    assert con.execute(
        "select as_of::varchar, n_seen, expected_seen, llr, signal from ops.sequential_look "
        "order by as_of"
    ).fetchall() == [
        ("2024-01-31", 1, 0.1, pytest.approx(float(llr(1, 0.1))), False),
        ("2024-02-29", 4, 0.2, pytest.approx(float(llr(4, 0.2))), True),
    ]


def test_fewer_events_than_the_minimum_never_signal(con) -> None:
    table = """
        as_of      | n | expected | minimum
        2024-01-31 | 2 | 0.001    | {}
    """
    assert night(con, table.format(3)).chain_status.tolist() == ["open"]
    con.execute("delete from ops.alpha_ledger; delete from ops.sequential_look")
    assert night(con, table.format(1)).chain_status.tolist() == ["signalled"]


def test_a_test_that_began_with_fewer_events_waits_for_as_many_as_are_asked_today(con) -> None:
    """A lone report never signals, in a warehouse of a former design either; this spends no alpha:
    the critical value is that of the design it began with."""
    began = """
        as_of      | n | expected | minimum
        2024-01-31 | 0 | 0.001    | 1"""
    night(con, began)
    terms = chains(con, "minimum_events, alpha_spent, critical_value")
    found = night(
        con,
        f"""{began}
        2024-02-29 | 1 | 0.002    | 2
        2024-03-31 | 2 | 0.003    | 2
    """,
    )
    assert str(found.signalled_on[0]) == "2024-03-31"
    assert chains(con, "minimum_events, alpha_spent, critical_value") == terms
    assert terms == [(1, 0.05, critical_value_poisson(10.0, minimum=1))]


def test_nothing_signals_before_the_delay_is_over(con) -> None:
    late = DESIGN.model_copy(update={"delay": 1.0})
    found = night(
        con,
        """
        as_of      | n | expected
        2024-01-31 | 9 | 0.9
        2024-02-29 | 9 | 1.1
        """,
        late,
    )
    assert str(found.signalled_on[0]) == "2024-02-29"
    assert found.critical_value[0] == critical_value_poisson(10.0, minimum=3, delay=1.0)


def test_events_without_any_expectation_are_a_gap_and_no_signal(con) -> None:
    found = night(
        con,
        """
        as_of      | n | expected
        2024-01-31 | 5 | 0
        """,
    )
    assert found.chain_status.tolist() == ["open"]
    assert con.execute("select llr from ops.sequential_look").fetchall() == [(None,)]


def test_a_signal_stays_whatever_is_reported_later(con) -> None:
    night(con, SIGNAL)
    after = night(con, SIGNAL + "2024-04-30 | 0 | 7")
    assert (after.chain_status[0], str(after.signalled_on[0])) == ("signalled", "2024-02-29")
    assert (after.n[0], after.expected[0]) == (4, 0.2)


def test_a_signalled_key_that_no_night_knows_any_more_is_still_told(con) -> None:
    night(con, SIGNAL)
    after = night(
        con,
        """
        as_of      | country | n | expected
        2024-04-30 | DE      | 0 | 0.1
        """,
    )
    assert list(zip(after.country, after.chain_status, strict=True)) == [
        ("DE", "open"),
        ("all", "signalled"),
    ]


QUIET = """
    as_of      | n | expected
    2024-01-31 | 0 | 0.1
    2024-02-29 | 1 | 0.2
"""
CORRECTED = """
    as_of      | n | expected
    2024-01-31 | 4 | 0.1
    2024-02-29 | 4 | 0.2
    2024-03-31 | 4 | 0.3
"""
SEQUENCES = "sequence_no, opened_on::varchar, chain_status, taken_back_on::varchar, taken_back_why"


def test_late_reports_take_a_sequence_back_and_rewrite_nothing_of_it(con) -> None:
    night(con, QUIET)
    ((*test, on, why),), looks = both(con)
    found = night(con, CORRECTED)

    assert (on, why) == (None, None)
    # Three late cases of January signal at the look that would have seen them.
    assert (found.signalled_on[0], found.n_at_signal[0]) == (np.datetime64("2024-01-31"), 4)
    assert chains(con, SEQUENCES) == [
        (1, "2024-01-31", "open", "2024-03-31", "reports"),
        (2, "2024-01-31", "signalled", None, None),
    ]
    after = both(con)
    assert (list(after[0][0][:-2]), after[1][:2]) == (test, looks)
    assert con.execute(AUDIT).fetchall() == []


def test_a_sequence_that_follows_is_that_of_a_home_that_knew_all_at_once(con, tmp_path) -> None:
    night(con, QUIET)
    night(con, CORRECTED)
    now = "select * exclude (sequence_no) from ({}) where sequence_no = 2 order by all"
    found = [con.execute(now.format(table)).fetchall() for table in (LEDGER, LOOKS)]
    con.execute("delete from ops.alpha_ledger; delete from ops.sequential_look")
    night(con, CORRECTED)
    once = now.replace("2", "1")
    assert found == [con.execute(once.format(table)).fetchall() for table in (LEDGER, LOOKS)]


def test_reports_that_were_taken_out_take_back_what_they_signalled(con) -> None:
    night(con, CORRECTED)
    found = night(con, QUIET + "2024-03-31 | 1 | 0.3")
    assert found.chain_status.tolist() == ["open"]
    assert chains(con, SEQUENCES)[0] == (1, "2024-01-31", "signalled", "2024-03-31", "reports")


def test_looks_after_the_last_report_are_taken_back_with_their_sequence_alone(con) -> None:
    poisoned = """
        as_of      | country | n | expected
        2024-01-31 | all     | 0 | 0.1
        2024-02-29 | all     | 1 | 0.2
        2025-04-17 | all     | 2 | 3.0
        2024-01-31 | DE      | 0 | 0.1
        2024-02-29 | DE      | 1 | 0.2
        2025-03-31 | FR      | 0 | 0.1
    """
    night(con, poisoned)
    mended = [line for line in poisoned.strip().splitlines() if "2025" not in line]
    found = night(con, "\n".join([*mended, "2024-03-31 | all | 4 | 0.3"]))

    assert list(zip(found.country, found.chain_status, strict=True)) == [
        ("DE", "open"), ("all", "signalled"),
    ]  # fmt: skip
    assert chains(con, "country, sequence_no, taken_back_on::varchar, taken_back_why") == [
        ("DE", 1, None, None),
        ("FR", 1, "2024-03-31", "later_than_data"),
        ("all", 1, "2024-03-31", "later_than_data"),
        ("all", 2, None, None),
    ]
    assert con.execute(AUDIT).fetchall() == []


def test_what_is_known_now_at_a_look_that_was_not_held_counts_too(con) -> None:
    """The newest came first: n at its look is the same, but the way to it was not seen."""
    night(
        con,
        """
        as_of      | n | expected
        2024-03-31 | 3 | 9
        """,
    )
    found = night(
        con,
        """
        as_of      | n | expected
        2022-01-31 | 3 | 0.01
        2024-03-31 | 3 | 9
        """,
    )
    assert (found.chain_status[0], str(found.signalled_on[0])) == ("signalled", "2022-01-31")
    assert found.chain_no.tolist() == [1]


def test_exposure_that_covers_more_days_takes_nothing_back_and_is_seen_at_the_next_look(con):
    night(con, "as_of | n | reported | expected\n2024-01-31 | 0 | 3 | 0.1")
    later = """
        as_of      | n | reported | expected | due
        2024-01-31 | 3 | 3        | 0.2      | yes
        2024-02-29 | 3 | 3        | 0.25     | no
    """
    found = night(con, later)
    assert chains(con, "sequence_no, taken_back_on") == [(1, None)]
    assert str(found.signalled_on[0]) == "2024-02-29"


def test_a_look_that_is_not_due_is_none_where_n_is_the_recorded_one(con) -> None:
    night(con, QUIET)
    night(con, "as_of | n | expected | due\n2024-01-31 | 0 | 0.1 | yes\n"
          "2024-02-29 | 1 | 0.2 | yes\n2024-03-31 | 1 | 0.3 | no")  # fmt: skip
    assert [str(row[7]) for row in both(con)[1]] == ["2024-01-31", "2024-02-29"]


def test_exposure_that_was_too_high_takes_back_what_it_silenced(con) -> None:
    night(con, "as_of | n | expected\n2024-01-31 | 4 | 10")
    found = night(con, "as_of | n | expected\n2024-01-31 | 4 | 0.1")
    assert found.chain_status.tolist() == ["signalled"]
    assert chains(con, SEQUENCES)[0][-2:] == ("2024-01-31", "exposure")


def test_exposure_of_the_past_takes_back_a_horizon_that_was_planned_without_it(con) -> None:
    night(con, "as_of | n | reported | expected | projected\n2024-01-31 | 0 | 9 | 0.1 | 0.5")
    found = night(con, "as_of | n | reported | expected | projected\n2024-01-31 | 9 | 9 | 2 | 20")
    assert (found.horizon.tolist(), found.chain_status.tolist()) == ([20], ["signalled"])
    assert chains(con, SEQUENCES)[0][-1] == "exposure"


def test_exposure_that_is_added_to_takes_nothing_back(con) -> None:
    night(con, QUIET)
    night(con, QUIET.replace("0.2", "0.4") + "2024-03-31 | 1 | 0.5")
    assert chains(con, "sequence_no, taken_back_on") == [(1, None)]


def test_what_has_signalled_stays_when_all_exposure_is_withdrawn(con) -> None:
    night(con, SIGNAL)
    other = "as_of | country | n | expected\n2024-04-30 | DE | 0 | 0.1"
    found = night(con, other)
    assert list(zip(found.country, found.chain_status, strict=True)) == [
        ("DE", "open"), ("all", "signalled"),
    ]  # fmt: skip
    assert chains(con, "country, taken_back_why") == [("DE", None), ("all", None)]


def test_a_look_without_what_was_reported_then_is_held_to_n_alone(con) -> None:
    night(con, "as_of | n | reported | expected\n2024-01-31 | 0 | 3 | 0.1")
    con.execute("update ops.sequential_look set n_reported = null")
    night(con, "as_of | n | reported | expected\n2024-01-31 | 0 | 4 | 0.1")
    assert chains(con, "sequence_no, taken_back_why") == [(1, None)]
    con.execute("update ops.sequential_look set n_reported = null")
    night(con, "as_of | n | reported | expected\n2024-01-31 | 3 | 4 | 0.1")
    assert chains(con, "sequence_no, taken_back_why") == [(1, "reports"), (2, None)]


def test_a_late_window_keeps_its_share_and_its_start_when_it_is_taken_back(con) -> None:
    night(con, quiet(LATE[:4], "2024-01-31", "2024-02-29"), late=LATE)
    late = [*LATE[:4], "10-12 y"]
    table = """
        as_of      | latency_window | n | expected
        2024-01-31 | 10-12 y        | 4 | 0.1
        2024-02-29 | 10-12 y        | 9 | 0.2
        2024-03-31 | 10-12 y        | {} | 0.4
    """
    night(con, table.format(9), late=late)
    found = night(con, table.format(10), late=late)
    own = found.latency_window == "10-12 y"
    assert (found.n[own][0], found.alpha[own][0]) == (1, pytest.approx(0.05 / 5))
    assert chains(con, "n_start, sequence_no, latency_window")[-2:] == [
        (9, 1, "10-12 y"),
        (9, 2, "10-12 y"),
    ]
    assert con.execute(AUDIT).fetchall() == []


def test_expected_time_never_runs_backward(con) -> None:
    corrected = """
        as_of      | n | expected
        2024-01-31 | 0 | 4
        2024-02-29 | 0 | 1
        2024-03-31 | 5 | 1.5
    """
    found = night(con, corrected)
    # Five events are not much against 4 expected, whatever the corrected exposure says now.
    assert (found.chain_status[0], found.expected[0]) == ("open", 4)
    assert found.llr[0] == pytest.approx(float(llr(5, 4)))


def test_a_chain_ends_at_its_horizon_and_nothing_later_is_tested(con) -> None:
    found = night(
        con,
        """
        as_of      | n  | expected | projected
        2024-01-31 | 4  | 4        | 4.5
        2024-02-29 | 90 | 5.5      | 4.5
        2024-03-31 | 99 | 5.6      | 4.5
        """,
    )
    assert chains(con, "chain_no, horizon, chain_status, closed_on::varchar, n_at_signal") == [
        (1, 5.0, "ended", "2024-02-29", None)
    ]
    assert found.signalled_on.tolist() == [None]
    assert con.execute("select llr is null from ops.sequential_look order by as_of").fetchall() == [
        (False,), (False,), (True,),
    ]  # fmt: skip


def test_an_event_at_the_horizon_itself_still_counts(con) -> None:
    found = night(
        con,
        """
        as_of      | n  | expected | projected
        2024-01-31 | 30 | 5        | 5
        """,
    )
    assert found.chain_status.tolist() == ["signalled"]


ENDED = """
    as_of      | n | expected | projected
    2024-01-31 | 2 | 4        | 4.5
    2024-02-29 | 6 | 5.5      | 4.5
"""


def test_an_extension_counts_only_what_comes_after_with_half_the_alpha(con) -> None:
    night(con, ENDED)
    found = night(
        con,
        """
        as_of      | n  | expected | projected
        2024-01-31 | 2  | 4        | 9
        2024-02-29 | 6  | 5.5      | 9
        2024-03-31 | 7  | 6        | 9
        2024-04-30 | 12 | 6.5      | 9
        """,
    )
    # 9 are wanted, 5.5 are covered: 3.5 more, rounded up to 5.
    value = critical_value_poisson(5.0, minimum=3, alpha=0.025)
    assert chains(con, "chain_no, horizon, alpha, alpha_spent, n_start, expected_start") == [
        (1, 5.0, 0.05, 0.05, 0, 0.0),
        (2, 5.0, 0.025, 0.05 + 0.025, 6, 5.5),
    ]
    assert chains(con, "chain_no, opened_on::varchar, chain_status, closed_on::varchar") == [
        (1, "2024-01-31", "ended", "2024-02-29"),
        (2, "2024-03-31", "signalled", "2024-04-30"),
    ]
    # 12 - 6 events against 6.5 - 5.5 expected
    assert (found.n_at_signal[0], found.expected_at_signal[0]) == (6, 1.0)
    assert found.llr[0] == pytest.approx(float(llr(6, 1.0))) and found.llr[0] > value
    assert found.critical_value[0] == value


def test_an_extension_counts_nothing_that_was_known_before_it_was_registered(con) -> None:
    night(con, ENDED)
    idle = ENDED + "2024-03-31 | 30 | 6 | 4.5"
    night(con, idle)
    found = night(con, idle.replace("4.5", "9") + "\n2024-04-30 | 30 | 6.2 | 9")
    assert chains(con, "chain_no, opened_on::varchar, n_start, expected_start") == [
        (1, "2024-01-31", 0, 0.0),
        (2, "2024-04-30", 30, 6.0),
    ]
    assert (found.chain_status[0], found.n[0]) == ("open", 0)


def test_no_extension_opens_while_no_more_is_wanted_than_was_covered(con) -> None:
    night(con, ENDED)
    night(con, ENDED.replace("4.5", "5.5") + "2024-03-31 | 20 | 5.6 | 5.5")
    assert chains(con, "chain_no, chain_status") == [(1, "ended")]


def test_alpha_stays_below_twice_the_first_for_ever(con) -> None:
    months = np.arange("2000-01", "2008-01", dtype="datetime64[M]").astype("datetime64[D]")
    rows = [f"{day} | 0 | {2.0 * i} | {2.0 * i + 1}" for i, day in enumerate(months)]
    found = night(con, "\n".join(["as_of | n | expected | projected", *rows]))

    spent = [row[0] for row in chains(con, "alpha_spent")]
    assert found.chain_no[0] == len(spent) and len(spent) > 20
    assert spent[:3] == pytest.approx([0.05, 0.05 + 0.025, 0.05 + 0.025 + 0.0125])
    assert max(spent) < 2 * 0.05


def test_a_configured_horizon_goes_before_the_projected_one(con) -> None:
    found = night(con, SIGNAL, AnalysisSpec.load(horizon=3.5).sequential)

    assert found.horizon[0] == 3.5
    assert found.critical_value[0] == critical_value_poisson(3.5, minimum=3)


def test_the_projected_horizon_is_rounded_up_and_at_least_one(con) -> None:
    given = {"AT": 0.02, "BE": 1, "CH": 1.01, "DE": 49}
    rows = [f"2024-01-31 | {country} | 0 | 0 | {value}" for country, value in given.items()]
    found = night(con, "\n".join(["as_of | country | n | expected | projected", *rows]))

    assert found.horizon.tolist() == [1, 1, 2, 50]


def test_pool_and_country_are_held_to_the_same_rule_each_with_full_alpha(con) -> None:
    rows = [f"2024-01-31 | {country} | 4 | 0.2" for country in ("all", "DE", "FR")]
    found = night(con, "\n".join(["as_of | country | n | expected", *rows]))

    assert found.alpha.tolist() == [0.05] * 3
    assert np.unique(found.critical_value).size == 1
    assert found.chain_status.tolist() == ["signalled"] * 3


def test_a_rerun_over_the_same_looks_appends_nothing(con) -> None:
    first = night(con, SIGNAL)
    before = both(con)

    assert same(night(con, SIGNAL), first)
    assert both(con) == before


def test_a_night_of_the_past_appends_nothing_and_tells_what_was_known_then(con) -> None:
    early = night(con, "\n".join(SIGNAL.splitlines()[:3]))
    night(con, SIGNAL)
    before = both(con)

    # Corrected since then; and a country that was not known is not made known in hindsight.
    looked_back = night(
        con,
        """
        as_of      | country | n | expected
        2024-01-31 | all     | 9 | 0.1
        2024-01-31 | DE      | 9 | 0.1
        """,
        latest="2024-03-31",
    )
    assert same(looked_back, early)
    assert looked_back.chain_status.tolist() == ["open"]
    assert both(con) == before


def test_a_past_night_sees_the_chain_that_was_the_last_one_then(con) -> None:
    night(con, ENDED)
    was = night(con, ENDED)
    night(con, ENDED.replace("4.5", "9") + "2024-04-30 | 12 | 6.5 | 9")
    assert same(night(con, ENDED, latest="2024-04-30"), was)
    assert (was.chain_no[0], was.chain_status[0]) == (1, "ended")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"as_of": np.array(["2024-02-29", "2024-01-31"], dtype="datetime64[D]")}, "rise"),
        ({"as_of": np.array(["2024-01-31", "2025-02-28"], dtype="datetime64[D]")}, "lock point"),
        ({"n": np.array([1.0, -1.0])}, "n must"),
        ({"n": np.array([1.0, 1.5])}, "n must hold whole"),
        ({"expected": np.array([1.0, np.nan])}, "expected must"),
        ({"n": np.array([1.0])}, "one entry per look"),
    ],
)
def test_looks_that_cannot_be_are_refused(con, change, told) -> None:
    looks, terms = looks_of("\n".join(SIGNAL.splitlines()[:4]))
    parts = {f.name: getattr(looks, f.name) for f in fields(Looks)}

    with pytest.raises(ValueError, match=told):
        ledger.record(
            con,
            Looks(**{**parts, **change}),
            terms,
            (),
            DESIGN,
            *[date(2024, 12, 31)] * 2,
        )


def test_a_key_in_two_places_is_refused(con) -> None:
    looks, terms = looks_of("\n".join(SIGNAL.splitlines()[:5]))
    parts = {f.name: getattr(looks, f.name) for f in fields(Looks)}
    country = np.array(["all", "DE", "all"], dtype=object)

    with pytest.raises(ValueError, match="twice"):
        twice = Looks(**{**parts, "country": country})
        ledger.record(con, twice, terms, (), DESIGN, *[date(2024, 12, 31)] * 2)


LATE = ["91-365 d", "1-2 y", "2-5 y", "5-10 y", "10-15 y"]


def quiet(windows: Sequence[str], *days: str) -> str:
    """Looks at windows in which nothing happens, half an event expected a month."""
    rows = [f"{day} | {w} | 0 | {0.5 * (i + 1)}" for w in windows for i, day in enumerate(days)]
    return "\n".join(["as_of | latency_window | n | expected", *rows])


def first_alphas(con: duckdb.DuckDBPyConnection) -> dict[str, float]:
    rows = chains(con, "latency_window, alpha, chain_no")
    return {window: alpha for window, alpha, chain_no in rows if chain_no == 1}


def test_a_late_window_added_later_leaves_the_alpha_of_the_late_windows_as_it_was(con) -> None:
    night(con, quiet(LATE, "2024-01-31"), late=LATE)
    more = [*LATE, "15-20 y"]
    night(con, quiet(more, "2024-01-31", "2024-02-29"), late=more)
    # .05/6 beside five times .05/5 would make .058
    assert sum(first_alphas(con).values()) == pytest.approx(0.05)
    assert first_alphas(con) == dict.fromkeys(LATE, 0.05 / 5)
    assert con.execute(AUDIT).fetchall() == []


def test_a_registered_window_keeps_its_share_though_another_is_added_before_it_opens(con) -> None:
    night(con, quiet(LATE[:1], "2024-01-31"), late=LATE)
    more = ["15-20 y", *LATE]
    night(con, quiet(more[:4], "2024-01-31", "2024-02-29"), late=more)
    night(con, quiet(more, "2024-01-31", "2024-03-31"), late=more)
    assert first_alphas(con) == dict.fromkeys(LATE, 0.05 / 5)


def test_an_added_window_gets_what_a_window_leaves_that_goes_before_it_opens(con) -> None:
    night(con, quiet(LATE[:3], "2024-01-31"), late=LATE)
    split = [*LATE[:4], "10-12 y", "12-15 y"]
    night(con, quiet(split[:3], "2024-01-31", "2024-02-29"), late=split)
    night(con, quiet(split[4:5], "2024-01-31", "2024-03-31"), late=split)
    night(con, quiet(split, "2024-01-31", "2024-03-31", "2024-04-30"), late=split)
    shares = dict.fromkeys(LATE[:4], 0.05 / 5) | dict.fromkeys(split[4:], 0.05 / 5 / 2)
    assert first_alphas(con) == pytest.approx(shares)
    # the window that left finds its share given away when it comes back
    night(con, quiet(LATE, "2024-05-31"), late=LATE)
    assert sum(first_alphas(con).values()) == pytest.approx(0.05)
    assert con.execute(AUDIT).fetchall() == []


def test_an_added_window_counts_nothing_that_was_known_before_it_was_added(con) -> None:
    night(con, quiet(LATE[:4], "2024-01-31", "2024-02-29"), late=LATE)
    table = """
        as_of      | latency_window | n | expected
        2024-01-31 | 10-12 y        | 4 | 0.1
        2024-02-29 | 10-12 y        | 9 | 0.2
        2024-03-31 | 10-12 y        | 9 | 0.4
    """
    found = night(con, table, late=[*LATE[:4], "10-12 y"])
    own = found.latency_window == "10-12 y"
    assert found.chain_status[own].tolist() == ["open"]
    assert (found.n[own][0], found.expected[own][0]) == (0, pytest.approx(0.2))
    assert chains(con, "opened_on::varchar, n_start, expected_start, latency_window")[-1] == (
        "2024-03-31", 9, 0.2, "10-12 y",
    )  # fmt: skip


def test_the_share_is_fixed_by_product_event_and_country(con) -> None:
    night(con, quiet(LATE, "2024-01-31"), late=LATE)
    rows = [f"2024-02-29 | {w} | DE | 0 | 0.5" for w in LATE[:2]]
    text = "\n".join(["as_of | latency_window | country | n | expected", *rows])
    night(con, text, late=LATE[:2])
    found = chains(con, "latency_window, alpha, late_alpha, late_windows")
    assert ("1-2 y", 0.05 / 5, 0.05, LATE) in found
    assert ("1-2 y", 0.05 / 2, 0.05, LATE[:2]) in found


def test_a_window_that_is_not_late_has_its_own_alpha_and_shares_none(con) -> None:
    night(con, quiet(["0-30 d", LATE[0]], "2024-01-31"), late=LATE)
    assert chains(con, "latency_window, alpha, late_alpha, late_windows") == [
        ("0-30 d", 0.05, None, None),
        (LATE[0], 0.05 / 5, 0.05, LATE),
    ]
    apart = DESIGN.model_copy(update={"late_windows_share_alpha": False})
    con.execute("delete from ops.alpha_ledger; delete from ops.sequential_look")
    night(con, quiet([LATE[0]], "2024-01-31"), apart, late=LATE)
    assert chains(con, "latency_window, alpha, late_alpha, late_windows") == [
        (LATE[0], 0.05, None, None)
    ]


AUDIT = (resources.root() / "sql" / "audit" / "alpha_is_kept.sql").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("update ops.alpha_ledger set alpha = 0.05 where chain_no = 2", "half the alpha"),
        ("update ops.alpha_ledger set alpha_spent = 0.01 where chain_no = 1", "half the alpha"),
        ("update ops.alpha_ledger set alpha = 0.01 where chain_no = 1", "another alpha"),
        ("update ops.alpha_ledger set chain_status = 'open' where chain_no = 1", "has not ended"),
        ("delete from ops.sequential_look where signal", "signal without"),
        ("update ops.sequential_look set signal = true where chain_no = 1", "signal without"),
        ("update ops.alpha_ledger set closed_on = '2030-01-01' where chain_no = 2", "signal"),
        ("delete from ops.sequential_look where chain_no = 1", "without a look"),
        ("delete from ops.alpha_ledger where chain_no = 2", "a look without its test"),
        ("update ops.alpha_ledger set taken_back_on = '2030-01-01' where chain_no = 2", "in part"),
        ("update ops.alpha_ledger set taken_back_on = '2030-01-01'", "without a day or a reason"),
        ("update ops.alpha_ledger set sequence_no = 2", "before it that is gone"),
    ],
)
def test_a_ledger_that_was_tampered_with_is_not_published(con, damage, told) -> None:
    night(con, ENDED)
    night(con, ENDED.replace("4.5", "9") + "2024-03-31 | 7 | 6 | 9\n2024-04-30 | 12 | 6.5 | 9")
    assert con.execute(AUDIT).fetchall() == []
    con.execute(damage)
    assert any(told in failure for (failure,) in con.execute(AUDIT).fetchall())


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("update ops.alpha_ledger set alpha = .1, alpha_spent = .1 where latency_window = '1-2 y'",
         "late windows that spend more than they share"),
        ("update ops.alpha_ledger set late_alpha = .06 where latency_window = '1-2 y'",
         "late windows that do not share one alpha"),
        ("update ops.alpha_ledger set late_windows = ['1-2 y'] where latency_window = '1-2 y'",
         "late windows that do not share one alpha"),
    ],
)  # fmt: skip
def test_late_windows_that_spend_more_than_they_share_are_not_published(con, damage, told) -> None:
    night(con, quiet(LATE, "2024-01-31"), late=LATE)
    assert con.execute(AUDIT).fetchall() == []
    con.execute(damage)
    assert [failure.partition(":")[0] for (failure,) in con.execute(AUDIT).fetchall()] == [told]


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("update ops.alpha_ledger set taken_back_on = null, taken_back_why = null",
         "stands beside a later one"),
        ("delete from ops.alpha_ledger where sequence_no = 1", "before it that is gone"),
        ("delete from ops.sequential_look where sequence_no = 1", "a test without a look"),
        ("update ops.alpha_ledger set alpha = .04, alpha_spent = .04 where sequence_no = 2",
         "another alpha than the one before it"),
        ("update ops.alpha_ledger set chain_status = 'signalled' where sequence_no = 1",
         "signal without the look"),
    ],
)  # fmt: skip
def test_what_was_taken_back_stays_whole_or_nothing_is_published(con, damage, told) -> None:
    night(con, QUIET)
    night(con, CORRECTED)
    assert con.execute(AUDIT).fetchall() == []
    con.execute(damage)
    assert any(told in failure for (failure,) in con.execute(AUDIT).fetchall())
