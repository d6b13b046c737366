"""The arrays of a model, an optimizer or a tree of any framework, under names; imports none.

    >>> arrays_of({"dense": {"kernel": np.ones([2, 1]), "bias": [0.5]}, "step": 3})
    {'dense/kernel': array([[1.],
           [1.]]), 'dense/bias': array([0.5]), 'step': array(3)}

A thing is recognised by its attributes, so no framework needs to be installed:

* PyTorch: a module's ``state_dict()`` (``fc1.weight``); of an optimizer the tensors of its state,
  as ``<number of the parameter>/<name>`` (``0/exp_avg``);
* Keras 3: the ``weights`` of a model or layer, the ``variables`` of an optimizer, by their paths
  (``sequential/dense/kernel``); Keras 2: by their names, without ``:0``;
* TF2: the variables of a ``tf.Module``, by the attributes that lead to them (``layers/0/w``);
* JAX: any tree that JAX knows, by its keys;
* dicts, lists, tuples, namedtuples (optax states) and dataclasses of all these, joined by ``/``. A
  list of nothing but plain numbers is one array. ``None`` holds nothing.
"""
from __future__ import annotations

import dataclasses
import numbers
import sys
from collections.abc import Mapping
from typing import Any, Dict

import numpy as np

from tf1_recipes.errors import Error
from tf1_recipes.traces.trace import DTYPES
from tf1_recipes.untrusted.array_errors import array_errors
from tf1_recipes.untrusted.visible import name_fault

_STORED = set(DTYPES.values())


class Arrays(dict):
    """``{name: array}``; ``converted`` has the types that no plain array can hold.

    Attributes:
        converted: dict ``{name: dtype}`` of those that are kept as float32, without loss: bfloat16
            and other types of 16 bits or less.
    """

    def __init__(self) -> None:
        super().__init__()
        self.converted = {}


def arrays_of(thing: Any, what: str = "it", copy: bool = True) -> Dict[str, np.ndarray]:
    """Returns the `Arrays` of a thing.

    Args:
        thing: see above; the docstring of this module lists what it may be.
        what: str, what the messages call it.
        copy: bool; False may return views of the framework's memory, which training changes.

    Raises:
        Error: something in it is not an array of numbers, or two have one name; all in one message.
    """
    found, problems = Arrays(), []
    try:
        for name, value in _leaves(thing, "", problems):
            if name in found:
                problems.append("two arrays are called %r" % name)
                continue
            _add(found, name, value, problems, copy)
    except RecursionError:
        raise Error("%s: it contains itself, or is nested too deeply" % what) from None
    if not found and not problems and not isinstance(thing, (Mapping, list, tuple, type(None))):
        problems.append("type %s holds no arrays: was it built?" % type(thing).__name__)
    for name in found:
        fault = name_fault(name)
        if fault:
            problems.append("the name %r %s%s" % (
                name, fault, "" if name else ": give a dict with the names as keys"))
    if problems:
        raise Error("%s: %s" % (what, "; ".join(problems)))
    return found


def _leaves(thing, path, problems):
    """Yields (name, array-like) of everything in a thing."""
    if thing is None:
        return
    if _is_leaf(thing):
        yield path, thing
    elif isinstance(thing, Mapping):
        yield from _named(thing.items(), path, problems)
    elif isinstance(thing, tuple) and hasattr(thing, "_fields"):
        yield from _named(zip(thing._fields, thing), path, problems)
    elif isinstance(thing, (list, tuple)):
        yield from _named(enumerate(thing), path, problems)
    elif _keras_variables(thing) is not None:
        yield from _named(((_keras_name(each), each) for each in _keras_variables(thing)),
                          path, problems)
    elif callable(getattr(thing, "state_dict", None)):
        state = thing.state_dict()
        # An optimizer's learning rates and flags are not variables.
        yield from _leaves(state["state"] if "param_groups" in state else state, path, problems)
    elif hasattr(thing, "trainable_variables") and hasattr(thing, "submodules"):
        yield from _named(_module_variables(thing, problems), path, problems)
    elif _jax_leaves(thing) is not None:
        yield from _named(_jax_leaves(thing), path, problems)
    elif dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        fields = ((each.name, getattr(thing, each.name)) for each in dataclasses.fields(thing))
        yield from _named(fields, path, problems)
    else:
        problems.append("%sno arrays of a known kind are in type %s; give a dict of arrays" % (
            path and path + ": ", type(thing).__name__))


def _named(pairs, path, problems):
    for name, value in pairs:
        name = name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)
        yield from _leaves(value, path + "/" + name if path else name, problems)


def _is_leaf(thing):
    if isinstance(thing, (np.ndarray, np.generic, numbers.Number, str, bytes)):
        return True
    if isinstance(thing, (list, tuple)):
        return _all_numbers(thing)
    # The arrays and variables of all frameworks have a shape and a dtype; their models do not.
    return hasattr(thing, "shape") and hasattr(thing, "dtype")


def _all_numbers(thing):
    if isinstance(thing, (list, tuple)):
        # An empty namedtuple is a state of optax that holds nothing.
        return bool(thing) and not hasattr(thing, "_fields") and all(map(_all_numbers, thing))
    return isinstance(thing, numbers.Number)


def _keras_variables(thing):
    """The variables of a Keras model, layer or optimizer, or None, as for a `tf.Module`."""
    for attribute in ("weights", "variables"):
        try:
            found = getattr(thing, attribute, None)
            found = found() if callable(found) and attribute == "variables" else found
        except (ValueError, TypeError):  # a model that was not built yet
            continue
        if isinstance(found, (list, tuple)) and (
                attribute == "weights" or any(hasattr(each, "path") for each in found)):
            return found
    return None


def _keras_name(variable):
    name = getattr(variable, "path", None) or getattr(variable, "name", "")
    return name[:-2] if name.endswith(":0") else name


def _module_variables(module, problems):
    """The (name, variable) pairs of a `tf.Module`, each once, by the attributes that lead to it."""
    found, seen = {}, set()

    def walk(thing, path):
        if id(thing) in seen:
            return
        seen.add(id(thing))
        if hasattr(thing, "shape") and hasattr(thing, "dtype"):
            if hasattr(thing, "assign"):
                found[path] = thing
        elif isinstance(thing, Mapping):
            for key in thing:
                walk(thing[key], "%s/%s" % (path, key) if path else str(key))
        elif isinstance(thing, (list, tuple)):
            for index, each in enumerate(thing):
                walk(each, "%s/%d" % (path, index) if path else str(index))
        elif path and isinstance(getattr(thing, "weights", None), (list, tuple)):  # a Keras layer
            for each in thing.weights:
                walk(each, path + "/" + _keras_name(each))
                seen.add(id(getattr(each, "value", each)))
        elif hasattr(thing, "trainable_variables") and hasattr(thing, "__dict__"):
            attributes = {name: value for name, value in vars(thing).items()
                          if not name.startswith(("_self_", "_tf_module", "_name"))}
            for name in sorted(attributes, key=lambda name: (name.startswith("_"), name)):
                walk(attributes[name], path + "/" + name if path else name)

    walk(module, "")
    for variable in module.variables:
        if id(variable) not in seen:
            problems.append("no attribute leads to variable %r of %s; give a dict of arrays"
                            % (variable.name, type(module).__name__))
    return found.items()


def _jax_leaves(thing):
    """The (name, leaf) pairs of an object that JAX flattens, or None."""
    jax = sys.modules.get("jax")
    if jax is None:
        return None
    pairs = jax.tree_util.tree_flatten_with_path(thing)[0]
    if len(pairs) == 1 and not pairs[0][0]:
        return None
    return [("/".join(str(getattr(key, "key", getattr(key, "name", getattr(key, "idx", key))))
                      for key in keys), leaf) for keys, leaf in pairs]


def _add(found, name, value, problems, copy):
    try:
        array, kind = _array(value)
    except array_errors() as error:
        problems.append("%s: a %s gives no array (%s: %s)" % (
            name, type(value).__name__, type(error).__name__, str(error).split("\n")[0]))
        return
    if array.dtype not in _STORED and array.dtype.newbyteorder("=") not in _STORED:
        problems.append("%s: its elements are %s; a trace holds %s, and no objects" % (
            name, array.dtype, ", ".join(DTYPES)))
        return
    found[name] = array.copy() if copy else array
    if kind:
        found.converted[name] = kind


def _array(value):
    """Returns an array and, if its elements were of a type without plain arrays, that type."""
    if hasattr(value, "detach"):  # PyTorch, on any device
        value = value.detach().cpu()
        kind = str(value.dtype).replace("torch.", "")
        if kind == "bfloat16" or kind.startswith("float8"):
            return value.float().numpy(), kind
        value = value.resolve_conj() if hasattr(value, "resolve_conj") else value
        return value.numpy(), None
    array = value.numpy() if hasattr(value, "numpy") else np.asarray(value)
    array = np.asarray(array)
    dtype = array.dtype
    if dtype.names is None and dtype.type.__module__.startswith("ml_dtypes"):
        return array.astype(np.float32), dtype.name
    return array, None
