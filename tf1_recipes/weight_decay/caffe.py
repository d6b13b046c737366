"""Caffe's stochastic gradient descent: weight decay in the momentum, multipliers per variable."""
from __future__ import annotations

from typing import Any, Iterable, Optional, Tuple

from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.gating import gate, is_gated, rows_once, tensors_held_by
from tf1_recipes.graph.gradient_pairs import checked_pairs
from tf1_recipes.graph.scalars import as_tensor, problem_with
from tf1_recipes.graph.types import Gradient, GradientPairs, Operation, Scalar, Tensor, Variable
from tf1_recipes.graph.variable_selection import name_of
from tf1_recipes.learning_rates.multipliers import Multipliers, multipliers_by_variable
from tf1_recipes.v1 import refuse_eager_mode, tf


class CaffeSGDOptimizer(tf.train.MomentumOptimizer):
    """Gradient descent as Caffe's ``SGDSolver`` computes it.

        diff = dL/dw + weight_decay * decay_mult_w * w
        history = momentum * history + learning_rate * lr_mult_w * diff
        w = w - history

    It differs in two points from common substitutes. The decay is not taken off the weight after
    the update (`decay_after`): it goes through the momentum, as L2 in the loss does. And the
    history holds past steps with their learning rates: when the learning rate drops, a
    ``MomentumOptimizer``, whose accumulator holds gradients, slows down at once, Caffe gradually.

    All gradients, and all arguments that are tensors, are computed before any variable is written.

    Source: ``Regularize`` and ``ComputeUpdateValue`` in
    https://github.com/BVLC/caffe/blob/master/src/caffe/solvers/sgd_solver.cpp

    Args:
        learning_rate: number >= 0, or scalar tensor.
        momentum: number >= 0, or scalar tensor; 0 is plain gradient descent.
        weight_decay: number >= 0, or scalar tensor. Caffe's reference nets have 0.0005.
        lr_mult: dict, or list of (selector, multiplier) pairs, as in `multiply_gradients`: a
            selector is a variable, a pattern such as ``".*bias"``, a predicate, or (in a list of
            pairs) a list of these. Other variables have 1. With 0 a variable does not move.
        decay_mult: the same for the weight decay.
        name: str, the name of the train op.

    Of a variable with sparse gradients, only the rows in the gradient change; the other rows do not
    decay or move, and their history stays. The slot, called "momentum" as in the base class, is the
    variable ``<w>/history``.

    Raises:
        RecipeError: for a wrong number, or for decay multipliers without decay; from
            ``apply_gradients``, with all problems in one message, for a selector that matches no
            variable, two that match the same variable, a wrong multiplier, and a variable to decay
            that has no gradient.

    Example:
        >>> w = tf.get_variable("w", initializer=2.0)
        >>> b = tf.get_variable("b", initializer=1.0)
        >>> optimizer = CaffeSGDOptimizer(
        ...     0.1, momentum=0.9, weight_decay=0.5, lr_mult={"b": 2}, decay_mult={"b": 0})
        >>> train_op = optimizer.minimize(w + b)
        >>> with tf.Session() as session:
        ...     session.run(tf.global_variables_initializer())
        ...     session.run(train_op)                # w -= 0.1 * (1 + 0.5 * 2), b -= 0.1 * 2 * 1
        ...     ["%.1f" % value for value in session.run([w, b])]
        ['1.8', '0.8']
    """

    gates_gradients_only = True

    def __init__(self, learning_rate: Scalar, momentum: Scalar = 0.0, weight_decay: Scalar = 0.0,
                 lr_mult: Optional[Multipliers] = None, decay_mult: Optional[Multipliers] = None,
                 name: str = "CaffeSGD") -> None:
        refuse_eager_mode()
        problems = [
            "the %s %s" % (title, problem)
            for title, number in (("learning rate", learning_rate), ("momentum", momentum),
                                  ("weight decay", weight_decay))
            for problem in [problem_with(number, low=0)] if problem
        ]
        if decay_mult is not None and not hasattr(weight_decay, "op") and weight_decay == 0:
            problems.append("decay_mult has no effect with a weight decay of 0")
        if problems:
            raise RecipeError("Cannot train with %s" % name, problems)
        # Momentum's update of a gradient that is already multiplied by the learning rate.
        super().__init__(1.0, momentum, name=name)
        self._rate = learning_rate
        self._weight_decay = weight_decay
        self._lr_mult = lr_mult
        self._decay_mult = decay_mult

    def compute_gradients(self, loss: Tensor, *args: Any, **kwargs: Any) -> GradientPairs:
        """Computes the gradients; none is available before all of them and the loss are computed.

        Args:
            loss: scalar tensor.
            *args, **kwargs: as in ``tf.train.Optimizer``.

        Returns:
            List of (gradient, variable) pairs: dL/dw, without the decay.
        """
        refuse_eager_mode()
        pairs = super().compute_gradients(loss, *args, **kwargs)
        gradients = gate([gradient for gradient, _ in pairs], [loss] + tensors_held_by(self),
                         self.get_name() + "_gate")
        return [(gradient, variable) for gradient, (_, variable) in zip(gradients, pairs)]

    def apply_gradients(self, grads_and_vars: Iterable[Tuple[Gradient, Variable]],
                        global_step: Optional[Variable] = None,
                        name: Optional[str] = None) -> Operation:
        """Makes the step.

        Args:
            grads_and_vars: list of (gradient, variable) pairs.
            global_step: variable to add 1 to, once, after everything else.
            name: str, the name of the returned operation.

        Returns:
            Operation that makes the step.

        Raises:
            RecipeError: see the class.
        """
        refuse_eager_mode()
        pairs, problems = checked_pairs(grads_and_vars)
        variables = [variable for _, variable in pairs]
        lr_mult, wrong = _multipliers("lr_mult", self._lr_mult, variables)
        decay_mult, more_wrong = _multipliers("decay_mult", self._decay_mult, variables)
        problems += wrong + more_wrong
        problems.extend(
            "%r has no gradient, and would not decay or move: leave it out of var_list, or set its "
            "decay_mult to 0" % name_of(variable)
            for gradient, variable in pairs
            if gradient is None and not _is(0, self._weight_decay)
            and not _is(0, decay_mult.get(name_of(variable), 1)))
        if problems:
            raise RecipeError("Cannot apply gradients with %s" % self.get_name(), problems)

        with tf.name_scope(self.get_name() + "_diff"):
            gradients = [gradient for gradient, _ in pairs]
            numbers = [self._rate, self._weight_decay] + [
                factors.get(name_of(variable), 1)
                for factors in (lr_mult, decay_mult) for variable in variables]
            gradients, numbers = _gated(gradients, numbers, tensors_held_by(self))
            rate, weight_decay = numbers[:2]
            steps = [
                None if gradient is None else _step(
                    gradient, variable, (rate, rate_factor), (weight_decay, decay_factor))
                for gradient, variable, rate_factor, decay_factor in zip(
                    gradients, variables, numbers[2:], numbers[2 + len(pairs):])
            ]
        return super().apply_gradients(list(zip(steps, variables)), global_step, name)

    def _prepare(self):
        super()._prepare()
        # The base class would round the momentum of float64 variables to float32.
        self._momentum_tensor = as_tensor(self._momentum, tf.float64)

    def _create_slots(self, var_list):
        for variable in var_list:
            self._zeros_slot(variable, "momentum", "history")


def _step(gradient, variable, rate, decay):
    """rate * (gradient + decay * w); rate and decay are (number, multiplier) pairs."""
    with tf.get_default_graph().colocate_with(variable.op):
        dtype = variable.dtype.base_dtype
        if isinstance(gradient, tf.IndexedSlices):
            # Ids that occur twice count as one row, which decays once.
            gradient = rows_once(gradient)
            if hasattr(variable, "handle"):
                weights = variable.sparse_read(gradient.indices)
            else:
                weights = tf.gather(variable.read_value(), gradient.indices)
            return tf.IndexedSlices(
                _product(rate, dtype) * _decayed(gradient.values, weights, decay),
                gradient.indices, gradient.dense_shape)
        return _product(rate, dtype) * _decayed(gradient, variable.read_value(), decay)


def _decayed(gradient, weights, decay):
    if any(_is(0, number) for number in decay):
        return gradient
    return gradient + _product(decay, gradient.dtype) * weights


def _product(numbers, dtype):
    """The product of a number and its multiplier, in the variable's type as Caffe computes it."""
    number, multiplier = numbers
    if _is(1, multiplier):
        return as_tensor(number, dtype)
    return as_tensor(number, dtype) * as_tensor(multiplier, dtype)


def _gated(gradients, numbers, also):
    """The gradients and numbers, none of which is available before all have been computed."""
    places = [place for place, number in enumerate(numbers) if hasattr(number, "op")]
    if not places and is_gated(gradients, also):
        return gradients, numbers
    held = gate(gradients + [tf.convert_to_tensor(numbers[place]) for place in places], also)
    numbers = list(numbers)
    for place, number in zip(places, held[len(gradients):]):
        numbers[place] = number
    return held[:len(gradients)], numbers


def _multipliers(title, given, variables):
    """Returns {variable's name: multiplier} and the list of problems."""
    if given is None:
        return {}, []
    factors, problems = multipliers_by_variable(given, variables)
    negative = ((name, problem_with(factor, low=0)) for name, factor in factors.items()
                if problem_with(factor) is None)
    problems.extend("the multiplier of %r %s" % pair for pair in negative if pair[1])
    return factors, ["%s: %s" % (title, problem) for problem in problems]


def _is(value, number):
    return not hasattr(number, "op") and number == value
