"""Decay by the regularizers that the layers were given, each with its own scale."""
from __future__ import annotations

from typing import Any, Iterable, Union

from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.ancestors import ancestors
from tf1_recipes.graph.gating import gate
from tf1_recipes.graph.skipped_updates import VARIABLES
from tf1_recipes.graph.types import GradientPairs, Optimizer, Scalar, Tensor
from tf1_recipes.graph.variable_selection import name_of
from tf1_recipes.v1 import refuse_eager_mode, tf
from tf1_recipes.weight_decay.choice import number_problems
from tf1_recipes.weight_decay.decoupled_step import AFTER_UPDATE, DecoupledStep
from tf1_recipes.weight_decay.penalties import PenaltyGraph
from tf1_recipes.weight_decay.writes import descend


class DecoupledRegularization(DecoupledStep):
    """Wraps an optimizer so that every step also follows the regularizers of the layers.

        R = sum of the regularization losses,  g = dL/dw                (R is not part of L)
        "after_update"                                 "before_update"
        w = update(w, g)                               w = w - rate * dR/dw(w)
        w = w - rate * dR/dw(w)                        w = update(w, g)

    With ``l2_regularizer(scale)`` (of ``tf.contrib.layers`` or slim), whose loss is
    scale * sum(w^2) / 2, this is `DecoupledWeightDecay` by scale * rate, with each layer's own
    scale. ``tf.keras.regularizers.l2(scale)`` is scale * sum(w^2): a decay by twice the scale. Any
    other regularizer is followed as well: L1 by scale * sign(w).

    It replaces the documented form, ``GradientDescentOptimizer(1.0).minimize(add_n(
    get_collection(REGULARIZATION_LOSSES)))`` under ``control_dependencies([train_op])``, and with
    ref variables gives the same bits. In that form the losses read the weights when the loss of the
    data does: with resource variables it decays by the old weights on today's TensorFlow, by either
    at random on 1.15. Here the losses' operations are built once more, on weights that are read
    behind the update (or behind the last gradient).

    Weights grow without bound where the loss of the data has no minimum, or none on the way:
    in the guide's example until their exponential is infinite. A decay ends that.

    It is an ordinary ``tf.train.Optimizer``, as `DecoupledWeightDecay`. What skips an update skips
    this, too, and constraints are kept. The losses' gradient is dense: of an embedding, all rows
    decay.

    Source: https://stackoverflow.com/questions/38882629, the answer that chains the decay behind
    the train op.

    Args:
        optimizer: ``tf.train.Optimizer``.
        rate: number >= 0, or scalar tensor, such as a schedule's. It is read before any variable or
            the global step changes.
        losses: name of a collection, or list of scalar tensors: the regularization losses; by
            default those that ``regularizer=`` of ``tf.get_variable``, ``kernel_regularizer=`` of
            ``tf.layers`` and ``weights_regularizer=`` of slim collect. A ``tf.keras`` model has its
            own in ``model.losses``.
        order: "after_update" or "before_update".
        name: str, the name of the train op.

    Raises:
        RecipeError: for a wrong argument; from ``compute_gradients`` for a loss that contains a
            regularization loss already (as ``tf.losses.get_total_loss()`` does), which would act
            twice; from ``apply_gradients``, with all problems in one message, if there are no
            losses, if none depends on a variable of the step, for a loss that is computed from data
            (an activity regularizer's) or with a condition or loop, and for a variable that has a
            regularizer and no gradient.

    Example:
        >>> def l2(scale):
        ...     return lambda w: scale * tf.nn.l2_loss(w)
        >>> w = tf.get_variable("w", initializer=2.0, regularizer=l2(0.5))
        >>> v = tf.get_variable("v", initializer=2.0, regularizer=l2(0.25))
        >>> b = tf.get_variable("b", initializer=2.0)
        >>> optimizer = DecoupledRegularization(tf.train.GradientDescentOptimizer(0.0))
        >>> train_op = optimizer.minimize(w + v + b)
        >>> with tf.Session() as session:
        ...     session.run(tf.global_variables_initializer())
        ...     session.run(train_op)
        ...     ["%.1f" % value for value in session.run([w, v, b])]
        ['1.0', '1.5', '2.0']
    """

    def __init__(self, optimizer: Optimizer, rate: Scalar = 1.0,
                 losses: Union[str, Iterable[Tensor]] = "regularization_losses",
                 order: str = AFTER_UPDATE, name: str = "DecoupledRegularization") -> None:
        super().__init__(optimizer, order, name, number_problems("the rate", rate))
        self._rate = rate
        self._losses = losses if isinstance(losses, str) else list(losses)

    def compute_gradients(self, loss: Tensor, *args: Any, **kwargs: Any) -> GradientPairs:
        """Computes the gradients of the loss of the data; see `DecoupledWeightDecay`."""
        refuse_eager_mode()
        before = ancestors(loss.op) if hasattr(loss, "op") else ()
        present = {_origin(each.name) for each in before}
        problems = [
            "the loss contains the regularization loss %r, which would act twice: minimise the "
            "loss of the data alone (of tf.losses: "
            "get_total_loss(add_regularization_losses=False))" % each.op.name
            for each in self._given() if hasattr(each, "op") and _origin(each.op.name) in present]
        if problems:
            raise RecipeError("Cannot compute the gradients of %s" % self.get_name(), problems)
        return super().compute_gradients(loss, *args, **kwargs)

    def _given(self):
        losses = self._losses
        return tf.get_collection(losses) if isinstance(losses, str) else losses

    def _chosen(self, pairs):
        losses = self._given()
        if not losses:
            return [], ["there are no regularization losses%s: give the layers a regularizer" % (
                " in the collection %r" % self._losses if isinstance(self._losses, str) else "")]
        problems = ["%r is not a scalar tensor" % (each,) for each in losses
                    if not _is_scalar(each)]
        if problems:
            return [], problems
        penalties = PenaltyGraph(losses, [variable for _, variable in pairs])
        read = penalties.variables()
        if not read:
            return [], ["no regularization loss depends on a variable of this step"]
        names = set(map(name_of, read))
        return read, penalties.problems() + [
            "%r has a regularizer and no gradient, and would shrink to 0: leave it out of the "
            "variables to train" % name_of(variable)
            for gradient, variable in pairs if gradient is None and name_of(variable) in names]

    def _read_before(self):
        return [tf.convert_to_tensor(self._rate)] if hasattr(self._rate, "op") else []

    def _changes(self, pairs, held, behind):
        variables = [variable for _, variable in pairs]
        rate = held[0] if held else self._rate
        with tf.control_dependencies(behind):
            weights = [variable.read_value() for variable in variables]
            loss = PenaltyGraph(self._given(), variables).built_on(weights)
            directions = tf.gradients(loss, weights)
            still = [name_of(variable) for variable, direction in zip(variables, directions)
                     if direction is None]
            if still:
                raise RecipeError("Cannot apply gradients with %s" % self.get_name(), [
                    "the regularization losses have no gradient by %r" % name for name in still])
            # No weight may move while the loss still reads it for the gradient of another.
            directions = gate(directions, name="penalty_gate")
            return [descend(variable, rate, direction)
                    for variable, direction in zip(variables, directions)]


def _origin(name):
    """What an operation is known by.

    TensorFlow 2 builds the loss of ``regularizer=`` anew for each use, in the same scope.
    """
    variable, scope, _ = name.partition("/Regularizer/")
    return variable + scope


def _is_scalar(loss):
    return hasattr(loss, "op") and loss.shape.is_compatible_with([]) and (
        loss.op.type not in VARIABLES)
