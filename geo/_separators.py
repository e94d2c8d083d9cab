"""Where the shares of a territory hang together too thinly: least cuts of vertices, the compiled part of separators.

Each node is two, joined by an arc as wide as its share; neighbours are joined without limit; the source leads to what
may be a root, as wide as that is. Flow by shortest augmenting paths in layers (Dinitz, Soviet Math. Doklady 11, 1970),
stopped as soon as it is as much as the target's share.
"""

from __future__ import annotations

import numpy as np
from numba import njit

INSIDE, BORDER = 1, 2
_WIDE = 1e9
_NOTHING = 1e-9
# makes the least cut with the fewest nodes the least: Koch and Martin, Networks 32(3), 1998
_CREEP = 1e-5


@njit(cache=True, nogil=True)
def _arcs(start, near, share, root):  # type: ignore[no-untyped-def]
    """Build tail, head and width of arcs, each with its reverse after it; and the arcs that leave each node."""
    count = len(share)
    arcs = 4 * count + 2 * len(near)
    tail = np.empty(arcs, np.int64)
    head = np.empty(arcs, np.int64)
    wide = np.zeros(arcs)
    source = 2 * count
    at = 0
    for row in range(count):
        tail[at], head[at], wide[at] = 2 * row, 2 * row + 1, share[row] + _CREEP
        tail[at + 1], head[at + 1] = 2 * row + 1, 2 * row
        tail[at + 2], head[at + 2], wide[at + 2] = source, 2 * row, root[row]
        tail[at + 3], head[at + 3] = 2 * row, source
        at += 4
    for row in range(count):
        for place in range(start[row], start[row + 1]):
            tail[at], head[at], wide[at] = 2 * row + 1, 2 * near[place], _WIDE
            tail[at + 1], head[at + 1] = 2 * near[place], 2 * row + 1
            at += 2
    nodes = 2 * count + 1
    first = np.zeros(nodes + 1, np.int64)
    for arc in range(arcs):
        first[tail[arc] + 1] += 1
    for node in range(nodes):
        first[node + 1] += first[node]
    place_of = first.copy()
    leaving = np.empty(arcs, np.int64)
    for arc in range(arcs):
        leaving[place_of[tail[arc]]] = arc
        place_of[tail[arc]] += 1
    return tail, head, wide, first, leaving


@njit(cache=True, nogil=True)
def _layered(source, sink, head, wide, first, leaving, layer, queue):  # type: ignore[no-untyped-def]
    """Number nodes by steps from the source; whether the sink is reached."""
    layer[:] = -1
    layer[source] = 0
    queue[0] = source
    begin, end = 0, 1
    while begin < end:
        node = queue[begin]
        begin += 1
        for at in range(first[node], first[node + 1]):
            arc = leaving[at]
            other = head[arc]
            if wide[arc] > _NOTHING and layer[other] < 0:
                layer[other] = layer[node] + 1
                if other == sink:
                    return True
                queue[end] = other
                end += 1
    return False


@njit(cache=True, nogil=True)
def _flow(source, sink, wanted, tail, head, wide, first, leaving, layer, queue):  # type: ignore[no-untyped-def]
    """Push flow until it is as much as ``wanted`` or no more can be pushed; ``wide`` is what is left."""
    flow = 0.0
    path = queue.copy()
    while flow < wanted and _layered(source, sink, head, wide, first, leaving, layer, queue):
        onward = first.copy()
        node, length = source, 0
        while flow < wanted:
            if node == sink:
                least = _WIDE
                for at in range(length):
                    least = min(least, wide[path[at]])
                for at in range(length):
                    wide[path[at]] -= least
                    wide[path[at] ^ 1] += least
                flow += least
                node, length = source, 0
                continue
            stepped = False
            while onward[node] < first[node + 1]:
                arc = leaving[onward[node]]
                if wide[arc] > _NOTHING and layer[head[arc]] == layer[node] + 1:
                    path[length] = arc
                    length += 1
                    node = head[arc]
                    stepped = True
                    break
                onward[node] += 1
            if not stepped:
                if length == 0:
                    break
                length -= 1
                node = tail[path[length]]
                onward[node] += 1
    return flow


@njit(cache=True, nogil=True)
def _near_sink(sink, head, wide, first, leaving, queue, kind):  # type: ignore[no-untyped-def]
    """Mark the smallest side of a least cut: what can still reach the sink."""
    reach = np.zeros(len(first) - 1, np.bool_)
    reach[sink] = True
    queue[0] = sink
    begin, end = 0, 1
    while begin < end:
        node = queue[begin]
        begin += 1
        for at in range(first[node], first[node + 1]):
            arc = leaving[at]
            if wide[arc ^ 1] > _NOTHING and not reach[head[arc]]:
                reach[head[arc]] = True
                queue[end] = head[arc]
                end += 1
    for row in range(len(kind)):
        kind[row] = INSIDE if reach[2 * row] else BORDER if reach[2 * row + 1] else 0


@njit(cache=True, nogil=True)
def _near_source(target, start, near, layer, queue, kind):  # type: ignore[no-untyped-def]
    """Mark the largest side of a least cut, as far as it hangs together with the target."""
    kind[:] = 0
    kind[target] = INSIDE
    queue[0] = target
    begin, end = 0, 1
    while begin < end:
        row = queue[begin]
        begin += 1
        for at in range(start[row], start[row + 1]):
            other = near[at]
            if kind[other] == 0:
                if layer[2 * other] < 0:
                    kind[other] = INSIDE
                    queue[end] = other
                    end += 1
                else:
                    kind[other] = BORDER


@njit(cache=True, nogil=True)
def _open_beyond(target, start, near, size, least, wide, queue):  # type: ignore[no-untyped-def]
    """Let the source reach all but the nodes round the target that together are smaller than ``least``."""
    count = len(size)
    around = np.zeros(count, np.bool_)
    around[target] = True
    queue[0] = target
    begin, end = 0, 1
    total = size[target]
    is_full = False
    while begin < end and not is_full:
        row = queue[begin]
        begin += 1
        for at in range(start[row], start[row + 1]):
            other = near[at]
            if around[other]:
                continue
            if total + size[other] >= least:
                is_full = True
                break
            total += size[other]
            around[other] = True
            queue[end] = other
            end += 1
    for row in range(count):
        if not around[row]:
            wide[4 * row + 2] = _WIDE


@njit(cache=True, nogil=True)
def separators_of(start, near, share, root, size, least, slack, most, every):  # type: ignore[no-untyped-def]
    """Find cuts that shares miss by more than ``slack``: the targets, and what is INSIDE and BORDER of each.

    With ``least`` above 0 roots do not count, and sides are smaller than that. Unless ``every``, a node within a side
    found before is no target.
    """
    count = len(share)
    tail, head, whole, first, leaving = _arcs(start, near, share, root)
    source = 2 * count
    layer = np.empty(source + 1, np.int64)
    queue = np.empty(max(source + 1, count), np.int64)
    targets = np.empty(2 * most, np.int64)
    kinds = np.zeros((2 * most, count), np.int8)
    covered = np.zeros(count, np.bool_)
    found = 0
    for target in np.argsort(-share):
        if share[target] <= slack or found >= 2 * most - 1:
            break
        if (covered[target] and not every) or size[target] >= least > 0.0:
            continue
        wide = whole.copy()
        if least > 0.0:
            _open_beyond(target, start, near, size, least, wide, queue)
        wanted = share[target] - slack
        sink = 2 * target
        if _flow(source, sink, wanted, tail, head, wide, first, leaving, layer, queue) >= wanted:
            continue
        targets[found] = target
        _near_sink(sink, head, wide, first, leaving, queue, kinds[found])
        found += 1
        _near_source(target, start, near, layer, queue, kinds[found])
        is_other = False
        for row in range(count):
            if kinds[found - 1, row] == INSIDE or kinds[found, row] == INSIDE:
                covered[row] = True
            is_other |= kinds[found - 1, row] != kinds[found, row]
        if is_other:
            targets[found] = target
            found += 1
    return targets[:found], kinds[:found]
