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

from tf1_recipes.legacy.early import early_optimizers
from tf1_recipes.legacy.seeds import (
    broadcast_gradients,
    dropout,
    gradient_paths,
    initial_values,
    keras_variables,
    op_counts,
    products,
    safe_means,
    seed_rules,
    seed_seq2seq,
    seed_table,
)
from tf1_recipes.recording import session_tap

_PACKAGES = dict.fromkeys(("data", "framework", "keras", "ops", "training"), "tensorflow.python.")


def restore(era):
    """Gives random ops the seeds that a release gave them, and steps the values that followed.

    Args:
        era: `eras.Era`.
    """
    from tensorflow.python.framework import ops, random_seed
    from tensorflow.python.ops import nn_ops
    from tensorflow.python.ops.losses import losses_impl

    random_seed._graph_to_seed_dict = op_counts.Counts(era.version)
    release = tuple(int(part) for part in era.name.split("."))
    initial_values.restore(release)
    early_optimizers.restore(release)
    gradient_paths.restore(release)
    _ask_no_tensor_for_its_size()
    keras_variables.restore(release)
    seed_seq2seq.restore(release)
    then = dropout.functions_of(release)
    replaced = {_key(nn_ops.dropout): then[0], _key(nn_ops.dropout_v2): then[1]}
    for module in (broadcast_gradients, products):
        replaced.update((_key(function), then)
                        for function, then in module.restore(release).items())
    later = {}
    for title, counting in seed_table.counting(era.name).items():
        module, _, path = title.partition(":")
        module = _PACKAGES.get(module.partition(".")[0], "") + module
        if module.startswith(("tf_slim.", "tf1_recipes.")):
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
    if release < safe_means.SINCE_ONE_OP:
        sys.meta_path.insert(0, session_tap.AfterImport({
            r"tf_slim\.losses\.loss_ops": safe_means.restore}))
        safe_means.restore(losses_impl)


def _ask_no_tensor_for_its_size():
    """Keeps ``tf.zeros([a_tensor, 3])`` from multiplying its sizes, to see whether they are few.

    NumPy refused to; with `numpy_of_the_time` it does not.
    """
    from tensorflow.python.ops import array_ops

    if_small = array_ops._constant_if_small

    def constant_if_small(value, shape, *arguments, **keywords):
        if isinstance(shape, (list, tuple)) and any(map(seed_rules.is_tensor, shape)):
            return None
        return if_small(value, shape, *arguments, **keywords)

    array_ops._constant_if_small = constant_if_small


def _put_all(rows, module):
    replaced = {}
    for path, counting in rows:
        replaced.update(_put(module, path, counting))
    for name, value in list(vars(module).items()):
        if isinstance(value, functools.partial) and _key(value.func) in replaced:
            setattr(module, name, functools.partial(
                replaced[_key(value.func)], *value.args, **value.keywords))
        elif isinstance(value, types.FunctionType):  # under another name
            setattr(module, name, replaced.get(_key(value), value))


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
