"""Momentum with the learning rate in the momentum, and Nesterov's slope at theta + beta m."""
from __future__ import annotations

from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.scalars import as_tensor, problem_with
from tf1_recipes.graph.types import Scalar, Tensor, Variable
from tf1_recipes.graph.variable_selection import name_of
from tf1_recipes.v1 import refuse_eager_mode, tf
from tf1_recipes.weight_decay.caffe import CaffeSGDOptimizer


class BookMomentumOptimizer(CaffeSGDOptimizer):
    """Momentum and Nesterov's accelerated gradient as Hands-On Machine Learning has them.

        m = beta m - eta dJ(theta)/dtheta                   equation 11-4, momentum
        m = beta m - eta dJ(theta + beta m)/dtheta          equation 11-5, nesterov=True
        theta = theta + m

    Without ``nesterov`` the variable is theta. It differs from ``tf.train.MomentumOptimizer``,
    a = beta a + g, theta = theta - eta a, when the learning rate changes: m holds past steps with
    their learning rates, as Caffe's history does. With a constant eta, m = -eta a.

    With ``nesterov`` the variable is the point at which the slope is taken, w = theta + beta m, as
    in TF1's ``use_nesterov=True``: a graph computes its slopes at its variables. By the equations,
    with m' and w' for the next step's and g the slope at w,

        m' = beta m - eta g
        w' = theta' + beta m' = (theta + m') + beta m' = w - beta m + (1 + beta) m'
           = w - eta g + beta m'

    and with m' = -a': a' = beta a + eta g, w = w - (eta g + beta a'), which is TF1's update. So
    both begin at the same point (m = 0), and TF1's net after t steps is the book's theta_t plus
    beta m_t. ``theta(w)`` takes that off again: for the cost at theta, and for the last weights.

    The step under a constant slope tends to eta / (1 - beta) of it: see
    `tf1_recipes.terminal_speed`. All gradients, and a rate that is a tensor, are computed before
    any variable is written. Of a sparse gradient, the other rows of w and of m stand still.

    Source: Hands-On Machine Learning (2017), chapter 11, equations 11-4 and 11-5; the change of
    variables as in Sutskever et al., On the importance of initialization and momentum in deep
    learning (2013, http://proceedings.mlr.press/v28/sutskever13.html), and Bengio et al.,
    Advances in optimizing recurrent networks (https://arxiv.org/abs/1212.0901), section 3.5.

    Args:
        learning_rate: number >= 0, or scalar tensor, eta.
        momentum: number from 0 to below 1, beta; the book's usual value is 0.9.
        nesterov: bool.
        name: str, the name of the train op.

    Raises:
        RecipeError: with all problems in one message: a wrong number; from ``theta``, a variable
            that this optimizer has not trained.

    Example:
        >>> w = tf.get_variable("w", initializer=1.0)
        >>> optimizer = BookMomentumOptimizer(0.125, 0.5, nesterov=True)
        >>> train_op = optimizer.minimize(tf.square(w))
        >>> theta = optimizer.theta(w)
        >>> with tf.Session() as session:
        ...     session.run(tf.global_variables_initializer())
        ...     for _ in range(2):
        ...         session.run(train_op)
        ...         print(session.run([w, theta]))  # the slope of the second step is 2 * 0.625
        [0.625, 0.75]
        [0.328125, 0.46875]
    """

    def __init__(self, learning_rate: Scalar, momentum: float = 0.9, nesterov: bool = False,
                 name: str = "BookMomentum") -> None:
        problems = [
            "the %s %s" % (title, problem)
            for title, number in (("learning rate", learning_rate), ("momentum", momentum))
            for problem in [problem_with(number, low=0)] if problem]
        if hasattr(momentum, "op"):
            problems.append("the momentum is a tensor: it must be a number, since theta + beta m "
                            "is kept from one step to the next")
        elif not problem_with(momentum) and momentum >= 1:
            problems.append("the momentum is %s: it must be < 1, or a step never ends" % momentum)
        if not isinstance(nesterov, bool):
            problems.append("nesterov is %r: it must be True or False" % (nesterov,))
        if problems:
            raise RecipeError("Cannot train with %s" % name, problems)
        super().__init__(learning_rate, momentum, name=name)
        self._use_nesterov = nesterov

    def theta(self, variable: Variable, name: str = "theta") -> Tensor:
        """Returns the book's theta of a variable: w - beta m, or w itself without ``nesterov``.

        Args:
            variable: variable that this optimizer trains.
            name: str, the name of the tensor.

        Returns:
            Tensor like the variable. Fetch it in a run of its own, not beside the train op.

        Raises:
            RecipeError: this optimizer has not been applied to the variable yet.
        """
        refuse_eager_mode()
        history = self.get_slot(variable, "momentum")
        if history is None:
            raise RecipeError("Cannot compute theta", [
                "%r is not trained by this optimizer: call minimize, or apply_gradients, before"
                % name_of(variable)])
        if not self._use_nesterov:
            return tf.identity(variable, name=name)
        beta = as_tensor(self._momentum, variable.dtype.base_dtype)
        return tf.add(variable, beta * history, name=name)  # history is -m
