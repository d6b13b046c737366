"""Optimizer classes with decoupled weight decay, as ``tf.contrib.opt`` had them."""
from __future__ import annotations

import inspect
from typing import Any, Callable, Union

from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.gradient_pairs import checked_pairs
from tf1_recipes.graph.types import Scalar
from tf1_recipes.v1 import refuse_eager_mode, tf
from tf1_recipes.weight_decay.decoupled import TOUCHED_ROWS, DecoupledWeightDecay
from tf1_recipes.weight_decay.decoupled_step import BEFORE_UPDATE


def extend_with_decoupled_weight_decay(base: type, order: str = BEFORE_UPDATE,
                                       sparse: str = TOUCHED_ROWS) -> Any:
    """Returns a class of optimizers that train as another class does, and decay the weights.

        g = dL/dw,   w = w - weight_decay * w,   w = base's update(w, g)

    It replaces the function of this name in ``tf.contrib.opt`` (1.10 to 1.15), and trains to the
    same bits, except for what was wrong there:

    - the decay did not wait for the gradients, which read the old weight or the decayed one at
      random; here all gradients are computed before any weight decays;
    - a schedule (``weight_decay`` as a function) ended in a TypeError; here it is called;
    - an empty ``decay_var_list`` decayed every variable; here it is an error;
    - sparse gradients under gradient descent decayed nothing; here they decay as under any other
      optimizer.

    A `DecoupledWeightDecay` around an optimizer of the given class does the work.

    Source: https://github.com/tensorflow/tensorflow/pull/17438

    Args:
        base: class, such as ``tf.train.RMSPropOptimizer``.
        order: "before_update", as in ``tf.contrib.opt``, or "after_update".
        sparse: "touched_rows" or "whole_variable", as in `DecoupledWeightDecay`.

    Returns:
        Class. Its constructor takes ``weight_decay`` (a number >= 0, a scalar tensor, or a function
        that returns one: the share of a weight that one step takes off, not multiplied by the
        learning rate) and then the arguments of ``base``. Its ``minimize`` and ``apply_gradients``
        also take ``decay_var_list``: a selector, or a list of variables and selectors, of what to
        decay; by default every variable that has a gradient.

    Raises:
        RecipeError: ``base`` is not a class of optimizers; from the class, as
            `DecoupledWeightDecay` does.

    Example:
        >>> RMSPropW = extend_with_decoupled_weight_decay(tf.train.RMSPropOptimizer)
        >>> w, b = (tf.get_variable(name, initializer=2.0) for name in "wb")
        >>> train_op = RMSPropW(0.25, learning_rate=0.0).minimize(w * b, decay_var_list=["w"])
        >>> with tf.Session() as session:
        ...     session.run(tf.global_variables_initializer())
        ...     session.run(train_op)
        ...     ["%.1f" % value for value in session.run([w, b])]
        ['1.5', '2.0']
    """
    if not (inspect.isclass(base) and hasattr(base, "apply_gradients")) or hasattr(
            base, "get_config"):
        raise RecipeError("Cannot extend an optimizer with weight decay", [
            "%r is not a class of optimizers, such as tf.train.AdamOptimizer%s" % (
                base, ", but one of Keras" if hasattr(base, "get_config") else "")])

    class Extended(DecoupledWeightDecay):
        __doc__ = "%s with decoupled weight decay, %s." % (
            base.__name__, order.replace("_", " the "))

        def __init__(self, weight_decay, *args, **kwargs):
            refuse_eager_mode()
            optimizer = base(*args, **kwargs)
            decay = weight_decay() if callable(weight_decay) else weight_decay
            # `tf.contrib.opt.MovingAverageOptimizer` does not call its base's constructor.
            name = getattr(optimizer, "_name", base.__name__)
            super().__init__(optimizer, decay, order, sparse=sparse, name=name)

        def minimize(self, loss, global_step=None, var_list=None,
                     gate_gradients=tf.train.Optimizer.GATE_OP, aggregation_method=None,
                     colocate_gradients_with_ops=False, name=None, grad_loss=None,
                     decay_var_list=None):
            """As ``tf.train.Optimizer.minimize``, decaying the variables of ``decay_var_list``."""
            refuse_eager_mode()
            pairs = self.compute_gradients(
                loss, var_list, gate_gradients, aggregation_method, colocate_gradients_with_ops,
                grad_loss)
            return self.apply_gradients(pairs, global_step, name, decay_var_list)

        def apply_gradients(self, grads_and_vars, global_step=None, name=None,
                            decay_var_list=None):
            """As ``tf.train.Optimizer``'s, decaying the variables of ``decay_var_list``."""
            refuse_eager_mode()
            pairs, problems = checked_pairs(grads_and_vars)
            if problems:
                raise RecipeError("Cannot apply gradients with %s" % self.get_name(), problems)
            if decay_var_list is None:
                decay_var_list = [variable for gradient, variable in pairs if gradient is not None]
            elif isinstance(decay_var_list, (set, frozenset)):
                decay_var_list = list(decay_var_list)
            decay = DecoupledWeightDecay(
                self._optimizer, self._weight_decay, order, decay_var_list, sparse=sparse,
                name=self.get_name())
            return decay.apply_gradients(pairs, global_step, name)

    Extended.__name__ = Extended.__qualname__ = base.__name__.replace("Optimizer", "WOptimizer")
    return Extended


class AdamWOptimizer(extend_with_decoupled_weight_decay(tf.train.AdamOptimizer)):  # type: ignore[misc]
    """Adam with decoupled weight decay, as ``tf.contrib.opt.AdamWOptimizer``.

        g = dL/dw,   w = w - weight_decay * w
        m = m + (1 - beta1) * (g - m),   v = v + (1 - beta2) * (g^2 - v)
        w = w - learning_rate * sqrt(1 - beta2^t) / (1 - beta1^t) * m / (sqrt(v) + epsilon)

    Its slots have contrib's names, so that old checkpoints fit. In the paper the decay is
    multiplied by the learning rate's schedule: give the schedule to both.

    Source: Loshchilov and Hutter, Decoupled Weight Decay Regularization
    (https://arxiv.org/abs/1711.05101).

    Args:
        weight_decay: number >= 0, scalar tensor, or function that returns one.
        learning_rate, beta1, beta2, epsilon, use_locking, name: as in ``tf.train.AdamOptimizer``.

    Raises:
        RecipeError: as the classes of `extend_with_decoupled_weight_decay` do.

    Example:
        >>> w = tf.get_variable("w", initializer=2.0)
        >>> train_op = AdamWOptimizer(0.1, learning_rate=0.1).minimize(tf.square(w - 1.0))
        >>> with tf.Session() as session:
        ...     session.run(tf.global_variables_initializer())
        ...     session.run(train_op)     # a tenth off, and Adam's first step is its rate
        ...     print("%.3f" % session.run(w))
        1.700
    """

    def __init__(self, weight_decay: Union[Scalar, Callable[[], Scalar]],
                 learning_rate: Scalar = 0.001, beta1: Scalar = 0.9, beta2: Scalar = 0.999,
                 epsilon: Scalar = 1e-8, use_locking: bool = False, name: str = "AdamW") -> None:
        super().__init__(weight_decay, learning_rate, beta1, beta2, epsilon, use_locking, name)


class MomentumWOptimizer(extend_with_decoupled_weight_decay(tf.train.MomentumOptimizer)):  # type: ignore[misc]
    """Momentum with decoupled weight decay, as ``tf.contrib.opt.MomentumWOptimizer``.

        g = dL/dw,   w = w - weight_decay * w,   a = momentum * a + g,   w = w - learning_rate * a

    Source: https://github.com/tensorflow/tensorflow/pull/17438

    Args:
        weight_decay: number >= 0, scalar tensor, or function that returns one.
        learning_rate, momentum, use_locking, name, use_nesterov: as in
            ``tf.train.MomentumOptimizer``.

    Raises:
        RecipeError: as the classes of `extend_with_decoupled_weight_decay` do.

    Example:
        >>> w = tf.get_variable("w", initializer=2.0)
        >>> train_op = MomentumWOptimizer(0.25, learning_rate=0.5, momentum=0.9).minimize(w)
        >>> with tf.Session() as session:
        ...     session.run(tf.global_variables_initializer())
        ...     session.run(train_op)
        ...     print(session.run(w))
        1.0
    """

    def __init__(self, weight_decay: Union[Scalar, Callable[[], Scalar]], learning_rate: Scalar,
                 momentum: Scalar, use_locking: bool = False, name: str = "MomentumW",
                 use_nesterov: bool = False) -> None:
        super().__init__(weight_decay, learning_rate, momentum, use_locking, name, use_nesterov)
