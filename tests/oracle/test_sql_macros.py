"""The macros of a snapshot and pv.stats give the same numbers, null standing for nan."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pytest

from pv.stats import disproportionality, information, stratified, twobytwo
from pv.stats._strata_formulas import chi2_yates
from pv.warehouse import kit
from pv.warehouse.relations import run_script

# The macros that read a snapshot's tables are held to them in tests/integration/test_kit.py.
OF_VALUES = [macro for macro in kit.macros() if not macro.gives_rows]

RNG = np.random.default_rng(5)
# A third of the cells are zero; the rest go from single cases to a national database.
SCALE = np.array([30, 3_000, 3_000, 20_000_000])
TABLES = RNG.integers(0, SCALE, (2_000, 4)) * (RNG.random((2_000, 4)) < 0.67)


def ic_of_table(*cells: np.ndarray) -> np.ndarray:
    expected = twobytwo.expected(*cells)
    some = ~np.isnan(expected)
    result = np.full(expected.shape, np.nan)
    result[some] = information.ic(cells[0][some], expected[some]).estimate
    return result


PYTHON: dict[str, Callable[..., np.ndarray]] = {
    "pv_expected": twobytwo.expected,
    "pv_prr": lambda *cells: disproportionality.prr(*cells).estimate,
    "pv_prr_lower": lambda *cells: disproportionality.prr(*cells).lower,
    "pv_prr_upper": lambda *cells: disproportionality.prr(*cells).upper,
    "pv_prr_log_variance": lambda *cells: disproportionality.prr(*cells).log_variance,
    "pv_ror": lambda *cells: disproportionality.ror(*cells).estimate,
    "pv_ror_lower": lambda *cells: disproportionality.ror(*cells).lower,
    "pv_ror_upper": lambda *cells: disproportionality.ror(*cells).upper,
    "pv_ror_log_variance": lambda *cells: disproportionality.ror(*cells).log_variance,
    "pv_chi2": disproportionality.chi2,
    "pv_chi2_yates": lambda *cells: disproportionality.chi2(*cells, yates=True),
    "pv_rrr": disproportionality.rrr,
    "pv_ic": ic_of_table,
}
PAIRWISE: dict[str, Callable[..., np.ndarray]] = {
    "pv_ic_of": lambda n, expected: information.ic(n, expected).estimate,
    "pv_ic_lower": lambda n, expected: information.ic(n, expected).lower,
    "pv_ic_upper": lambda n, expected: information.ic(n, expected).upper,
}
# Of the expansion from 50 cases on; below, the quantiles are written out.
LIMITS = {"pv_ic_lower": 2e-9, "pv_ic_upper": 2e-9}


def cochran(*cells: np.ndarray) -> np.ndarray:
    """Cochran's chi-squared with continuity correction over the last axis."""
    a, b, c, d = (cell.astype(float) for cell in cells)
    with np.errstate(invalid="ignore", divide="ignore"):
        total = a + b + c + d
        expected = np.where(total > 0, (a + b) * (a + c) / total, 0)
        variance = np.where(total > 0, expected * (c + d) * (b + d) / total**2, 0)
    return chi2_yates(a.sum(-1), expected.sum(-1), variance.sum(-1))


# Of tables in threes, a stratum each.
POOLED: dict[str, Callable[..., np.ndarray]] = {
    "pv_pooled_expected": lambda *cells: np.nansum(twobytwo.expected(*cells), -1),
    "pv_pooled_ic": lambda *cells: (
        information.ic(cells[0].sum(-1), np.nansum(twobytwo.expected(*cells), -1)).estimate
    ),
    "pv_mh_ror": lambda *cells: stratified.mh_or(*cells).estimate,
    "pv_mh_ror_log_variance": lambda *cells: stratified.mh_or(*cells).log_variance,
    "pv_mh_prr": lambda *cells: stratified.mh_rr(*cells).estimate,
    "pv_mh_prr_log_variance": lambda *cells: stratified.mh_rr(*cells).log_variance,
    "pv_mh_chi2_yates": cochran,
}


@pytest.fixture(scope="module")
def database() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for name in kit.OF_VALUES:
        run_script(connection, name)
    connection.execute("create table cells (i bigint, a bigint, b bigint, c bigint, d bigint)")
    rows = [(i, *(int(cell) for cell in table)) for i, table in enumerate(TABLES)]
    connection.executemany("insert into cells values ($1, $2, $3, $4, $5)", rows)
    return connection


def column(database: duckdb.DuckDBPyConnection, expression: str) -> np.ndarray:
    rows = database.execute(f"select {expression} from cells order by i").fetchall()
    return np.array([np.nan if value is None else value for (value,) in rows], dtype=float)


@pytest.mark.parametrize("macro", PYTHON)
def test_macro_of_a_table_equals_python(database: duckdb.DuckDBPyConnection, macro: str) -> None:
    expected = PYTHON[macro](*TABLES.T)
    assert np.isnan(expected).any()
    assert np.isfinite(expected).any()
    computed = column(database, f"{macro}(a, b, c, d)")
    np.testing.assert_allclose(computed, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("macro", PAIRWISE)
def test_macro_of_counts_and_expectation_equals_python(
    database: duckdb.DuckDBPyConnection, macro: str
) -> None:
    expected = PAIRWISE[macro](TABLES[:, 0], TABLES[:, 1] / 7)
    computed = column(database, f"{macro}(a, b / 7)")
    np.testing.assert_allclose(computed, expected, rtol=1e-12, atol=LIMITS.get(macro, 1e-12))


@pytest.mark.parametrize("macro", ["pv_ic_lower", "pv_ic_upper"])
def test_a_limit_of_the_ic_is_exact_for_every_count(
    database: duckdb.DuckDBPyConnection, macro: str
) -> None:
    """Across the step from written quantiles to the expansion, and where it is widest."""
    rows = database.execute(
        f"select n, {macro}(n, n / 3.7) from range(3000) t (n) order by n"
    ).fetchall()
    n, computed = np.array(rows).T

    np.testing.assert_allclose(computed, PAIRWISE[macro](n, n / 3.7), rtol=0, atol=2e-9)
    undefined = database.execute(f"select {macro}(-1, 1), {macro}(-2, 1), {macro}(1, null)")
    assert undefined.fetchall() == [(None, None, None)]


@pytest.mark.parametrize("macro", POOLED)
def test_macro_of_strata_equals_python(database: duckdb.DuckDBPyConnection, macro: str) -> None:
    strata = TABLES[: len(TABLES) // 3 * 3].reshape(-1, 3, 4)
    assert (strata.sum(-1) == 0).any(), "an empty stratum is among them"
    expected = POOLED[macro](*np.moveaxis(strata, -1, 0))
    rows = database.execute(
        f"select {macro}(a, b, c, d) from cells where i < {strata.size // 4} "
        "group by i // 3 order by i // 3"
    ).fetchall()
    computed = np.array([np.nan if value is None else value for (value,) in rows], dtype=float)

    # Where no stratum has a case the sums of SQL are null, which is no stratum at all.
    expected[np.isnan(computed) & (strata.sum((1, 2)) == 0)] = np.nan
    assert np.isfinite(computed).sum() > len(computed) / 3
    np.testing.assert_allclose(computed, expected, rtol=1e-9, atol=1e-12)


def test_a_limit_of_a_ratio_is_that_of_python(database: duckdb.DuckDBPyConnection) -> None:
    for name, z in [("lower", -1.959963984540054), ("upper", 1.959963984540054)]:
        computed = column(
            database, f"pv_limit(pv_ror(a, b, c, d), pv_ror_log_variance(a, b, c, d), {z})"
        )
        expected = getattr(disproportionality.ror(*TABLES.T), name)
        np.testing.assert_allclose(computed, expected, rtol=1e-12)


def test_an_undefined_value_is_null_and_not_a_nan(database: duckdb.DuckDBPyConnection) -> None:
    """A nan sorts above every number in DuckDB, and would head an analyst's list."""
    for macro in PYTHON:
        counted = database.execute(
            f"select count(*) from cells where isnan({macro}(a, b, c, d))"
        ).fetchone()
        assert counted == (0,), macro


def test_a_null_cell_gives_null(database: duckdb.DuckDBPyConnection) -> None:
    for macro in PYTHON:
        row = database.execute(f"select {macro}(null::bigint, 2, 3, 4)").fetchone()
        assert row == (None,), macro


def test_every_macro_is_held_to_python_here(database: duckdb.DuckDBPyConnection) -> None:
    rows = database.execute(
        "select function_name from duckdb_functions() where not internal"
    ).fetchall()
    assert {name for (name,) in rows} == {m.name for m in OF_VALUES}
    held = {*PYTHON, *PAIRWISE, *POOLED, "pv_limit"}
    assert {m.name for m in OF_VALUES} == held


def test_the_macros_of_an_attached_snapshot_answer(tmp_path: Path) -> None:
    snapshot = tmp_path / "poolvigil.duckdb"
    with duckdb.connect(str(snapshot)) as made:
        for name in kit.OF_VALUES:
            run_script(made, name)
    given = {
        "a, b, c, d": "10, 90, 100, 9800",
        "n, e": "10, 1.5",
        "ratio, log_variance, z": "1, 2, 3",
    }
    with duckdb.connect() as reader:
        reader.execute(f"attach '{snapshot}' as pv (read_only)")
        for macro in OF_VALUES:
            (value,) = reader.execute(
                f"select pv.{macro.name}({given[macro.params]})"
            ).fetchone() or (None,)
            assert value is not None, macro
