"""Groups in which every two are linked: chains of links do not swallow strangers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Int = NDArray[np.int64]
Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Links:
    """Links between nodes, each pair at most once, `left` below `right`.

    A certain link (a shared identifier, a person's word) is passed on from one to the next; of the
    others `weight` says how strong they are.
    """

    left: Int
    right: Int
    weight: Float
    certain: NDArray[np.bool_]


def complete_link(size: int, links: Links, apart: tuple[Int, Int]) -> Int:
    """The group of each of `size` nodes, named by its smallest node.

    First what is certain is joined. Then two groups are joined as long as every node of one is
    linked with every node of the other, the strongest first (complete linkage: a pair of groups is
    as strong as its weakest link; ties fall on the smaller nodes). Nodes that are kept `apart`
    are never in one group: of the certain links that would bring them together those of larger
    nodes give way.
    """
    label = _certain(size, links, apart)
    apart_left, apart_right = apart
    keep = ~links.certain | (label[links.left] != label[links.right])
    left, right = links.left[keep], links.right[keep]
    weight = np.where(links.certain[keep], np.inf, links.weight[keep])
    while left.size:
        low, high = np.minimum(label[left], label[right]), np.maximum(label[left], label[right])
        inside = low == high
        left, right, weight = left[~inside], right[~inside], weight[~inside]
        low, high = low[~inside], high[~inside]
        members = np.bincount(label, minlength=size)
        key, pair = np.unique(low * size + high, return_inverse=True)
        one, two = np.divmod(key, size)
        weakest = np.full(key.size, np.inf)
        np.minimum.at(weakest, pair, weight)
        whole = np.bincount(pair, minlength=key.size) == members[one] * members[two]
        held = np.minimum(label[apart_left], label[apart_right]) * size + np.maximum(
            label[apart_left], label[apart_right]
        )
        whole &= ~np.isin(key, held)
        if not whole.any():
            break
        # What is not whole now never becomes so: groups only grow.
        stays = whole[pair]
        left, right, weight = left[stays], right[stays], weight[stays]
        one, two, weakest = one[whole], two[whole], weakest[whole]
        merged = _best_of_each_other(size, one, two, weakest)
        target = np.arange(size)
        target[two[merged]] = one[merged]
        label = target[label]
    return label


def _best_of_each_other(size: int, one: Int, two: Int, weakest: Float) -> Int:
    """Positions of the pairs of groups that are each other's strongest."""
    place = np.arange(one.size)
    group = np.concatenate([one, two])
    other = np.concatenate([two, one])
    strength = np.concatenate([weakest, weakest])
    order = np.lexsort([np.maximum(group, other), np.minimum(group, other), -strength, group])
    first = np.ones(order.size, dtype=bool)
    first[1:] = group[order][1:] != group[order][:-1]
    best = np.full(size, -1)
    best[group[order[first]]] = np.concatenate([place, place])[order[first]]
    return place[(best[one] == place) & (best[two] == place)]


def _certain(size: int, links: Links, apart: tuple[Int, Int]) -> Int:
    """The groups of what is linked for certain."""
    left, right = links.left[links.certain], links.right[links.certain]
    label = components(left, right, size)
    torn = np.unique(label[apart[0]][label[apart[0]] == label[apart[1]]])
    if not torn.size:
        return label
    # A person has parted what identifiers join: few, and joined one by one.
    of_torn = np.isin(label[left], torn)
    fresh = label.copy()
    fresh[np.isin(label, torn)] = np.flatnonzero(np.isin(label, torn))
    order = np.lexsort([right[of_torn], left[of_torn]])
    for a, b in zip(left[of_torn][order], right[of_torn][order], strict=True):
        low, high = sorted((fresh[a], fresh[b]))
        joined = np.where(fresh == high, low, fresh)
        if not (joined[apart[0]] == joined[apart[1]]).any():
            fresh = joined
    return fresh


def components(left: Int, right: Int, size: int) -> Int:
    """The connected component of each of `size` nodes, named by its smallest node."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    if not size:
        return np.zeros(0, dtype=np.int64)
    graph = coo_array((np.ones(left.size), (left, right)), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    _, first = np.unique(label, return_index=True)
    return first[label].astype(np.int64)
