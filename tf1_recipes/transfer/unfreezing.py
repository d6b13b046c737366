"""Gradual unfreezing: layers that start to train at given steps, in one graph and session."""
from __future__ import annotations

from typing import Any, Iterable, NamedTuple, Optional, Tuple

from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.ancestors import ancestors
from tf1_recipes.graph.gated_updates import apply_gated, counts_steps_itself, skipped
from tf1_recipes.graph.gating import (
    components,
    finish,
    gate,
    own_buffer,
    rebuilt,
    tensors_held_by,
)
from tf1_recipes.graph.types import Operation, OptimizerFactory, Tensor, Variable
from tf1_recipes.graph.variable_selection import Candidates, name_of, select, title_of
from tf1_recipes.learning_rates.grouped import FROZEN
from tf1_recipes.learning_rates.member_gradients import gradients_of
from tf1_recipes.schedules.learning_rates import is_step, step_problem
from tf1_recipes.transfer.staged_gradients import staged
from tf1_recipes.v1 import refuse_eager_mode, tf


class Unfreezing(NamedTuple):
    """What `unfreeze_on_schedule` returns.

    train_op: operation that makes a step.
    stage: scalar int32 tensor, the number of the newest stage that this step trains, from 0.
    """

    train_op: Operation
    stage: Tensor


def unfreeze_on_schedule(loss: Tensor, factory: OptimizerFactory, stages: Iterable[Tuple[Any, ...]],
                         global_step: Optional[Variable] = None, rest: Optional[str] = None,
                         name: str = "unfreeze") -> Unfreezing:
    """Makes a train op that trains more and more layers as the global step grows.

        stage(t) = max k with start_k <= t
        w = update_k(w, dL/dw)     for the variables w of the stages k = 0 ... stage(t)
        t = t + 1

    Before its stage begins, a variable and its slots do not change, and the gradients of layers
    below the lowest one that trains are not computed. Earlier stages continue: nothing is
    initialised again. Each stage has its own optimizer, which makes its first step when the stage
    begins. With one Adam for all stages (the documented form: ``minimize`` again, with a longer
    ``var_list``) there is no bias correction left: with a constant gradient, a layer's first step
    after 1,000 others is 2.5 times the learning rate instead of 1, its twelfth 5.2 times.

    The stage depends on the global step only, so a training that is resumed from a checkpoint
    resumes the schedule, by a ``Saver`` or a ``MonitoredTrainingSession``.

    Source: Howard and Ruder, Universal Language Model Fine-tuning, section 3.3
    (https://arxiv.org/abs/1801.06146).

    Args:
        loss: scalar tensor.
        factory: function without arguments that returns a new ``tf.train.Optimizer``, such as
            ``lambda: tf.train.AdamOptimizer(1e-3)``; it is called once for each stage.
        stages: list of (start, selector), or (start, selector, factory) for an optimizer of another
            learning rate or kind. The start (int, 0 in the first stage) is the global step at which
            the selector's variables start to train. A selector is a variable, a pattern
            (``"hidden[34]"``), a predicate, or a list of these.
        global_step: scalar variable of an integer type; by default the graph's.
        rest: ``"frozen"`` if trainable variables that are in no stage are never trained; without it
            they are an error.
        name: str, the name of the train op.

    Returns:
        `Unfreezing`, a namedtuple ``(train_op, stage)``.

    Raises:
        RecipeError: with all problems in one message, before any op is made: a start that is not
            a whole number or not after the one before, a selector that matches nothing, a variable
            in two stages or in none, a variable on which the loss does not depend, no global step,
            a wrong factory; after that, a factory that returns the same optimizer twice, or one
            that skips its update in some steps, which the global step would count.

    Example:
        >>> w = tf.get_variable("hidden1/w", initializer=1.0)
        >>> v = tf.get_variable("outputs/w", initializer=1.0)
        >>> step = tf.train.get_or_create_global_step()
        >>> train_op, stage = unfreeze_on_schedule(
        ...     w + v, lambda: tf.train.AdamOptimizer(0.1), [(0, "outputs"), (2, "hidden1")])
        >>> with tf.Session() as session:
        ...     session.run(tf.global_variables_initializer())
        ...     for _ in range(4):
        ...         session.run(train_op)
        ...         print("%d: %.1f %.1f" % tuple(session.run([step, w, v])))
        1: 1.0 0.9
        2: 1.0 0.8
        3: 0.9 0.7
        4: 0.8 0.6
    """
    refuse_eager_mode()
    stages = [tuple(stage) if isinstance(stage, (tuple, list)) else (stage,) for stage in stages]
    global_step = tf.train.get_global_step() if global_step is None else global_step
    chosen = _refuse(loss, factory, stages, global_step, rest)
    optimizers = [_made(stage[2] if len(stage) == 3 else factory) for stage in stages]
    if len(set(map(id, optimizers))) < len(optimizers):
        raise RecipeError("Cannot unfreeze by a schedule", [
            "the factory made the same %s for two stages: it must make a new one each time"
            % type(optimizers[0]).__name__])

    with tf.name_scope(name) as scope:
        # Read once, so that all stages see the same step.
        step = tf.cast(global_step.read_value(), tf.int64)
        begun = [step >= stage[0] for stage in stages]
        stage = tf.subtract(tf.add_n([tf.cast(each, tf.int32) for each in begun]), 1, name="stage")
        branches = [_Branches(each) for each in begun[1:]]
        pairs = _gradients(loss, list(zip(optimizers, chosen)), begun)
        held = gate([gradient for own in pairs for gradient, _ in own],
                    [loss] + [tensor for each in optimizers for tensor in tensors_held_by(each)],
                    computed=_parts(pairs[0]) + [
                        branch.after(_parts(own)) for branch, own in zip(branches, pairs[1:])])
    gated = iter(held)
    divided = [(optimizer, [(next(gated), variable) for _, variable in own])
               for optimizer, own in zip(optimizers, pairs)]
    train_ops = tf.get_collection_ref(tf.GraphKeys.TRAIN_OP)
    count = len(train_ops)
    before = len(tf.get_default_graph().get_operations())
    updates = apply_gated(divided, [[]] + [[branch.begun] for branch in branches])
    del train_ops[count:]  # each is a stage's update; only the whole is a step
    problems = ["%s; no stage can hold it" % line for _, line in skipped(divided, updates, before)]
    if problems:
        raise RecipeError("Cannot unfreeze by a schedule", problems)
    with tf.name_scope(scope):
        done = [branch.after([update]) for branch, update in zip(branches, updates[1:])]
    return Unfreezing(finish(updates[:1] + done, global_step, scope), stage)


class _Branches:
    """A stage that has begun or not.

    begun: tensor that is alive only if it has.
    """

    def __init__(self, begun):
        self._not_yet, alive = tf.raw_ops.Switch(data=begun, pred=begun)
        self.begun = tf.identity(alive)

    def after(self, operations):
        """Returns an operation that is done after the given ones, or at once in other stages."""
        with tf.control_dependencies(operations):
            done = tf.raw_ops.Snapshot(input=self.begun)
        return tf.raw_ops.Merge(inputs=[done, self._not_yet]).output.op


def _gradients(loss, members, begun):
    """The (gradient, variable) pairs of each stage, alive only if it has begun."""
    graph = tf.get_default_graph()
    with tf.name_scope("loss_derivative"):
        seed = tf.ones([], loss.dtype.base_dtype)
    before = len(graph.get_operations())
    found, problems = gradients_of(members, loss, seed)
    made = graph.get_operations()[before:]
    gradients = [[found.get(name_of(variable)) for variable in own] for _, own in members]
    problems.extend(
        "%r has no gradient: the loss does not depend on it" % name_of(variable)
        for (_, own), some in zip(members, gradients)
        for variable, gradient in zip(own, some) if gradient is None)
    if problems:
        raise RecipeError("Cannot unfreeze by a schedule", problems)
    # The gate waits for these operations, and so must for the copies that it would make itself.
    return [[(rebuilt(each, map(own_buffer, components(each))), variable)
             for each, variable in zip(some, own)]
            for (_, own), some in zip(members, staged(gradients, begun, seed, made))]


def _parts(pairs):
    return [part.op for gradient, _ in pairs for part in components(gradient)]


def _made(factory):
    optimizer = factory()
    if not hasattr(optimizer, "apply_gradients"):
        raise RecipeError("Cannot unfreeze by a schedule", [
            "the factory made %r: it must make a tf.train.Optimizer" % (optimizer,)])
    alone = counts_steps_itself(optimizer)
    if alone:
        raise RecipeError("Cannot unfreeze by a schedule", [
            "the factory made %s, in which %s counts global steps by itself: no stage can hold it"
            % (type(optimizer).__name__, alone)])
    return optimizer


def _refuse(loss, factory, stages, global_step, rest):
    problems, candidates = [], Candidates(tf.trainable_variables())
    if not hasattr(loss, "op"):
        problems.append("the loss is %r: it must be a tensor" % (loss,))
    if global_step is None:
        problems.append("there is no global step: make one with "
                        "tf.train.get_or_create_global_step()")
    elif not hasattr(global_step, "read_value"):
        problems.append("the global step is %r: it must be a variable" % (global_step,))
    elif step_problem(global_step):
        problems.append("the global step " + step_problem(global_step))
    if rest not in (None, FROZEN):
        problems.append('rest is %r: it must be "frozen" or None' % (rest,))
    problems.extend(_factory_problems("the factory", factory))
    if not stages:
        problems.append("there are no stages")
    titles, last, variables = {}, None, []
    for number, stage in enumerate(stages):
        if len(stage) not in (2, 3):
            problems.append("stage %d is %r: it must be (start, selector)" % (number, stage))
            continue
        start, title = stage[0], "stage %d (%s)" % (number, title_of(stage[1]))
        if not is_step(start):
            problems.append("%s starts at %r: it must be a whole number from 0 to 2^53"
                            % (title, start))
        else:
            if last is None and start != 0:
                problems.append("%s starts at step %d, and nothing would train before: start "
                                "the first stage at 0" % (title, start))
            if last is not None and start <= last:
                problems.append("%s starts at step %d, not after the stage before it, at %d"
                                % (title, start, last))
            last = start
        if len(stage) == 3:
            problems.extend(_factory_problems("the factory of " + title, stage[2]))
        chosen, unmatched = select(stage[1], candidates)
        variables.append(chosen)
        problems.extend("%s: %s" % (title, line) for line in unmatched)
        if not chosen and not unmatched:
            problems.append("%s selects no variable: its selector is empty" % title)
        for variable in map(name_of, chosen):
            if variable in titles:
                problems.append("%r is in %s and in %s" % (variable, titles[variable], title))
            titles.setdefault(variable, title)
    left = [variable for variable in map(name_of, candidates) if variable not in titles]
    if rest is None:
        problems.extend('%r is in no stage: add it to one, or give rest="frozen"' % variable
                        for variable in left)
    if hasattr(loss, "op"):
        reached = {op.name for op in ancestors(loss.op, controls=False)}
        problems.extend("%r has no gradient: the loss does not depend on it" % variable
                        for variable in map(name_of, candidates)
                        if variable in titles and variable not in reached)
    if problems:
        raise RecipeError("Cannot unfreeze by a schedule", problems)
    return variables


def _factory_problems(title, factory):
    if hasattr(factory, "apply_gradients") and not isinstance(factory, type):
        kind = type(factory).__name__
        return ["%s is an optimizer, but each stage needs its own: give lambda: %s(...)"
                % (title, kind)]
    return [] if callable(factory) else [
        "%s is %r: it must be a function that makes an optimizer" % (title, factory)]
