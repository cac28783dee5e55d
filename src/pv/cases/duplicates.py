"""Cases taken for the same one, look by look: identifiers first, then evidence, then persons."""

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv.cases import weighing
from pv.cases.grouping import Links, complete_link, components
from pv.spec.duplicates import COUNTED, Duplicates, measured
from pv.warehouse.relations import put, run, take


def link(con: duckdb.DuckDBPyConnection, spec: Duplicates) -> None:
    """Make the groups of work.linked_group, and what sql/core/counted needs to tell of them.

    Each look has the groups of the versions that were current at it, so that a replay finds what a
    night found.
    """
    rows = measured(spec)
    texts, counts = ("country", "sources"), ("n_linked", "n_right", "n_told", "n_found")
    put(con, "core.linkage_rightness", {
        **{name: np.array([row[name] for row in rows], dtype=object) for name in texts},
        **{name: np.array([int(row[name]) for row in rows], dtype=np.int64) for name in counts},
    })  # fmt: skip
    priors = {name: spec.fields[name][0].u for name in COUNTED if name != "product"}
    put(con, "work.trait_prior", {
        "trait": np.array(list(priors), dtype=object), "u": np.array(list(priors.values())),
    })  # fmt: skip
    run(con, "core/compared", blocking(spec))
    weighing.weigh(con, spec)
    run(con, "core/weighed", {
        **spec.model_dump(include={
            "linked_from", "possible_from", "remaining", "least_cases", "least_personal",
            "series_from",
        }),
        "apart": list(spec.apart),
    })  # fmt: skip
    _find_components(con)
    run(con, "core/linked")
    _group(con)


def blocking(spec: Duplicates) -> dict[str, float]:
    """The params of sql/core/compared."""
    return {
        "pseudo_cases": spec.pseudo_cases,
        "product_u": spec.fields["product"][0].u,
        "largest_block": spec.largest_block,
    }


def _find_components(con: duckdb.DuckDBPyConnection) -> None:
    """Make work.component from work.case_link.

    A component holds the cases that are linked at any look, so that each look's groups lie inside
    one.
    """
    links = take(con, "work.case_link")
    cases, position = np.unique(
        np.concatenate([links["case_id"], links["other_case_id"]]), return_inverse=True
    )
    left, right = np.split(position, 2)
    label = components(left, right, cases.size)
    put(con, "work.component", {"case_id": cases, "component": label})


def _group(con: duckdb.DuckDBPyConnection) -> None:
    """Make work.linked_group from work.linked_version, work.link and work.kept_apart.

    Twice: of what is linked for counting, and of all that is possible.
    """
    node = take(con, "work.linked_version", "node")["node"]
    found = take(con, "work.link")
    rejected = take(con, "work.kept_apart")
    apart = (rejected["node"], rejected["other"])
    certain = np.isnan(found["match_bits"])

    def groups(chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        left, right = found["node"][chosen], found["other"][chosen]
        pair, first = np.unique(np.stack([left, right]), axis=1, return_index=True)
        # A certain link goes before the weight of the same pair: nan sorts last.
        strength = np.full(first.size, -np.inf)
        key = np.unique(np.stack([left, right]), axis=1, return_inverse=True)[1].ravel()
        np.maximum.at(strength, key, np.where(certain, np.inf, found["match_bits"])[chosen])
        links = Links(pair[0], pair[1], strength, np.isposinf(strength))
        return complete_link(node.size, links, apart)

    put(con, "work.linked_group", {
        "node": node,
        "group_no": groups(found["is_linked"]),
        "possible_no": groups(np.ones(certain.size, dtype=bool)),
    })  # fmt: skip
