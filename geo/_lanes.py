"""What numba lacks for the innermost loops: numbers looked at eight at a time, bits counted, arrays as bare places.

A place (`place_of`) is where the numbers of an array begin. Numba counts references to each array that a function is
given, by an atomic instruction; of a place nothing is counted, and its rows are as long as one says. The array must
outlive it: it is an argument of the function that asks, or used after.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

_LANES: Final = 8
_ONE, _TWO, _EVERY_SECOND = np.uint64(1), np.uint64(2), np.uint64(0x5555_5555_5555_5555)
# so many edges of an outline are looked at together: both numbers of each of their vertices have a bit
CHUNK: Final = np.uint64(31)
_BYTE, _WORD, _DOUBLE = ir.IntType(8), ir.IntType(64), ir.DoubleType()
_BITS: Final = ir.IntType(_LANES)
_EIGHT: Final = ir.VectorType(_DOUBLE, _LANES)
_ASKED: Final = ir.VectorType(ir.IntType(1), _LANES)


@intrinsic
def _place_of(typingctx: Any, array: Any) -> Any:  # noqa: ARG001
    """Where the numbers of a contiguous array begin."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return context.make_array(signature.args[0])(context, builder, arguments[0]).data

    return types.CPointer(array.dtype)(array), generate  # type: ignore[no-untyped-call]


@intrinsic
def _eight(typingctx: Any, numbers: Any, at: Any, left: Any, west: Any, south: Any, east: Any, north: Any) -> Any:  # noqa: ARG001
    """Eight numbers from a place on, x and y in turn: bits of those not below west and south, and, above, not beyond.

    ``left`` is how many there are, at least 1: what is beyond is not read, and its bits say nothing.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        start, at_, left_, *sides = arguments
        begin = builder.bitcast(builder.gep(start, [at_]), _EIGHT.as_pointer())
        fewer = builder.icmp_unsigned("<", left_, _WORD(_LANES))
        lanes = builder.select(fewer, left_, _WORD(_LANES))
        ones = builder.sub(builder.shl(ir.IntType(16)(1), builder.trunc(lanes, ir.IntType(16))), ir.IntType(16)(1))
        asked = builder.bitcast(builder.trunc(ones, _BITS), _ASKED)
        load = cgutils.get_or_insert_function(  # type: ignore[no-untyped-call]
            builder.module,
            ir.FunctionType(_EIGHT, [begin.type, ir.IntType(32), _ASKED, _EIGHT]),
            f"llvm.masked.load.v{_LANES}f64.p0v{_LANES}f64",
        )
        read = builder.call(load, [begin, ir.IntType(32)(8), asked, ir.Constant(_EIGHT, [0.0] * _LANES)])

        def in_turn(x: Any, y: Any) -> Any:
            made = ir.Constant(_EIGHT, ir.Undefined)
            for lane in range(_LANES):
                made = builder.insert_element(made, y if lane % 2 else x, ir.IntType(32)(lane))
            return made

        def told(comparison: str, against: Any) -> Any:
            bits = builder.bitcast(builder.fcmp_ordered(comparison, read, against), _BITS)
            return builder.zext(bits, _WORD)

        low, high = told(">=", in_turn(*sides[:2])), told("<=", in_turn(*sides[2:]))
        return context.make_tuple(builder, signature.return_type, (low, high))

    word, number = types.uint64, types.float64
    both = types.UniTuple(word, 2)  # type: ignore[no-untyped-call]
    place = types.CPointer(number)  # type: ignore[no-untyped-call]
    return both(place, word, word, number, number, number, number), generate


@intrinsic
def _lowest(typingctx: Any, word: Any) -> Any:  # noqa: ARG001
    """The number of the lowest bit that is set; of 0 it is 64."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        return builder.cttz(arguments[0], ir.IntType(1)(0))

    return types.uint64(types.uint64), generate


@intrinsic
def _highest(typingctx: Any, word: Any) -> Any:  # noqa: ARG001
    """The number of the highest bit that is set; not to be asked of 0."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        return builder.sub(_WORD(63), builder.ctlz(arguments[0], ir.IntType(1)(0)))

    return types.uint64(types.uint64), generate


# numba's own types of them have the arguments of the functions above
place_of: Any = _place_of
lowest: Any = _lowest
highest: Any = _highest
eight: Any = _eight


@njit(cache=True, nogil=True, forceinline=True)
def sides_of(numbers, at, count, west, south, east, north):  # type: ignore[no-untyped-def]
    """Up to 64 numbers, x and y in turn: bits of those not below west and south, and of those not beyond east, north.

    ``at`` and ``count`` are unsigned; bits beyond ``count`` say nothing.
    """
    low = high = np.uint64(0)
    done = np.uint64(0)
    while done < count:
        above, below = eight(numbers, at + done, count - done, west, south, east, north)
        low |= above << done
        high |= below << done
        done += np.uint64(_LANES)
    return low, high


@njit(cache=True, nogil=True, forceinline=True)
def edges_met(points, first, count, west, south, east, north):  # type: ignore[no-untyped-def]
    """Edges from ``first`` on, at most CHUNK, that meet a box: of those that do, every second bit is set."""
    low, high = sides_of(points, _TWO * first, _TWO * count + _TWO, west, south, east, north)
    # an edge meets the box when not both of its ends are beyond the same side
    met = (low | (low >> _TWO)) & (high | (high >> _TWO))
    return met & (met >> _ONE) & _EVERY_SECOND & ((_ONE << (_TWO * count)) - _ONE)
