"""sql/macros/statistics.sql and pv.stats give the same numbers, null standing for nan."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pytest

from pv.stats import disproportionality, information, twobytwo

MACROS = Path(__file__).parents[2] / "sql" / "macros" / "statistics.sql"

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
    "pv_ic_lower_approx": lambda n, expected: information.ic_approx(n, expected).lower,
    "pv_ic_upper_approx": lambda n, expected: information.ic_approx(n, expected).upper,
}


@pytest.fixture(scope="module")
def database() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(MACROS.read_text(encoding="utf-8"))
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
    np.testing.assert_allclose(computed, expected, rtol=1e-12, atol=1e-12)


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
        "select function_name from duckdb_functions() where function_name like 'pv\\_%' escape '\\'"
    ).fetchall()
    assert {name for (name,) in rows} == set(PYTHON) | set(PAIRWISE)


def test_the_macros_of_an_attached_snapshot_answer(tmp_path: Path) -> None:
    snapshot = tmp_path / "poolvigil.duckdb"
    with duckdb.connect(str(snapshot)) as made:
        made.execute(MACROS.read_text(encoding="utf-8"))
    with duckdb.connect() as reader:
        reader.execute(f"attach '{snapshot}' as pv (read_only)")
        for macro in PYTHON:
            (value,) = reader.execute(f"select pv.{macro}(10, 90, 100, 9800)").fetchone() or ()
            assert value > 0, macro
        for macro in PAIRWISE:
            (value,) = reader.execute(f"select pv.{macro}(10, 1.5)").fetchone() or ()
            assert value is not None, macro
