"""Code what is written: drugs to products and substances, countries to ISO codes."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv.dictionary import table
from pv.vocab import areas, countries, events, listed, notices, products, substances
from pv.warehouse.relations import put, run, take


def load_vocabulary(con: duckdb.DuckDBPyConnection, overrides: Path | None) -> None:
    """Fill core.product, core.country, core.event_group(_member), core.notice, core.listed and
    core.therapeutic_area; make work.place.

    `overrides` is the home's vocab folder, or None. Raises `pv.vocab.VocabularyError`.
    """
    _put_rows(con, "core.product", products.rows(overrides))
    _put_rows(con, "core.country", countries.rows(overrides))
    _put_rows(con, "core.event_group", events.rows(overrides))
    _put_rows(con, "core.event_group_member", events.members(overrides))
    _put_rows(con, "core.notice", notices.rows(overrides))
    _put_rows(con, "core.therapeutic_area", areas.rows(overrides))
    _put_rows(con, "core.listed", listed.rows(overrides))
    places = [{**row, "written_place": row["value"]} for row in countries.mapping(overrides)]
    _put_rows(con, "work.place", places)


def code_drugs(con: duckdb.DuckDBPyConnection, overrides: Path | None) -> None:
    """Make work.drug_text and work.drug_coding: its substance, product_id and product."""
    run(con, "core/texts/drug_text")
    text = take(con, "work.drug_text")
    pairs = list(zip(text["drug_verbatim"], text["active_ingredient"], strict=True))
    matched = products.match(pairs, text["route"].tolist(), overrides)
    folded = substances.resolve(pairs, overrides)
    brand = {p["product_id"]: p["brand"] for p in products.rows(overrides)}
    product = [brand[found] if found else name for found, name in zip(matched, folded, strict=True)]
    coded = {"substance": folded, "product_id": matched, "product": product}
    put(con, "work.drug_coding", {"text_no": text["text_no"], **_arrays(coded)})


def code_exposure(con: duckdb.DuckDBPyConnection, overrides: Path | None) -> None:
    """Make work.exposure_coding: the product_id of each product name in the exposure files."""
    coded = exposed_products(con, overrides)
    columns = {"product": list(coded), "product_id": list(coded.values())}
    put(con, "work.exposure_coding", _arrays(columns))


def exposed_products(
    con: duckdb.DuckDBPyConnection, overrides: Path | None
) -> dict[str, str | None]:
    """The product_id of each product name in the exposure files."""
    run(con, "core/texts/exposure_product")
    names = take(con, "work.exposure_product")["product"].tolist()
    matched = products.match([(name, None) for name in names], None, overrides)
    return dict(zip(names, matched, strict=True))


def _put_rows(
    con: duckdb.DuckDBPyConnection, qualified: str, rows: Sequence[Mapping[str, object]]
) -> None:
    """Put rows, with the columns that the dictionary knows."""
    names = [f.name for f in table(qualified).fields]
    put(con, qualified, _arrays({name: [row[name] for row in rows] for name in names}))


def _arrays(columns: Mapping[str, Sequence[object]]) -> dict[str, NDArray[np.object_]]:
    return {name: np.array(values, dtype=object) for name, values in columns.items()}
