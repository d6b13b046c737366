"""The key of a cached tensor: digests of everything that its values were computed from.

A key is a dict for JSON. Two keys are equal if the same TensorFlow would compute the same values;
`changes` lists the differences. The digests are BLAKE2b of 16 bytes, and take about a second for a
gigabyte.
"""
from __future__ import annotations

import hashlib
import json
import os
from typing import Any, Callable, Container, Dict, List, Mapping, Optional, Tuple

import numpy as np

from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.types import Operation, Session, Tensor
from tf1_recipes.recording.session_tap import PARTIAL_SUFFIX, VARIABLES, TapError, open_own
from tf1_recipes.v1 import tf

KEY_SUFFIX = ".key.json"

# Names in a variable's op that do not affect its value.
_NAMES_ONLY = ("shared_name", "container")
_TEXTS, _TABLES = ("tensorflow", "tensor", "operations"), ("variables", "data", "constants")
_LARGEST = 16 << 20


def graph_digest(operations: List[Operation], tensor: Tensor, fed: Container[str]) -> str:
    """Returns the digest of a tensor's computation: operations, attributes, constants and edges.

    It does not depend on the names of operations, except for variables and tensors that are fed.

    Args:
        operations: list of operations, those of `tensor_sources.operations_for`.
        tensor: the tensor.
        fed: container of str, the names of the tensors that are fed.

    Returns:
        str.
    """
    number = {op: position for position, op in enumerate(operations)}
    digest, has_functions = _digest(), False
    for op in operations:
        definition = op.node_def
        attributes = []
        for name in sorted(definition.attr):
            value = definition.attr[name]
            has_functions = has_functions or value.HasField("func") or bool(value.list.func)
            if not name.startswith("_") and name not in _NAMES_ONLY:
                attributes.append((name, value.SerializeToString(deterministic=True)))
        # An input that is not fed and not computed is in a branch that does not run.
        inputs = [each.name if each.name in fed else (number.get(each.op), each.value_index)
                  for each in op.inputs]
        controls = [number.get(each) for each in op.control_inputs]
        name = op.name if op.type in VARIABLES else ""
        digest.update(repr((op.type, name, attributes, inputs, controls)).encode())
    if has_functions:
        library = tensor.graph.as_graph_def().library
        digest.update(library.SerializeToString(deterministic=True))
    digest.update(repr(tensor.value_index).encode())
    return digest.hexdigest()


def array_digest(rows: Any, batch_size: Optional[int] = None,
                 advance: Optional[Callable[[int], Any]] = None) -> str:
    """Returns the digest of an array's dtype, shape and elements.

    Args:
        rows: array, or an object with a shape, a dtype and slices.
        batch_size: int, how many rows are read at a time; by default all.
        advance: function of the number of rows read, or None.

    Returns:
        str.
    """
    digest = _digest()
    digest.update(repr((np.dtype(rows.dtype).str, tuple(rows.shape))).encode())
    if not rows.shape or batch_size is None:
        digest.update(_bytes(rows[()]))
    else:
        for start in range(0, rows.shape[0], batch_size):
            part = rows[start:start + batch_size]
            digest.update(_bytes(part))
            if advance:
                advance(len(part))
    return digest.hexdigest()


def variable_digests(session: Session, operations: List[Operation], reads: Mapping[str, Tensor]
                     ) -> Tuple[Dict[str, str], List[str]]:
    """Returns {variable name: digest of its value}, and problems with those without a value.

    Args:
        session: ``tf.Session``, whose variables' values are read.
        operations: list of operations, those of `tensor_sources.operations_for`.
        reads: dict {variable name: tensor that reads it}.
    """
    variables, problems = {}, []
    for op in operations:
        if op.type in VARIABLES:
            try:
                variables[op.name] = array_digest(session.run(reads[op.name]))
            except tf.errors.FailedPreconditionError:
                problems.append("the variable %r has no value yet: initialise or restore it first"
                                % op.name)
    return variables, problems


def key_of(operations: List[Operation], tensor: Tensor, variables: Dict[str, str],
           data: Dict[str, str], constants: Mapping[Tensor, Any]) -> Dict[str, Any]:
    """Returns the key of a tensor's values.

    Args:
        operations: list of operations, those of `tensor_sources.operations_for`.
        tensor: the tensor.
        variables: dict, the first result of `variable_digests`.
        data: dict {name of what is fed: digest of all examples}.
        constants: dict {tensor: the array that it is always fed}.
    """
    return {
        "tensorflow": tf.__version__,
        "tensor": "%s (%s)" % (tensor.name, tensor.dtype.base_dtype.name),
        "operations": graph_digest(
            operations, tensor, set(data).union(each.name for each in constants)),
        "variables": variables,
        "data": data,
        "constants": {each.name: array_digest(value) for each, value in constants.items()},
    }


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> List[str]:
    """Lists the differences of two keys.

    >>> changes({"variables": {"w": "1", "b": "1", "v": "3"}},
    ...         {"variables": {"w": "2", "b": "2", "v": "3"}})
    ["the variable 'w' has another value, and 1 more"]

    Args:
        old: dict, the key of the cache.
        new: dict, the key that is needed.

    Returns:
        List of str, empty for equal keys.
    """
    told = []
    for part, line in (("tensorflow", "TensorFlow was %s, and is %s"),
                       ("tensor", "the tensor was %s, and is %s")):
        if old.get(part) != new.get(part):
            told.append(line % (old.get(part), new.get(part)))
    if old.get("operations") != new.get("operations"):
        told.append("its operations, or their attributes or constants, have changed")
    for part, line in (("variables", "the variable %r has another value"),
                       ("data", "feeds has other data for %r"),
                       ("constants", "constants has another value for %r")):
        before, now = old.get(part, {}), new.get(part, {})
        # In the order of the net, the lowest layer first.
        other = [name for name in list(now) + [name for name in before if name not in now]
                 if before.get(name) != now.get(name)]
        if other:
            more = ", and %d more" % (len(other) - 1) if len(other) > 1 else ""
            told.append(line % other[0] + more)
    return told


def write_key(path: str, key: Mapping[str, Any]) -> None:
    """Writes the key of a cache to a file beside it.

    Raises:
        RecipeError: the partial file that is written first is a link.
    """
    partial = path + KEY_SUFFIX + PARTIAL_SUFFIX
    try:
        descriptor = open_own(partial)
    except TapError as error:
        raise RecipeError("cannot write %s" % (path + KEY_SUFFIX), [str(error)]) from None
    with open(descriptor, "w", encoding="utf-8") as file:
        file.truncate()
        json.dump(key, file, indent=1)
    os.replace(partial, path + KEY_SUFFIX)


def is_stale(path: str, key: Mapping[str, Any], recompute: bool) -> bool:
    """Whether a whole or partial cache must be replaced.

    Args:
        path: str, the file.
        key: dict, the key that is needed.
        recompute: bool, whether a cache with another key may be replaced.

    Returns:
        bool; False if it has this key.

    Raises:
        RecipeError: it has another key and must not be replaced, or it has no key.
    """
    try:
        old = _read(path + KEY_SUFFIX)
    except (OSError, ValueError, RecursionError):
        there = path if os.path.exists(path) else path + PARTIAL_SUFFIX
        raise RecipeError("Cannot use %s as a cache" % there, [
            "there is no readable %s, which records what it was computed from: give another path, "
            "or delete the file" % (path + KEY_SUFFIX)]) from None
    changed = changes(old, key)
    if changed and not recompute:
        raise RecipeError(
            "The cache %s is stale; delete it, or pass recompute=True" % path, changed)
    return bool(changed)


def _read(path):
    """Reads the key in a file; raises ValueError or RecursionError if there is none."""
    with open(path, encoding="utf-8") as file:
        text = file.read(_LARGEST + 1)
    if len(text) > _LARGEST:
        raise ValueError("it is too large")
    key = json.loads(text)
    if not (isinstance(key, dict)
            and all(isinstance(key.get(part), str) for part in _TEXTS)
            and all(isinstance(key.get(part), dict)
                    and all(isinstance(digest, str) for digest in key[part].values())
                    for part in _TABLES)):
        raise ValueError("it is not a key")
    return key


def _digest():
    return hashlib.blake2b(digest_size=16)


def _bytes(array):
    return memoryview(np.ascontiguousarray(array).reshape(-1).view(np.uint8))
