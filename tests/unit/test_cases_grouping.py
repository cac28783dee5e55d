"""Groups in which every two are linked, by hand."""

from collections.abc import Sequence

import numpy as np
import pytest

from pv.cases.grouping import Links, complete_link

CERTAIN = float("inf")


def groups(
    size: int, links: Sequence[tuple[int, int, float]], apart: Sequence[tuple[int, int]] = ()
) -> list[int]:
    left, right, weight = (np.array(column) for column in zip(*links, strict=True))
    held = np.array(apart, dtype=np.int64).reshape(-1, 2)
    given = Links(
        left.astype(np.int64), right.astype(np.int64), weight.astype(np.float64), weight == CERTAIN
    )
    return complete_link(size, given, (held[:, 0], held[:, 1])).tolist()


def test_a_group_is_named_by_its_smallest_node_and_who_has_no_link_stands_alone() -> None:
    assert groups(5, [(1, 3, 20.0)]) == [0, 1, 2, 1, 4]


def test_a_chain_does_not_swallow_a_stranger() -> None:
    assert groups(3, [(0, 1, 20.0), (1, 2, 30.0)]) == [0, 1, 1]


def test_a_triangle_is_one_group() -> None:
    assert groups(3, [(0, 1, 20.0), (1, 2, 30.0), (0, 2, 25.0)]) == [0, 0, 0]


def test_equal_links_go_to_the_smaller_nodes() -> None:
    assert groups(4, [(0, 1, 20.0), (1, 2, 20.0), (2, 3, 20.0)]) == [0, 0, 2, 2]


def test_what_is_certain_is_passed_on() -> None:
    assert groups(3, [(0, 1, CERTAIN), (1, 2, CERTAIN)]) == [0, 0, 0]


def test_evidence_must_reach_every_member_of_what_is_certain() -> None:
    assert groups(3, [(0, 1, CERTAIN), (1, 2, 30.0)]) == [0, 0, 2]
    assert groups(3, [(0, 1, CERTAIN), (1, 2, 30.0), (0, 2, 20.0)]) == [0, 0, 0]


def test_who_is_kept_apart_is_never_in_one_group() -> None:
    triangle = [(0, 1, 20.0), (1, 2, 30.0), (0, 2, 25.0)]
    assert groups(3, triangle, [(0, 2)]) == [0, 1, 1]
    assert groups(3, [(0, 1, CERTAIN), (1, 2, CERTAIN)], [(0, 2)]) == [0, 0, 2]


def test_no_node_is_no_group() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    links = Links(nothing, nothing, np.zeros(0), np.zeros(0, dtype=bool))
    assert complete_link(0, links, (nothing, nothing)).size == 0


@pytest.mark.parametrize("seed", range(20))
def test_every_two_of_a_group_are_linked(seed: int) -> None:
    rng = np.random.default_rng(seed)
    size = 12
    pairs = [(a, b) for a in range(size) for b in range(a + 1, size) if rng.random() < 0.5]
    linked = set(pairs)
    label = groups(size, [(a, b, float(rng.integers(18, 24))) for a, b in pairs])
    for a in range(size):
        for b in range(a + 1, size):
            assert label[a] != label[b] or (a, b) in linked
    # No two groups are left of which every node is linked with every node of the other.
    of = {name: [n for n in range(size) if label[n] == name] for name in set(label)}
    assert not any(
        all((min(a, b), max(a, b)) in linked for a in of[x] for b in of[y])
        for x in of for y in of if x < y
    )  # fmt: skip
