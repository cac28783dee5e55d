"""The ledger over many nights: one night or sixty, killed or not, and its error without effect."""

from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pytest

from pv.rates import ledger
from pv.rates.ledger import Looks, Terms
from pv.rates.sequential_tests import SIGNALLED, NewLooks, SequentialTests, running, walk
from pv.spec import AnalysisSpec
from pv.spec.sequential import Design
from pv.stats.sequential import critical_value_poisson, error_poisson
from pv.warehouse.connect import connect, empty
from pv.warehouse.transaction import transaction

MONTHS = 60
LATE = ["1-2 y", "2-5 y"]
DAYS = np.arange("2020-02", "2025-02", dtype="datetime64[M]").astype("datetime64[D]") - 1


def designed(horizon: float | None = None) -> Design:
    """The design that ships, with a horizon."""
    return AnalysisSpec.load(horizon=horizon).sequential


def many_looks(seed: int, keys: int = 40) -> tuple[Looks, Terms]:
    """Looks at keys of all sorts: with and without effect, corrected exposure, longer plans."""
    rng = np.random.default_rng(seed)
    country = np.sort(np.array([f"C{i:02}" for i in range(keys - 1)] + ["all"], dtype=object))
    rate = rng.lognormal(-2.5, 1.2, keys)
    risk = rng.choice([1.0, 1.5, 4.0], keys)
    n = np.cumsum(rng.poisson(rate[:, None] * risk[:, None], (keys, MONTHS)), axis=1)
    expected = np.cumsum(rate[:, None] * rng.uniform(0.5, 1.5, (keys, MONTHS)), axis=1)
    n -= rng.random(n.shape) < 0.05  # a case withdrawn at that look
    expected *= rng.uniform(0.97, 1.03, expected.shape)  # exposure corrected
    planned = expected * rng.choice([1.0, 1.3], (keys, 1)) + rng.uniform(0, 2, (keys, 1))

    def each(values: np.ndarray) -> np.ndarray:
        return np.repeat(values, MONTHS)

    same = {
        name: np.full(keys * MONTHS, text, dtype=object)
        for name, text in zip(ledger.KEY[:4], ("P", "E", "event", "2-5 y"), strict=True)
    }
    looks = Looks(
        **same,
        country=each(country),
        as_of=np.tile(DAYS, keys),
        n=np.maximum(n, 0).ravel().astype(float),
        n_reported=np.maximum(n, 0).ravel().astype(float),
        expected=expected.ravel(),
        is_due=np.ones(n.size, dtype=bool),
    )
    minimum = each(rng.choice([1.0, 3.0], keys))
    return looks, Terms(planned.ravel(), minimum)


def up_to(looks: Looks, plan: Terms, day: np.datetime64) -> tuple[Looks, Terms]:
    kept = looks.as_of <= day
    return (
        Looks(*(getattr(looks, name)[kept] for name in Looks.__slots__)),
        Terms(*(getattr(plan, name)[kept] for name in Terms.__slots__)),
    )


def a_night(
    con: duckdb.DuckDBPyConnection, given: tuple[Looks, Terms], day: np.datetime64, design: Design
) -> None:
    with transaction(con):
        ledger.record(con, *given, LATE, design, *[day.astype(date)] * 2)


def recorded(con: duckdb.DuckDBPyConnection) -> list[list[tuple]]:
    return [
        con.execute(f"select * from {table} order by all").fetchall()
        for table in ("ops.alpha_ledger", "ops.sequential_look")
    ]


def kept(folder: Path) -> duckdb.DuckDBPyConnection:
    folder.mkdir()
    return connect(folder / "warehouse.duckdb", memory_limit="1GB", threads=1)


@pytest.mark.parametrize(("horizon", "nights"), [(None, 60), (2.0, 12)])
def test_one_night_and_sixty_nights_and_killed_nights_keep_the_same_ledger(
    tmp_path: Path, horizon: float | None, nights: int
) -> None:
    looks, plan = many_looks(seed=11)
    design = designed(horizon)
    at_once, nightly, killed = (kept(tmp_path / name) for name in ("once", "nights", "killed"))

    a_night(at_once, (looks, plan), DAYS[-1], design)
    for number, day in enumerate(DAYS[MONTHS // nights - 1 :: MONTHS // nights]):
        a_night(nightly, up_to(looks, plan, day), day, design)
        if number % 7 == 0:
            with pytest.raises(KeyboardInterrupt), transaction(killed):
                last = [day.astype(date)] * 2
                ledger.record(killed, *up_to(looks, plan, day), LATE, design, *last)
                raise KeyboardInterrupt
        if number % 4 == 3:  # nights that died before leave several looks to one that lives
            a_night(killed, up_to(looks, plan, day), day, design)

    found = recorded(at_once)
    [(states, extended)] = at_once.execute(
        "select list(distinct chain_status order by chain_status), max(chain_no) "
        "from ops.alpha_ledger"
    ).fetchall()
    assert states == ["ended", "open", "signalled"]
    assert extended == 1 if horizon else extended > 1  # no more is wanted than a set horizon
    assert recorded(nightly) == found
    assert recorded(killed) == found
    for con in (at_once, nightly, killed):
        con.close()


def test_a_key_has_the_same_chains_whatever_else_is_looked_at(tmp_path: Path) -> None:
    looks, plan = many_looks(seed=12)
    alone = looks.country == "C07"
    together, apart = kept(tmp_path / "together"), kept(tmp_path / "apart")

    a_night(together, (looks, plan), DAYS[-1], designed())
    one = Looks(*(getattr(looks, name)[alone] for name in Looks.__slots__))
    planned = Terms(*(getattr(plan, name)[alone] for name in Terms.__slots__))
    a_night(apart, (one, planned), DAYS[-1], designed())

    of_key = [[row for row in table if row[4] == "C07"] for table in recorded(together)]
    assert recorded(apart) == of_key


def test_the_night_of_the_judge_keeps_the_ledger_when_the_mart_is_emptied(tmp_path: Path) -> None:
    con = kept(tmp_path / "home")
    looks, plan = many_looks(seed=13, keys=3)
    a_night(con, (looks, plan), DAYS[-1], designed())
    before = recorded(con)

    empty(con, "mart")

    assert recorded(con) == before and before[0]


def walked(
    n: np.ndarray, expected: np.ndarray, design: Design, projected: float
) -> SequentialTests:
    """Tests of `n` and `expected`, both of shape (keys, looks)."""
    keys, looks = n.shape
    key = np.repeat(np.arange(keys), looks)
    grown = running(key, expected.ravel(), np.zeros(keys))
    before = np.roll(n, 1, axis=1)
    before[:, 0] = 0
    earlier = np.roll(grown.reshape(keys, looks), 1, axis=1)
    earlier[:, 0] = 0
    size = key.size
    looks_ = NewLooks(
        key,
        np.tile(np.datetime64("2000-01-31") + 30 * np.arange(looks), keys),
        n.ravel().astype(float),
        grown,
        before.ravel().astype(float),
        earlier.ravel(),
        design.wanted(np.full(size, projected)),
        np.full(size, design.alpha),
        np.full(size, float(design.minimum)),
    )
    tests = SequentialTests.unopened(keys)
    walk(looks_, tests, design)
    return tests


@pytest.mark.parametrize("horizon", [1.0, 10.0])
def test_without_effect_monthly_looks_signal_no_more_often_than_alpha(horizon: float) -> None:
    """Monthly looks at a continuous boundary: below alpha, and not far below."""
    rng = np.random.default_rng(21)
    keys, looks = 20_000, 100
    expected = np.tile(np.linspace(horizon / looks, horizon, looks), (keys, 1))
    n = np.cumsum(rng.poisson(horizon / looks, (keys, looks)), axis=1)

    share = float((walked(n, expected, designed(horizon), horizon).status == SIGNALLED).mean())

    assert 0.035 < share <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / keys)


def test_extensions_without_effect_stay_within_the_alpha_that_they_record() -> None:
    """Four chains: at most .05 (1 + 1/2 + 1/4 + 1/8), and more than the first alone."""
    rng = np.random.default_rng(22)
    keys, looks, step = 10_000, 200, 0.1
    expected = np.tile(np.arange(1, looks + 1) * step, (keys, 1))
    n = np.cumsum(rng.poisson(step, (keys, looks)), axis=1)
    design = designed(5.0)
    # The plan grows from 5 to 20 expected events as each chain ends.
    state, spent = np.zeros(keys, dtype=bool), 0.0
    starts = np.arange(0, looks, 50)
    for chain, start in enumerate(starts):
        alpha = 0.05 / 2**chain
        spent += alpha
        part = slice(start, start + 50)
        before = n[:, start - 1 : start] if start else np.zeros((keys, 1))
        own = design.model_copy(update={"alpha": alpha})
        found = walked(n[:, part] - before, expected[:, part] - step * start, own, 5.0)
        state |= found.status == SIGNALLED
    assert spent < 2 * 0.05
    assert 0.05 < float(state.mean()) <= spent + 3 * np.sqrt(spent * (1 - spent) / keys)


def test_the_critical_value_that_a_chain_is_given_has_the_error_it_says() -> None:
    value = critical_value_poisson(10.0, minimum=3, alpha=0.0125)

    assert error_poisson(10.0, critical_value=value, minimum=3) == pytest.approx(0.0125, abs=1e-9)
