"""Op seeds as TensorFlow 1 gave them.

With ``tf.set_random_seed`` a random op without a seed of its own took the number of ops that its
graph held by then; today it takes the number of random ops.

Today's functions build their graphs from other ops. `seed_table` says from how many more or fewer
than each release's; what it says is booked on the graph as its functions are called.
"""
import functools
import importlib
import inspect
import re
import sys
import types

from tf1_recipes import session_tap
from tf1_recipes.legacy.seeds import dropout, initial_values, op_counts, seed_table

_PACKAGES = dict.fromkeys(("data", "framework", "keras", "ops", "training"), "tensorflow.python.")


def restore(era):
    """Gives random ops the seeds that a release gave them.

    Args:
        era: `eras.Era`.
    """
    from tensorflow.python.framework import ops, random_seed
    from tensorflow.python.ops import nn_ops

    random_seed._graph_to_seed_dict = op_counts.Counts(era.version)
    release = tuple(int(part) for part in era.name.split("."))
    initial_values.restore(release)
    then = dropout.functions_of(release)
    replaced = {_key(nn_ops.dropout): then[0], _key(nn_ops.dropout_v2): then[1]}
    later = {}
    for title, counting in seed_table.counting(era.name).items():
        module, _, path = title.partition(":")
        module = _PACKAGES.get(module.partition(".")[0], "") + module
        if module.startswith("tf_slim."):
            later.setdefault(module, []).append((path, counting))
        else:
            replaced.update(_put(importlib.import_module(module), path, counting))
    for title, what in seed_table.drawn_otherwise(era.name).items():
        module, _, path = title.partition(":")
        replaced.update(_put(importlib.import_module("tensorflow.python." + module), path,
                             functools.partial(_say_other_draws, what, era.version)))
    _replace(replaced, ops.gradient_registry)
    sys.meta_path.insert(0, session_tap.AfterImport({
        re.escape(name): functools.partial(_put_all, rows) for name, rows in later.items()}))


def _put_all(rows, module):
    for path, counting in rows:
        _put(module, path, counting)


def _say_other_draws(what, version, seed=None, self=None, **_):
    from tensorflow.python.framework import ops

    if type(self).__name__ == "DatasetV1Adapter" and "Shuffle" not in type(self._dataset).__name__:
        return 0
    if seed is not None or ops.get_default_graph().seed is not None:
        op_counts.say("%s draws other numbers for a seed than TensorFlow %s did" % (what, version))
    return 0


def _put(owner, path, counting):
    """Replaces one function; returns ``{its key: what is in its place}``."""
    from tensorflow.python.framework import ops

    *inner, name = path.split(".")
    for part in inner:
        owner = getattr(owner, part)
    function = getattr(owner, name)
    setattr(owner, name, op_counts.counted(function, counting, ops.get_default_graph))
    return {_key(function): getattr(owner, name)}


def _key(function):
    # One function is exported in wrappings of its own, such as tf.compat.v1.nn.leaky_relu.
    return id(inspect.unwrap(function))


def _replace(replaced, gradients):
    """Puts functions in the place of others, wherever TensorFlow's modules hold them."""
    names = {function.__name__ for function in replaced.values()}
    held = [vars(module) for title, module in list(sys.modules.items())
            if title.startswith(("tensorflow.", "tf_keras."))]
    for names_to_values in held + list(gradients._registry.values()):
        for name, value in list(names_to_values.items()):
            # Others may do something when asked: tf.flags.FLAGS reads the command line.
            if isinstance(value, types.FunctionType) and value.__name__ in names:
                names_to_values[name] = replaced.get(_key(value), value)
