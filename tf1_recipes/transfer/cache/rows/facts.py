"""What the rules ask about tensors: shapes and values, from the graph or from a run of it."""
from __future__ import annotations

import contextlib
from typing import Any, Dict, List, Mapping, Optional

import numpy as np

from tf1_recipes.graph.types import Session, Tensor
from tf1_recipes.transfer.cache.rows.kinds import ANY_SIZE, SAME, Kind, Rows
from tf1_recipes.transfer.cache.rows.sizes import COMPUTED, computed
from tf1_recipes.v1 import tf

# Values of the graph's arguments are small; weights are compared, but not all kept.
_LARGEST_VALUE, _LARGEST_CONSTANT = 1 << 12, 1 << 24
_PASSED_ON = ("Identity", "Enter", "RefEnter")


class Facts(object):
    """Shapes and values of tensors.

    Args:
        session: ``tf.Session``, which is asked what the graph does not say.
        examples: dict {fed tensor: one example, or a whole batch if its size is fixed}, with the
            values of ``constants``.
        fixed: int, the size of every batch if the graph fixes it, or None.
        constants: dict {name: value} of tensors that are fed the same value in every run.
        looping: set of the operations in loops, which cannot be run on their own.

    Attributes:
        batch: int, the size of a batch, or `ANY_SIZE`.
    """

    def __init__(self, session: Session, examples: Mapping[Tensor, Any], fixed: Optional[int],
                 constants: Mapping[str, Any], looping: Any) -> None:
        self._session, self._examples, self._constants = session, examples, constants
        self._looping, self.fixed = looping, fixed
        self.batch = ANY_SIZE if fixed is None else fixed
        self._recorded: Dict[str, Optional[np.ndarray]] = {}
        self._runs: Dict[str, Optional[np.ndarray]] = {}
        self._now: Dict[str, Kind] = {}
        self._before: Dict[str, Kind] = {}

    def rank(self, tensor: Tensor, kind: Kind) -> Optional[int]:
        """The number of a tensor's dimensions, or None."""
        if tensor.shape.ndims is not None:
            return tensor.shape.ndims
        dims = self.dims(tensor, kind)
        return None if dims is None else len(dims)

    def dims(self, tensor: Tensor, kind: Kind) -> Optional[List[int]]:
        """The sizes of a tensor's dimensions, or None if one is not known."""
        dims = None if tensor.shape.ndims is None else tensor.shape.as_list()
        own = kind.axis if isinstance(kind, Rows) else None
        if dims is None or any(size is None and axis != own for axis, size in enumerate(dims)):
            run = self._run(tensor)
            if run is None:
                return None
            dims = list(run.shape)
        if isinstance(kind, Rows):
            if not kind.axis < len(dims):
                return None
            dims[kind.axis] = kind.before * self.batch * kind.after
        return dims

    def value(self, tensor: Tensor, kind: Kind) -> Optional[np.ndarray]:
        """The value of a small tensor of whole numbers, as Python ints; or None."""
        if tensor.name in self._recorded:
            return self._recorded[tensor.name]
        if kind is not SAME or not (tensor.dtype.is_integer or tensor.dtype.is_bool):
            return None
        op, values = tensor.op, None
        if op.type in COMPUTED and tensor.name not in self._constants:
            values = computed(op, [self.value(each, SAME) for each in op.inputs])
        value = self._constant(tensor) if values is None else values[tensor.value_index]
        if value is None or value.size > _LARGEST_VALUE:
            return None
        return np.array(value.tolist(), object)

    def repeats(self, tensor: Tensor, axis: int) -> bool:
        """Whether a constant is the same in all places along an axis."""
        shape = tensor.shape
        if not shape.is_fully_defined() or shape.num_elements() > _LARGEST_CONSTANT:
            return False
        value = self._constant(tensor)
        return value is not None and bool(np.all(value == value.take([0], axis)))

    def record(self, tensor: Tensor, value: Optional[np.ndarray]) -> None:
        """Keeps a value that a rule has found: array of Python ints, or None."""
        self._recorded[tensor.name] = value

    def put(self, origin: str, kind: Kind) -> bool:
        """Notes what a TensorArray keeps; False if it keeps something else, too."""
        return self._now.setdefault(origin, kind) == kind

    def content(self, origin: str) -> Optional[Kind]:
        """What a TensorArray keeps, or None if nothing is written yet."""
        return self._now.get(origin, self._before.get(origin))

    def turn(self) -> bool:
        """Starts another walk through the graph; whether TensorArrays kept other things before."""
        changed, self._before, self._now = self._now != self._before, self._now, {}
        return changed

    def _constant(self, tensor):
        if tensor.name in self._constants:
            return np.asarray(self._constants[tensor.name])
        if tensor.op.type == "Const":
            return tf.make_ndarray(tensor.op.get_attr("value"))
        if tensor.op.type == "Identity" or tensor.op.type in _PASSED_ON and tensor.op.get_attr(
                "is_constant"):
            return self._constant(tensor.op.inputs[0])
        return self._run(tensor)

    def _run(self, tensor):
        """A tensor's value for the first examples, or None if it cannot be computed on its own."""
        if tensor.name not in self._runs:
            value = None
            if tensor.op not in self._looping and tensor.graph.is_fetchable(tensor):
                with contextlib.suppress(tf.errors.OpError, TypeError, ValueError):
                    value = np.asarray(self._session.run(tensor, self._examples))
            self._runs[tensor.name] = value
        return self._runs[tensor.name]
