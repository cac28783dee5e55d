"""The one file that knows Great Expectations' insides (version 1.24).

Great Expectations validates the `gate` views over cursors of the caller's own connection: it
then sees what is committed, and nothing but that. Opening the database by its path would be
refused, because duckdb-engine sets a user agent, and DuckDB wants one configuration per process.
"""

import logging
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, date, datetime, time
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from pv.errors import GateError, shortened
from pv.quality.suites import Suite

if TYPE_CHECKING:
    from great_expectations.core.expectation_validation_result import ExpectationValidationResult
    from great_expectations.data_context.data_context.ephemeral_data_context import (
        EphemeralDataContext,
    )
    from great_expectations.datasource.fluent.sql_datasource import SQLDatasource

# Counts only: no value of a report gets into a result, and so none into the Data Docs.
_RESULT_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0}

# The Data Docs name styles and scripts on foreign hosts. Nothing here may need the network, and
# a page on a file share must not run what such a host sends: browsers are told to load neither.
_SEALED = (
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'self' file: data: 'unsafe-inline'\">"
)


class _Dialect(str, Enum):  # noqa: UP042 - GX compares the member with a plain str
    DUCKDB = "duckdb"


def validate(
    con: duckdb.DuckDBPyConnection,
    suites: Sequence[Suite],
    site: Path,
    night: date,
    progress: Callable[[str], None],
) -> dict[tuple[str, str], int]:
    """Run the suites on their `gate` views and write the Data Docs into the folder `site`.

    Returns the number of failing rows by (suite, rule). `site` is replaced whole. Raises
    GateError when an expectation could not be loaded or raised: Great Expectations drops the
    first in silence and reports the second as a rule that merely failed.
    """
    failed: dict[tuple[str, str], int] = {}
    with _context(site) as context, _datasource(con, context) as datasource:
        for suite in suites:
            progress(f"checking {suite.name}")
            for result in _run(context, datasource, suite, night):
                rule = result.expectation_config.meta["rule"]  # type: ignore[union-attr, index]
                failed[suite.name, rule] = _count(suite.name, rule, result)
        shutil.rmtree(site, ignore_errors=True)
        context.build_data_docs()
        _seal(site)
    return failed


@contextmanager
def without_spark() -> Iterator[None]:
    """Let Great Expectations be imported as if there were no Spark.

    It imports all of pyspark where that is installed, of which a part ends the process, with exit
    code 0, where the main module has no file (`python -c`).
    """
    before = sys.modules.get("pyspark")
    sys.modules["pyspark"] = None  # pyright: ignore[reportArgumentType] - an import of it fails
    try:
        yield
    finally:
        del sys.modules["pyspark"]
        if before is not None:
            sys.modules["pyspark"] = before


@contextmanager
def _context(site: Path) -> Iterator["EphemeralDataContext"]:
    """A context in memory with one Data Docs site: no analytics, no bars, nothing in the home."""
    with without_spark():
        import great_expectations as gx
        from great_expectations.data_context.types.base import (
            DataContextConfig,
            InMemoryStoreBackendDefaults,
            ProgressBarsConfig,
        )
        from great_expectations.execution_engine import sqlalchemy_execution_engine as engine

    # It logs tracebacks of what it raises as well: who gets the error tells it.
    logging.getLogger("great_expectations").propagate = False
    logging.getLogger("great_expectations").addHandler(logging.NullHandler())
    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(),
        analytics_enabled=False,
        progress_bars=ProgressBarsConfig(globally=False, metric_calculations=False),
        data_docs_sites={
            "gate": {
                "class_name": "SiteBuilder",
                "show_how_to_buttons": False,
                "store_backend": {
                    "class_name": "TupleFilesystemStoreBackend",
                    "base_directory": str(site),
                },
                "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
            }
        },
    )
    # GX closes a connection before it fetches, and DuckDB's results are empty from then on. For
    # the dialects in this tuple it keeps the connection open instead.
    before = engine._PERSISTED_CONNECTION_DIALECTS
    engine._PERSISTED_CONNECTION_DIALECTS = (*before, _Dialect.DUCKDB)  # type: ignore[assignment]
    try:
        yield gx.get_context(project_config=config, mode="ephemeral")
    finally:
        engine._PERSISTED_CONNECTION_DIALECTS = before


@contextmanager
def _datasource(
    con: duckdb.DuckDBPyConnection, context: "EphemeralDataContext"
) -> Iterator["SQLDatasource"]:
    """A data source whose connections are cursors of `con`; they are closed at the end."""
    from duckdb_engine import ConnectionWrapper

    with ExitStack() as cursors:

        def connect() -> ConnectionWrapper:
            return ConnectionWrapper(cursors.enter_context(closing(con.cursor())))

        yield context.data_sources.add_sql(
            "gate",
            connection_string="duckdb://",
            kwargs={"creator": connect},  # pyright: ignore[reportCallIssue] - not in GX's stub
        )


def _run(
    context: "EphemeralDataContext", datasource: "SQLDatasource", suite: Suite, night: date
) -> "list[ExpectationValidationResult]":
    import great_expectations as gx
    from great_expectations.core.run_identifier import RunIdentifier

    made = gx.ExpectationSuite(
        name=suite.name,
        expectations=[
            {**e.config, "severity": e.severity, "description": e.reason}
            for e in suite.expectations
        ],
    )
    # GX logs an expectation that it cannot load and goes on without it.
    if len(made.expectations) != len(suite.expectations):
        raise GateError(f"suite {suite.name}: Great Expectations refused one of its expectations")
    asset = datasource.add_query_asset(suite.table, f"select * from gate.{suite.table}")
    definition = context.validation_definitions.add(
        gx.ValidationDefinition(
            name=suite.name,
            data=asset.add_batch_definition_whole_table("all"),
            suite=context.suites.add(made),
        )
    )
    run_id = RunIdentifier(
        run_name=night.isoformat(), run_time=datetime.combine(night, time(), tzinfo=UTC)
    )
    return definition.run(result_format=_RESULT_FORMAT, run_id=run_id).results


def _count(suite: str, rule: str, result: "ExpectationValidationResult") -> int:
    """Failing rows of one result; GateError when the rule raised."""
    errors = [e for e in _exceptions(result.exception_info or {}) if e.get("raised_exception")]
    if errors:
        raise GateError(f"suite {suite}, rule {rule}: the rule itself failed: {_why(errors[0])}")
    # A column expectation counts as `unexpected_count`, a query as `observed_value`.
    counts: dict[str, Any] = result.result
    failed = int(counts["unexpected_count" if "unexpected_count" in counts else "observed_value"])
    if result.success != (failed == 0):
        raise GateError(
            f"suite {suite}, rule {rule}: success is {result.success} with {failed} failing rows"
        )
    return failed


def _why(error: dict[str, Any]) -> str:
    """What the database says of the query itself; what it says of a row may quote it."""
    said = str(error.get("exception_message"))
    found = re.search(r"(Binder|Catalog|Parser) Error: [^\n]*", said)
    return shortened(found[0]) if found else "its condition does not fit the rows"


def _exceptions(info: dict[str, Any]) -> list[dict[str, Any]]:
    """`exception_info` is one exception, or a dict of them by metric."""
    return [info] if "raised_exception" in info else list(info.values())


def _seal(site: Path) -> None:
    for page in sorted(site.rglob("*.html")):
        text = page.read_text(encoding="utf-8")
        page.write_text(text.replace("<head>", f"<head>{_SEALED}", 1), encoding="utf-8")
