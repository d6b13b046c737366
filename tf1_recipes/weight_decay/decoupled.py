"""Decoupled weight decay: part of the step, but not of the loss or its gradients."""
from __future__ import annotations

from typing import Optional

from tf1_recipes.graph.gating import before_gate
from tf1_recipes.graph.types import Optimizer, Scalar, Selector
from tf1_recipes.graph.variable_selection import name_of
from tf1_recipes.old_names import old_arguments
from tf1_recipes.v1 import tf
from tf1_recipes.weight_decay.choice import number_problems, variables_to_decay
from tf1_recipes.weight_decay.decoupled_step import AFTER_UPDATE, DecoupledStep, one_of
from tf1_recipes.weight_decay.writes import descend

TOUCHED_ROWS = "touched_rows"
WHOLE_VARIABLE = "whole_variable"


class DecoupledWeightDecay(DecoupledStep):
    """Wraps an optimizer so that every step decays the weights, whatever the optimizer.

        g = dL/dw                                      for all weights, before any is written
        "after_update"                                 "before_update"
        w = update(w, g)                               w = w - weight_decay * w
        w = w - weight_decay * w                       w = update(w, g)

    "after_update" is Caffe's description (W = W * (1 - 0.0005) after the gradient is applied). With
    ref variables it has the same bits as the documented form,
    ``GradientDescentOptimizer(1.0).minimize(add_n(l2 losses))`` under
    ``control_dependencies([train_op])``. With resource variables the documented form decays the old
    weight on today's TensorFlow, and either one, at random, on 1.15. Here the order is as asked
    for, with both kinds. (L2 in the loss equals decay under plain gradient descent only; momentum
    and Adam accumulate it.)

    It is an ordinary ``tf.train.Optimizer``: call ``minimize``, or ``compute_gradients`` and, after
    any change to the gradients, ``apply_gradients``. A weight decay that is a tensor (a schedule)
    is read before any variable or the global step changes.

    Source: https://stackoverflow.com/questions/38882629; Loshchilov and Hutter, Decoupled Weight
    Decay Regularization (https://arxiv.org/abs/1711.05101).

    Args:
        optimizer: ``tf.train.Optimizer``, which may be a `GroupedOptimizer`.
        weight_decay: number >= 0, or scalar tensor: the share of a weight that one step takes off.
            It is not multiplied by the learning rate.
        order: "after_update" or "before_update".
        include: selector of the variables to decay, among those given to ``apply_gradients``; by
            default all of them. A selector is a variable, a pattern such as ``"hidden[12]"``, a
            predicate of a variable, or a list of these.
        exclude: selector of variables not to decay, such as biases, even if ``include`` matches
            them.
        sparse: for variables whose gradient is ``IndexedSlices``: "touched_rows" decays the rows
            in this step's gradient, each once even if its id occurs more often; "whole_variable"
            decays all rows.
        name: str, the name of the train op.

    Raises:
        RecipeError: for a wrong argument; from ``apply_gradients``, with all problems in one
            message, for a selector that matches no variable, if no variable is left to decay, and
            for a variable to decay that has no gradient: decay alone would shrink it to 0.

    Example:
        >>> w = tf.get_variable("w", initializer=2.0)
        >>> optimizer = DecoupledWeightDecay(tf.train.GradientDescentOptimizer(0.1), 0.1)
        >>> train_op = optimizer.minimize(tf.square(w - 1.0) / 2.0)
        >>> with tf.Session() as session:
        ...     session.run(tf.global_variables_initializer())
        ...     session.run(train_op)
        ...     print("%.5f" % session.run(w))
        1.71000
    """

    @old_arguments(rate="weight_decay")
    def __init__(self, optimizer: Optimizer, weight_decay: Scalar, order: str = AFTER_UPDATE,
                 include: Optional[Selector] = None, exclude: Optional[Selector] = None,
                 sparse: str = TOUCHED_ROWS, name: str = "DecoupledWeightDecay") -> None:
        super().__init__(optimizer, order, name, number_problems("the weight decay", weight_decay)
                         + one_of("sparse", sparse, (TOUCHED_ROWS, WHOLE_VARIABLE)))
        self._weight_decay = weight_decay
        self._include = include
        self._exclude = exclude
        self._sparse = sparse

    def _chosen(self, pairs):
        variables = [variable for _, variable in pairs]
        decayed, problems = variables_to_decay(variables, self._include, self._exclude)
        chosen = set(map(name_of, decayed))
        return decayed, problems + [
            "%r has no gradient, and decay alone would shrink it to 0: exclude it, or use "
            "decay_after, which decays all variables that it is given" % name_of(variable)
            for gradient, variable in pairs if gradient is None and name_of(variable) in chosen]

    def _read_before(self):
        number = self._weight_decay
        return [tf.convert_to_tensor(number)] if hasattr(number, "op") else []

    def _changes(self, pairs, held, behind):
        weight_decay = held[0] if held else self._weight_decay
        # None where the whole variable decays. They can be found while the gradients are computed,
        # and so wait for nothing.
        rows = [
            tf.unique(before_gate(gradient.indices))[0]
            if isinstance(gradient, tf.IndexedSlices) and self._sparse == TOUCHED_ROWS else None
            for gradient, _ in pairs
        ]
        with tf.control_dependencies(behind):
            return [descend(variable, weight_decay, rows=own)
                    for own, (_, variable) in zip(rows, pairs)]
