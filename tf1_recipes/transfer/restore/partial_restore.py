"""Restores a part of a checkpoint, or of another framework's arrays, into a new net.

The whole restore is planned and checked first; then all of it is done, or nothing.
"""
from __future__ import annotations

import collections.abc
from typing import Any, Dict, List, Mapping, Optional

from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.types import Selector, Variable
from tf1_recipes.transfer.restore.arrays import is_arrays, open_arrays
from tf1_recipes.transfer.restore.checkpoints import open_checkpoint, renamed
from tf1_recipes.transfer.restore.declared_layouts import declared_layouts
from tf1_recipes.transfer.restore.object_checkpoints import names_of_objects
from tf1_recipes.transfer.restore.optimizer_state import OptimizerState
from tf1_recipes.transfer.restore.restore_plan import RestorePlan
from tf1_recipes.transfer.restore.rows import plan_rows, slots_of, sources_of
from tf1_recipes.transfer.restore.stored_arrays import Transpose
from tf1_recipes.transfer.restore.table import RESTORED, WEIGHT
from tf1_recipes.transfer.restore.targets import (
    flat,
    named,
    saver_name,
    targets_of,
    title_of_source,
)
from tf1_recipes.transfer.restore.undeclared import undeclared
from tf1_recipes.v1 import refuse_eager_mode, tf


def plan_restore(checkpoint: Any, include: Optional[Selector] = None,
                 exclude: Optional[Selector] = None,
                 names: Optional[Mapping[str, Any]] = None, slots: bool = False,
                 variables: Optional[List[Variable]] = None,
                 allow_missing: Any = False,
                 transpose: Optional[Mapping[Selector, Transpose]] = None,
                 rules: Any = None,
                 flattened: Optional[Mapping[Selector, str]] = None) -> RestorePlan:
    """Plans a restore of the chosen variables of the default graph; assigns nothing yet.

        w_new = w_old, or the given array in the layout that is declared

    Call it after the net and its optimizer are built: variables that are built later are only
    initialised, and random ops that are built later get another seed, which depends on the number
    of ops before them.

    A slot is an untrainable variable whose name extends a trainable variable's, maybe in an outer
    scope (``hidden1/kernel/Momentum``, ``train/hidden1/kernel/Adam_1``), or ``beta1_power``; in the
    checkpoint, a tensor whose name extends another tensor's in this way.

    It replaces TF1's documented form, which also restores the slots, and ``hidden10`` for
    ``hidden1``:
    ``Saver({v.op.name: v for v in tf.get_collection("variables", scope="hidden[123]")})``
    and its ``restore``. For weights of another framework the documented form feeds the second input
    of each variable's ``Assign`` op while the initialiser runs. With it, two variables with the
    same tensor as initial value get the same array, and a resource variable uses the memory of the
    array that it is given, and changes with it.

    Source: Hands-On Machine Learning (2017), chapter 11, reusing pretrained layers.

    Args:
        checkpoint: str or path-like, what ``Saver.save`` returned, in format V1 or V2, also in
            shards; or a folder, which stands for its latest checkpoint or is a SavedModel. Or
            arrays: the path of an ``.npz``, HDF5, ``.keras`` or safetensors file, or a dict of
            names to arrays, such as a PyTorch ``state_dict()``. Arrays in HDF5 groups and inner
            dicts have names with slashes; Keras' files repeat the layer: ``dense/dense/kernel:0``.
            Only the arrays that are restored are read, and nothing of other files: external links
            and external storage are refused, and so are pickles, which ``tf1-recipes convert``
            reads.
        include: selector (see ``variable_selection``) of the variables to restore; by default all
            that are not slots.
        exclude: selector of variables and slots not to restore, even if ``include`` matches them.
        names: dict of the checkpoint's old names to the graph's new names, or variables, or lists
            of these, which all get the same tensor. A key that is not a tensor's name is a regular
            expression for a whole name; its value may have back references:
            ``{r"conv(\\d)/weights": r"block\\1/kernel"}``. Slots follow their variable. By default,
            a checkpoint of TensorFlow 2's objects goes by its variables' own names.
        slots: bool, whether to restore also the slots of the restored variables, and the
            optimizer's own counters (``beta1_power``). The counter of an optimizer of which no slot
            is restored starts anew. Where the groups of optimizers are others than those that were
            saved, each counter takes the stored one if all stored ones are equal; if not, ``names``
            has to say which. Of slots that belong together, all are restored or none.
        variables: list of variables to choose from; by default the graph's global ones.
        allow_missing: True, or a selector: these variables are initialised if the checkpoint
            lacks them; any other variable that is missing is a problem.
        transpose: dict of selectors of variables to the transpose of their arrays: True for the two
            axes of a matrix, or for each axis of the variable the array's axis that it comes from,
            such as (2, 3, 1, 0) for PyTorch's convolutions. For arrays only. If an array fits
            transposed only, the problem says so; a square matrix fits either way.
        rules: list of rules as a map file has them, or the path of one: ``a``, the arrays, ``b``,
            the variables, and the changes of layout, ``transpose`` or ``change_a``, between them
            (see `tf1_recipes.traces.map_file` and `tf1_recipes.traces.layouts`). A rule takes
            precedence over patterns in ``names`` and over ``transpose``. For arrays only.
        flattened: dict of selectors to ``"channels_first"`` or ``"channels_last"``, the order in
            which the arrays have the axes of these variables that are flattened images in the
            graph: the rows of a dense kernel behind convolutions. For arrays only.

    What fits in shape either way is a problem until it is declared, where the arrays are another
    framework's (one of them is transposed, has PyTorch's kind of name, or its channels first): the
    order of a flattened image, the transpose of a square kernel, the gates of a recurrent cell.

    A checkpoint's tensor must have its variable's type, or an integer type whose numbers the
    variable's can all hold. Floating arrays are rounded to another floating type, and integers
    converted if the type can hold them; other types must be the variable's own. Masked values are
    refused. A NaN is a problem, an infinity is not. The plan makes copies: later changes of the
    arrays have no effect.

    Returns:
        A ``RestorePlan``. Print it.

    Raises:
        CheckpointError: there is no checkpoint, or it cannot be read.
        RecipeError: a selector that matches no variable, a name in ``names`` that is not in the
            checkpoint or the graph, two tensors for one variable, a wrong transpose, rule or order,
            one for a variable that is not restored, two for one variable, a finalised graph.

    >>> import os, tempfile
    >>> path = os.path.join(tempfile.mkdtemp(), "old.ckpt")
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     old = tf.get_variable("layer/weights", initializer=[1., 2.])
    ...     session.run(old.initializer)
    ...     _ = tf.train.Saver().save(session, path)
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     new = tf.get_variable("hidden/kernel", initializer=[0., 0.])
    ...     head = tf.get_variable("outputs/kernel", initializer=[5.])
    ...     plan = plan_restore(path, include="hidden", names={"layer/weights": "hidden/kernel"})
    ...     result = plan.restore(session)
    ...     print(session.run([new, head]))
    [array([1., 2.], dtype=float32), array([5.], dtype=float32)]
    >>> result
    Restored(restored=['hidden/kernel'], initialised=['outputs/kernel'])

    >>> import numpy as np
    >>> state_dict = {"fc1.weight": np.float32([[1, 2, 3], [4, 5, 6]])}
    >>> with tf.Graph().as_default(), tf.Session() as session:
    ...     kernel = tf.get_variable("hidden1/kernel", [3, 2])
    ...     plan = plan_restore(state_dict, names={r"fc(\\d).weight": r"hidden\\1/kernel"},
    ...                         transpose={".*kernel": True})
    ...     _ = plan.restore(session)
    ...     print(session.run(kernel))
    [[1. 4.]
     [2. 5.]
     [3. 6.]]
    """
    refuse_eager_mode()
    stored = (open_arrays if is_arrays(checkpoint) else open_checkpoint)(checkpoint)
    candidates = tf.global_variables() if variables is None else flat(variables)
    graph = candidates[0].graph if candidates else tf.get_default_graph()
    what = "cannot plan to restore from %r" % stored.prefix
    if graph.finalized:
        raise RecipeError(what, ["the graph is finalised: make the plan before the session"])
    problems = ["%s: give a dict, not %r" % (title, given) for title, given in (
        ("names", names), ("transpose", transpose), ("flattened", flattened))
        if not isinstance(given, (collections.abc.Mapping, type(None)))]
    if problems:
        raise RecipeError(what, problems)
    targets = targets_of(candidates, graph)
    wanted = {name for name in targets if targets[name].role == WEIGHT}
    if include is not None:
        wanted &= named("include", include, candidates, targets, problems)
    unwanted = named("exclude", exclude, candidates, targets, problems)
    may_lack = set(targets) if allow_missing is True else named(
        "allow_missing", None if allow_missing is False else allow_missing, candidates, targets,
        problems)
    of_arrays = title_of_source(stored) == "arrays"
    names = names_of_objects(stored, targets) if names is None else names
    moves, wrong_names = renamed(_new_names(names or {}, problems), stored.tensors, targets,
                                 "array" if of_arrays else "checkpoint tensor")
    wanted -= unwanted
    layouts = declared_layouts(transpose or {}, rules, flattened or {}, stored, candidates, targets,
                               wanted, graph, problems)
    wanted -= layouts.ignored
    moves = layouts.beside(moves, names or {}, problems)
    if problems + wrong_names:
        raise RecipeError(what, problems + wrong_names)
    sources = sources_of(moves, stored.tensors, targets)
    state = OptimizerState(graph, targets, stored, {name for goals in moves.values()
                                                    for name in goals})
    if slots:
        wanted |= slots_of(wanted, targets, sources, state.users) - unwanted
        sources, problems = state.with_powers(sources, wanted)
    made = layouts.made(sources, stored.tensors, targets, wanted)
    rows, wrong = plan_rows(stored, targets, wanted, sources, may_lack, layouts.transposes, made)
    restored = [row for row in rows if row.status == RESTORED and row.variable_name]
    problems += wrong + state.torn(rows)
    if of_arrays:
        problems += undeclared(restored, stored, graph, layouts.declared, layouts.open_axes)
    return RestorePlan(stored, graph, targets, rows, problems)


def _new_names(names: Mapping[str, Any], problems: List[str]) -> Dict[str, List[str]]:
    """The names of the variables that each old name is for."""
    found = {}
    for old, new in names.items():
        each = list(new) if isinstance(new, (list, tuple)) else [new]
        if all(isinstance(one, str) or hasattr(one, "op") for one in each) and each:
            found[old] = [one if isinstance(one, str) else saver_name(one) for one in each]
        else:
            problems.append("names: {%r: %r}: give a variable's name, a variable, or a list of "
                            "these" % (old, new))
    return found
