"""Code what is written: drugs to products and substances, countries to ISO codes."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv.dictionary import table
from pv.vocab import countries, events, notices, products, substances
from pv.warehouse.frames import insert, register


def load_vocabulary(con: duckdb.DuckDBPyConnection, overrides: Path | None) -> None:
    """Fill core.product, core.country, core.event_group(_member), core.notice and
    vocab_country_value.

    `overrides` is the home's vocab folder, or None. Raises `pv.vocab.VocabularyError`.
    """
    _fill(con, "core.product", products.rows(overrides))
    _fill(con, "core.country", countries.rows(overrides))
    _fill(con, "core.event_group", events.rows(overrides))
    _fill(con, "core.event_group_member", events.members(overrides))
    _fill(con, "core.notice", notices.rows(overrides))
    places = countries.mapping(overrides)
    register(con, "place", _columns(places, ("value", "country", "region", "masked")))
    con.execute(
        "create or replace temp table vocab_country_value as "
        "select value as raw, country, region, masked::boolean as masked from place"
    )


def code_drugs(con: duckdb.DuckDBPyConnection, overrides: Path | None) -> int:
    """Make vocab_drug: each distinct text of a drug with its substance, product_id and product.

    Matching runs once per distinct text, not once per row. Returns the number of texts.
    """
    text = con.execute(
        """
        select distinct drug_verbatim, active_ingredient, route
        from staging.report_drug
        order by all
        """
    ).fetchall()
    pairs = [(verbatim, ingredient) for verbatim, ingredient, _ in text]
    matched = products.match(pairs, [route for *_, route in text], overrides)
    folded = substances.resolve(pairs, overrides)
    brand = {p["product_id"]: p["brand"] for p in products.rows(overrides)}
    columns = {
        "text_no": list(range(len(text))),
        "drug_verbatim": [t[0] for t in text],
        "active_ingredient": [t[1] for t in text],
        "route": [t[2] for t in text],
        "substance": folded,
        "product_id": matched,
        "product": [
            brand[found] if found else name for found, name in zip(matched, folded, strict=True)
        ],
    }
    register(con, "coded", _arrays(columns))
    con.execute("""
        create or replace temp table vocab_drug as
        select * replace (text_no::integer as text_no)
        from coded
        """)
    return len(text)


def code_exposure(con: duckdb.DuckDBPyConnection, overrides: Path | None) -> None:
    """Make vocab_exposure: each product name in the exposure files with its product_id."""
    coded = exposed_products(con, overrides)
    columns = {"name": list(coded), "product_id": list(coded.values())}
    register(con, "coded", _arrays(columns))
    con.execute("create or replace temp table vocab_exposure as select * from coded")


def exposed_products(
    con: duckdb.DuckDBPyConnection, overrides: Path | None
) -> dict[str, str | None]:
    """The product_id of each product name in the exposure files."""
    found = con.execute(
        "select distinct product from staging.exposure where product is not null order by all"
    ).fetchall()
    names = [name for (name,) in found]
    matched = products.match([(name, None) for name in names], None, overrides)
    return dict(zip(names, matched, strict=True))


def _fill(
    con: duckdb.DuckDBPyConnection, qualified: str, rows: Sequence[Mapping[str, object]]
) -> None:
    """Replace a vocabulary table by rows, keeping the columns that the dictionary knows."""
    insert(con, qualified, _columns(rows, [f.name for f in table(qualified).fields]))


def _columns(
    rows: Sequence[Mapping[str, object]], names: Iterable[str]
) -> dict[str, NDArray[np.object_]]:
    return _arrays({name: [row[name] for row in rows] for name in names})


def _arrays(columns: Mapping[str, Sequence[object]]) -> dict[str, NDArray[np.object_]]:
    return {name: np.array(values, dtype=object) for name, values in columns.items()}
