"""Ask for memory ahead of its use: what far peers said lies anywhere, and the processor would wait for it long."""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, overload

from sim.compiling import compiled

__all__ = ["prefetch_words"]

_WORTH_IT = 1 << 15
"""Words from which they do not fit a core's own cache."""


def _touch(array: Any, index: Any) -> None:
    """Ask for one element of an array; in plain Python nothing needs to be done."""


@intrinsic
def _intrinsic_prefetch(typingctx: Any, array: Any, index: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        fields = cgutils.create_struct_proxy(signature.args[0])(context, builder, arguments[0])
        address = builder.gep(fields.data, [builder.zext(arguments[1], ir.IntType(64))])
        pointer, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [pointer, number, number, number])
        function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0i8")
        read, keep, data = ir.Constant(number, 0), ir.Constant(number, 2), ir.Constant(number, 1)
        builder.call(function, [builder.bitcast(address, pointer), read, keep, data])
        return context.get_dummy_value()

    return types.void(array, index), generate


_prefetch: Any = _intrinsic_prefetch  # called in compiled code, without the first argument


@overload(_touch, inline="always")
def _compiled_touch(array, index):
    return lambda array, index: _prefetch(array, index)


@compiled
def prefetch_words(words, peers):
    """Ask for what the peers of a tile say (`words[peers[peer, lane]]`), where words are too many to be at hand."""
    if words.size > _WORTH_IT:
        for k in range(peers.shape[0]):
            mouths = peers[k]
            for lane in range(mouths.size):
                _touch(words, np.uint32(mouths[lane]))
