"""Periods of receipt on any history: as a walk by hand, and a later look only appends."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pv.counts.periods import Receipts, last_ended, periods, quarter

QUARTERS, STRATA = 9, 3
# A case: stratum, quarter of receipt, how much later it is known, and when it goes again.
CASES = st.lists(
    st.tuples(
        st.integers(0, STRATA - 1), st.integers(0, QUARTERS - 1), st.integers(0, 3),
        st.none() | st.integers(1, 4),
    ),
    max_size=60,
)  # fmt: skip


def receipts(cases: list[tuple]) -> Receipts:
    rows = [(s, q, q + late, 1) for s, q, late, _ in cases]
    rows += [(s, q, q + late + gone, -1) for s, q, late, gone in cases if gone is not None]
    stratum, received, known, by = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    return Receipts(STRATA, stratum, received, known, by)


def by_hand(cases: list[tuple], least: int, last: int) -> list[tuple[int, int]]:
    """Stratum and last quarter of each closed period, one quarter after the other."""
    found: list[tuple[int, int]] = []
    for stratum in range(STRATA):
        since = -1
        for now in range(last + 1):
            held = sum(
                s == stratum and since < q <= now and q + late <= now
                and not (gone is not None and q + late + gone <= now)
                for s, q, late, gone in cases
            )  # fmt: skip
            if held >= least:
                found.append((stratum, now))
                since = now
    return found


@given(CASES, st.integers(1, 8), st.integers(0, QUARTERS + 6))
@settings(max_examples=150, deadline=None)
def test_periods_close_as_a_walk_by_hand_closes_them(cases, least, last) -> None:
    stratum, ends = receipts(cases).ends(least, last)
    assert list(zip(stratum.tolist(), ends.tolist(), strict=True)) == by_hand(cases, least, last)


@given(CASES, st.integers(1, 8), st.integers(0, QUARTERS + 5))
@settings(max_examples=150, deadline=None)
def test_a_later_look_only_appends(cases, least, last) -> None:
    """What is closed stays closed, whatever comes, goes or arrives late after it."""
    every = receipts(cases)
    seen = every.known <= last
    early = Receipts(
        STRATA, every.stratum[seen], every.quarter[seen], every.known[seen], every.by[seen]
    ).ends(least, last)
    late = every.ends(least, QUARTERS + 6)
    for stratum in range(STRATA):
        before, after = early[1][early[0] == stratum], late[1][late[0] == stratum]
        assert after[: before.size].tolist() == before.tolist()
        assert (after[before.size :] > last).all()
    # So a case has the same period at every look that knows it.
    own = every.stratum[seen], every.quarter[seen]
    assert periods(early, *own).tolist() == periods(late, *own).tolist()


@given(CASES, st.integers(1, 8))
@settings(max_examples=80, deadline=None)
def test_every_case_lies_between_two_ends(cases, least) -> None:
    every = receipts(cases)
    ends = every.ends(least, QUARTERS + 6)
    place = periods(ends, every.stratum, every.quarter)
    for s, q, p in zip(every.stratum, every.quarter, place, strict=True):
        own = ends[1][ends[0] == s]
        assert p == np.sum(own < q)


@given(st.dates())
def test_the_last_quarter_that_has_ended(day) -> None:
    ends = (day.month, day.day) in {(3, 31), (6, 30), (9, 30), (12, 31)}
    assert last_ended(day) == quarter(day) - (0 if ends else 1)
