"""The gradients of optimizers that train one loss together: one computation where that is right."""
from __future__ import annotations

from typing import Any, Dict, List, Optional, Sequence, Tuple

from tf1_recipes.graph.gating import with_wrapped
from tf1_recipes.graph.types import Gradient, Optimizer, Tensor, Variable
from tf1_recipes.graph.variable_selection import name_of
from tf1_recipes.v1 import tf


def gradients_of(members: Sequence[Tuple[Optimizer, List[Variable]]], loss: Tensor,
                 seed: Optional[Tensor] = None,
                 **settings: Any) -> Tuple[Dict[str, Gradient], List[str]]:
    """Computes each optimizer's gradients of its variables, without a gate.

    Optimizers that leave ``compute_gradients`` as it is share one computation. One that defines it
    (to scale the loss, or to average over machines) is asked for its own.

    Args:
        members: list of (optimizer, list of the variables that it trains).
        loss: scalar tensor.
        seed: tensor to start the shared computation from, in place of the loss's derivative 1.
        **settings: as ``tf.train.Optimizer.compute_gradients`` takes them.

    Returns:
        Dict from variables' names to gradients, and the list of problems.
    """
    # Not all who define it take all of its arguments.
    settings = {title: value for title, value in settings.items()
                if value is not None and value is not False}
    shared = [variable for optimizer, own in members
              if not computes_own_gradients(optimizer) for variable in own]
    gradients, problems = {}, []
    if shared:
        plain = tf.train.GradientDescentOptimizer(1.0)
        gradients.update(_by_name(plain.compute_gradients(
            loss, shared, gate_gradients=plain.GATE_NONE,
            **(settings if seed is None else dict(settings, grad_loss=seed)))))
    for optimizer, own in members:
        if own and computes_own_gradients(optimizer):
            found = _by_name(optimizer.compute_gradients(loss, var_list=own, **settings))
            wanted = set(map(name_of, own))
            problems.extend(
                "%s computed a gradient of %r, which it was not asked for" % (
                    type(optimizer).__name__, name) for name in found if name not in wanted)
            gradients.update(found)
    return gradients, problems


def computes_own_gradients(optimizer: Optimizer) -> bool:
    """Whether an optimizer, or one that it wraps, changes what ``compute_gradients`` returns.

    A class of this package that only gates gradients says so by ``gates_gradients_only = True``.
    That holds for its own method, not for one that a subclass or an instance puts in its place.

    >>> computes_own_gradients(tf.train.AdamOptimizer())
    False
    """
    return any(map(_defines_gradients, with_wrapped([optimizer])))


def _defines_gradients(optimizer):
    if "compute_gradients" in vars(optimizer):
        return True
    owner = next(each for each in type(optimizer).__mro__ if "compute_gradients" in vars(each))
    return (owner is not tf.train.Optimizer
            and not vars(owner).get("gates_gradients_only", False))


def _by_name(pairs):
    return {name_of(variable): gradient for gradient, variable in pairs}
