"""Code what is written: drugs to products and substances, countries to ISO codes."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv.dictionary import table
from pv.vocab import (
    areas,
    countries,
    events,
    ingredients,
    listed,
    notices,
    products,
    quarters,
    terms,
)
from pv.warehouse.relations import put, run, take


def load_vocabulary(con: duckdb.DuckDBPyConnection, overrides: Path | None) -> None:
    """Fill core.product, core.country, core.event_group(_member), core.notice, core.listed and
    core.therapeutic_area; make work.place and work.quarter_fact.

    `overrides` is the home's vocab folder, or None. Raises `pv.vocab.VocabularyError`.
    """
    _put_rows(con, "core.product", products.rows(overrides))
    _put_rows(con, "core.country", countries.rows(overrides))
    _put_rows(con, "core.event_group", events.rows(overrides))
    _put_rows(con, "core.event_group_member", events.members(overrides))
    _put_rows(con, "core.notice", notices.rows(overrides))
    _put_rows(con, "core.therapeutic_area", areas.rows(overrides))
    _put_rows(con, "core.listed", listed.rows(overrides))
    _put_rows(con, "work.quarter_fact", quarters.rows(overrides))
    places = [{**row, "written_place": row["value"]} for row in countries.mapping(overrides)]
    _put_rows(con, "work.place", places)


def code_drugs(con: duckdb.DuckDBPyConnection, overrides: Path | None) -> None:
    """Make work.drug_text and work.drug_coding: its substance, product_id and product.

    A text of an advanced therapy is led to it whatever its ingredient is known as.
    """
    run(con, "core/texts/drug_text")
    text = take(con, "work.drug_text")
    pairs = list(zip(text["drug_verbatim"], text["active_ingredient"], strict=True))
    matched = products.match(pairs, text["route"].tolist(), overrides)
    resolved = ingredients.resolve(pairs, overrides)
    folded = [each.substance for each in resolved]
    brand = {p["product_id"]: p["brand"] for p in products.rows(overrides)}
    product = [brand[found] if found else name for found, name in zip(matched, folded, strict=True)]
    basis = [
        "product" if found else each.basis for found, each in zip(matched, resolved, strict=True)
    ]
    coded = {
        "substance": folded, "substance_basis": basis, "product_id": matched, "product": product,
    }  # fmt: skip
    put(con, "work.drug_coding", {"text_no": text["text_no"], **_arrays(coded)})


def code_terms(con: duckdb.DuckDBPyConnection, overrides: Path | None) -> None:
    """Make work.event_spelling, core.term and core.event_soc: the event of each term as written.

    Where the vocabulary or MedDRA names an event, their spelling is taken. Raises
    `pv.vocab.VocabularyError`.
    """
    run(con, "core/texts/term_text")
    written: list[str] = take(con, "work.term_text")["term_verbatim"].tolist()
    known = [
        event
        for rows in (events.members(overrides), listed.rows(overrides), notices.rows(overrides))
        for row in rows
        if isinstance(event := row["event"], str)
    ]
    coder = terms.coder(overrides, known)
    coded = coder.code(written)
    names = [each.event for each in coded]
    number = {event: place for place, event in enumerate(sorted(set(names)), 1)}
    spelled = {"term_verbatim": written, "event": names}
    put(
        con,
        "work.event_spelling",
        {**_arrays(spelled), "term_no": np.array([number[n] for n in names], dtype=np.int64)},
    )
    put(con, "core.term", _arrays({**spelled, "term_basis": [each.basis for each in coded]}))
    soc = coder.soc(number)
    put(con, "core.event_soc", _arrays({"event": list(soc), "soc": list(soc.values())}))


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


def exempt_products(overrides: Path | None) -> frozenset[str]:
    """The product_id of each product that is made under hospital exemption."""
    known = products.load(overrides)
    return frozenset(p.product_id for p in known if p.authorisation == "hospital_exemption")


def _put_rows(
    con: duckdb.DuckDBPyConnection, qualified: str, rows: Sequence[Mapping[str, object]]
) -> None:
    """Put rows, with the columns that the dictionary knows."""
    names = [f.name for f in table(qualified).fields]
    put(con, qualified, _arrays({name: [row[name] for row in rows] for name in names}))


def _arrays(columns: Mapping[str, Sequence[object]]) -> dict[str, NDArray[np.object_]]:
    return {name: np.array(values, dtype=object) for name, values in columns.items()}
