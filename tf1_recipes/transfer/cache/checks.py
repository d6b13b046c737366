"""Finds all problems with a request to cache a tensor, before anything is computed."""
from __future__ import annotations

import os
from typing import Any, Iterable, List, Mapping, Optional, Set

import numpy as np

from tf1_recipes.graph.types import Operation, Session, Tensor
from tf1_recipes.graph.variable_selection import name_of
from tf1_recipes.recording.session_tap import VARIABLES, GraphView, place_of
from tf1_recipes.transfer.cache.tensor_sources import not_to_keep
from tf1_recipes.v1 import tf


def argument_problems(session: Session, tensor: Tensor, feeds: Mapping[Tensor, Any],
                      constants: Mapping[Tensor, Any], path: str, batch_size: int) -> List[str]:
    """Returns problems with the arguments, without a look at the graph or the data."""
    graph = getattr(session, "graph", None)
    problems = batch_size_problems(batch_size)
    if graph is None:
        problems.append("%r is not a session" % (session,))
    for title, each in ([("the tensor", tensor)] + [("feeds:", each) for each in feeds]
                        + [("constants:", each) for each in constants]):
        if not isinstance(each, tf.Tensor):
            problems.append("%s %r is not a tensor" % (title, each))
        elif graph is not None and each.graph is not graph:
            problems.append("%s %r is not in the session's graph" % (title, each.name))
    if not feeds:
        problems.append("feeds is empty: give the examples")
    if not os.path.isdir(folder_of(path)):
        problems.append("there is no folder %s" % folder_of(path))
    elif os.path.isdir(path):
        problems.append("%s is a folder: give a file" % path)
    if problems:
        return problems
    both = {each.name for each in feeds} & {each.name for each in constants}
    problems = ["%r is in both feeds and constants" % name for name in sorted(both)]
    if tensor.name in {each.name for each in list(feeds) + list(constants)}:
        problems.append("%r itself is fed" % tensor.name)
    dtype = tensor.dtype.base_dtype
    if dtype == tf.bfloat16:
        problems.append("it is bfloat16, which a .npy file cannot hold: cache "
                        "tf.cast(tensor, tf.float32), which is exact")
    elif np.dtype(dtype.as_numpy_dtype).kind not in "biufc" or dtype.is_quantized:
        problems.append("it has the type %s: only numbers and bools can be cached" % dtype.name)
    if tensor.shape.ndims == 0:
        problems.append("it is a scalar: its first dimension must be the batch")
    return problems


def feed_problems(feeds: Mapping[Tensor, Any], batch_size: int) -> List[str]:
    """Returns problems with the examples."""
    problems = []
    for each, values in feeds.items():
        own = np.dtype(each.dtype.base_dtype.as_numpy_dtype)
        shape = tuple(values.shape)
        if np.dtype(values.dtype).kind == "O":
            problems.append("%r is given an array of Python objects" % each.name)
        elif own.kind != "O" and not np.can_cast(values.dtype, own, "same_kind"):
            problems.append("%r is %s, but is given %s" % (each.name, own, values.dtype))
        if not shape:
            problems.append("%r is given a scalar instead of all examples: if it is the same for "
                            "all, give it in constants" % each.name)
        elif not shape[0]:
            problems.append("%r is given no examples" % each.name)
        elif each.shape.ndims == 0 or not each.shape[1:].is_compatible_with(shape[1:]):
            problems.append("%r has the shape %s, but is given %s"
                            % (each.name, each.shape, shape))
        elif batch_of(each) is not None and (
                batch_size != batch_of(each) or shape[0] < batch_size):
            problems.append("%r takes batches of %s: batch_size is %d, and there are %d examples"
                            % (each.name, batch_of(each), batch_size, shape[0]))
    lengths = {each.name: values.shape[0] for each, values in feeds.items() if values.shape}
    if len(set(lengths.values())) > 1:
        problems.append("the numbers of examples differ: " + ", ".join(
            "%r has %d" % each for each in lengths.items()))
    return problems


def source_problems(tensor: Tensor, operations: List[Operation], feeds: Iterable[Tensor],
                    trained_by: Any, view: GraphView) -> List[str]:
    """Returns problems with the operations and variables that the tensor depends on.

    Args:
        operations: list, those of `tensor_sources.operations_for`.
        view: `GraphView` of the graph.
    """
    problems = not_to_keep(operations)
    used = inputs_of(operations)
    problems += ["it does not depend on %r: leave that out of feeds" % each.name
                 for each in feeds if each.name not in used]
    variables = [op.name for op in operations if op.type in VARIABLES]
    reads = view.reads()
    problems += ["the variable %r cannot be read: %s" % (name, view.unreadable[name])
                 for name in variables if name not in reads]
    if trained_by is None:
        trained_by = view.graph.get_collection(tf.GraphKeys.TRAIN_OP)
    elif not isinstance(trained_by, (list, tuple)):
        trained_by = [trained_by]
    for each in trained_by:
        if not hasattr(each, "op") and not isinstance(each, tf.Operation):
            problems.append("trained_by: %r is not a train op or variable" % (each,))
            continue
        is_run = isinstance(each, (tf.Operation, tf.Tensor))
        name = each.name if isinstance(each, tf.Operation) else name_of(each)
        # The tensor is fed, so the operations behind it do not run.
        written = view.plan([name], [], {tensor.name})[1] if is_run else [name]
        lost = [variable for variable in variables if variable in written]
        if lost:
            problems.append(
                "it depends on the variable %r%s, which %s: the cache would become wrong. Train "
                "without it (var_list), or give the train op that will run: trained_by="
                % (lost[0], " and %d more" % (len(lost) - 1) if len(lost) > 1 else "",
                   "%r trains" % name if is_run else "is trained"))
    return problems


def as_rows(placeholder: Tensor, values: Any) -> Any:
    """Returns what is fed as an array, or as it is if it has a shape, a dtype and slices."""
    if all(hasattr(values, each) for each in ("shape", "dtype", "__getitem__")):
        return values
    dtype = placeholder.dtype.base_dtype
    return np.asarray(values, None if dtype == tf.string else dtype.as_numpy_dtype)


def batch_of(tensor: Tensor) -> Optional[int]:
    """Returns the batch size in a tensor's static shape, or None."""
    return tensor.shape.as_list()[0] if tensor.shape.ndims else None


def batch_size_problems(batch_size: Any) -> List[str]:
    """Returns problems with a batch size."""
    if isinstance(batch_size, bool) or not isinstance(batch_size, (int, np.integer)) or (
            batch_size < 1):
        return ["batch_size is %r: it must be an int >= 1" % (batch_size,)]
    return []


def inputs_of(operations: Iterable[Operation]) -> Set[str]:
    """Returns the names of the inputs of operations."""
    return {each.name for op in operations for each in op.inputs}


def folder_of(path: str) -> str:
    """Returns the folder of a file."""
    return os.path.dirname(place_of(path))
