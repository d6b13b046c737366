"""Op seeds as TensorFlow 1 gave them.

With ``tf.set_random_seed`` a random op without a seed of its own took the number of ops that its
graph held by then; today it takes the number of random ops.

Today's functions build their graphs from other ops. A per-release table, `seed_table`, corrects the
op counts: the difference is recorded on the graph when a function is called.
"""
import functools
import importlib
import inspect
import sys
import types

from tf1_recipes.legacy.patch import numbers, patch
from tf1_recipes.legacy.seeds import (
    broadcast_gradients,
    dropout,
    op_counts,
    products,
    seed_rules,
    seed_table,
)

_PACKAGES = dict.fromkeys(("data", "framework", "keras", "ops", "training"), "tensorflow.python.")


@patch("random ops get the seeds that the release gave them", after="tensorflow")
def op_seeds(changes, tensorflow):
    from tensorflow.python.framework import ops, random_seed
    from tensorflow.python.ops import nn_ops

    era = changes.target.era
    release = numbers(era.name)
    changes.put(random_seed, "_graph_to_seed_dict", op_counts.Counts(era.version))
    _ask_no_tensor_for_its_size(changes)
    dropouts = dropout.functions_of(release)
    replaced = {_key(nn_ops.dropout): dropouts[0], _key(nn_ops.dropout_v2): dropouts[1]}
    for module in (broadcast_gradients, products):
        replaced.update((_key(function), other)
                        for function, other in module.replaced_by(changes, release).items())
    later = {}
    for title, counting in seed_table.counting(era.name).items():
        module, _, path = title.partition(":")
        module = _PACKAGES.get(module.partition(".")[0], "") + module
        if module.startswith(("tf_slim.", "tf1_recipes.")):
            later.setdefault(module, []).append((path, counting))
        else:
            replaced.update(_put(changes, importlib.import_module(module), path, counting))
    for title, what in seed_table.drawn_otherwise(era.name).items():
        module, _, path = title.partition(":")
        replaced.update(_put(changes, importlib.import_module("tensorflow.python." + module), path,
                             functools.partial(_say_other_draws, what, era.version)))
    _replace(changes, replaced, ops.gradient_registry)
    for module, rows in later.items():
        changes.after([module], functools.partial(_put_all, changes, rows))


def _ask_no_tensor_for_its_size(changes):
    """Keeps ``tf.zeros([a_tensor, 3])`` from multiplying its sizes, to see whether they are few.

    NumPy refused to; with `tensors_in_arrays` it does not.
    """
    from tensorflow.python.ops import array_ops

    @changes.wrap(array_ops, "_constant_if_small")
    def constant_if_small(today, value, shape, *arguments, **keywords):
        if isinstance(shape, (list, tuple)) and any(map(seed_rules.is_tensor, shape)):
            return None
        return today(value, shape, *arguments, **keywords)


def _put_all(changes, rows, module):
    replaced = {}
    for path, counting in rows:
        replaced.update(_put(changes, module, path, counting))
    for name, value in list(vars(module).items()):
        if isinstance(value, functools.partial) and _key(value.func) in replaced:
            changes.put(module, name, functools.partial(
                replaced[_key(value.func)], *value.args, **value.keywords))
        elif isinstance(value, types.FunctionType) and _key(value) in replaced:  # another name
            changes.put(module, name, replaced[_key(value)])


def _say_other_draws(what, version, seed=None, self=None, **_):
    from tensorflow.python.framework import ops

    if type(self).__name__ == "DatasetV1Adapter" and "Shuffle" not in type(self._dataset).__name__:
        return 0
    if seed is not None or ops.get_default_graph().seed is not None:
        op_counts.say("%s draws other numbers from a seed than in TensorFlow %s" % (what, version))
    return 0


def _put(changes, owner, path, counting):
    """Replaces one function; returns ``{its key: what is in its place}``."""
    from tensorflow.python.framework import ops

    *inner, name = path.split(".")
    for part in inner:
        owner = getattr(owner, part)
    function = getattr(owner, name)
    changes.put(owner, name, op_counts.counted(function, counting, ops.get_default_graph))
    return {_key(function): getattr(owner, name)}


def _key(function):
    # One function is exported in wrappings of its own, such as tf.compat.v1.nn.leaky_relu.
    return id(inspect.unwrap(function))


def _replace(changes, replaced, gradients):
    """Puts functions in the place of others, wherever TensorFlow's modules hold them."""
    names = {function.__name__ for function in replaced.values()}
    held = [vars(module) for title, module in list(sys.modules.items())
            if title.startswith(("tensorflow.", "tf_keras."))]
    for names_to_values in held + list(gradients._registry.values()):
        for name, value in list(names_to_values.items()):
            # Others may do something when asked: tf.flags.FLAGS reads the command line.
            if isinstance(value, types.FunctionType) and value.__name__ in names \
                    and _key(value) in replaced:
                changes.item(names_to_values, name, replaced[_key(value)])
