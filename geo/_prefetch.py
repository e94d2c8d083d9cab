"""Ask for memory before it is needed: the processor goes on while it comes."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic


@intrinsic
def _prefetch(typingctx: Any, array: Any, place: Any) -> Any:  # noqa: ARG001
    """Ask for the memory of ``array[place]``, a row of a contiguous array; a place beyond its end does no harm.

    An instruction of the machine that reads nothing (LLVM, "llvm.prefetch"), so that it can neither fail nor wait.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = signature.args[0]
        seen = context.make_array(kind)(context, builder, arguments[0])
        stride = cgutils.unpack_tuple(builder, seen.strides, kind.ndim)[0]  # type: ignore[no-untyped-call]
        byte = builder.bitcast(seen.data, ir.IntType(8).as_pointer())
        at = builder.gep(byte, [builder.mul(arguments[1], stride)])
        number = ir.IntType(32)
        asked = builder.module.declare_intrinsic(
            "llvm.prefetch", [at.type], ir.FunctionType(ir.VoidType(), [at.type, number, number, number])
        )
        # to be read, kept in all caches, data
        builder.call(asked, [at, number(0), number(3), number(1)])
        return context.get_dummy_value()

    return types.void(array, place), generate


# numba's own type of it has the arguments of the function above
prefetch: Any = _prefetch
