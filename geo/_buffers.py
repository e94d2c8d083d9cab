"""Buffers of the compiled part of frontage: made larger, and put in order."""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True, error_model="numpy")
def doubled(table):  # type: ignore[no-untyped-def]
    # element by element: numba compiles a slice's error message with it, which takes seconds
    larger = np.empty((2 * table.shape[0], table.shape[1]), table.dtype)
    for i in range(table.shape[0]):
        for c in range(table.shape[1]):
            larger[i, c] = table[i, c]
    return larger


@njit(cache=True, nogil=True, error_model="numpy")
def sort(values, count):  # type: ignore[no-untyped-def]
    """Shell's sort with Knuth's steps: few values mostly, and numpy's sort takes seconds to compile."""
    step = 1
    while 3 * step + 1 < count:
        step = 3 * step + 1
    while step > 0:
        for i in range(step, count):
            value = values[i]
            j = i
            while j >= step and values[j - step] > value:
                values[j] = values[j - step]
                j -= step
            values[j] = value
        step //= 3
