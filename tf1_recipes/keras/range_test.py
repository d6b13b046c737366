"""The learning-rate range test: which learning rates train a net, and which are too large."""
from __future__ import annotations

import collections
import itertools
import math
from typing import Any, Callable, Iterable, Sized

import numpy as np

from tf1_recipes.errors import RecipeError
from tf1_recipes.keras import plots
from tf1_recipes.keras.optimizer_rate import OptimizerRate
from tf1_recipes.schedules.learning_rates import number_problems
from tf1_recipes.v1 import TensorFlowImportError, refuse_eager_mode, tf


class LearningRateRange(collections.namedtuple("LearningRateRange", "history diverged")):
    """What `lr_range_test` found.

    history: dict of lists, with an element for each step: ``"iterations"`` (from 1), ``"lr"`` and
        ``"loss"``.
    diverged: bool, whether the loss diverged, which ended the test.
    """

    __slots__ = ()

    def plot_loss(self, skip: int = 10, axes: Any = None) -> Any:
        """Draws the loss by the learning rate, on a log axis and without the first ``skip`` points.

        Returns matplotlib's axes.
        """
        return plots.plot_loss(self.history, skip, axes)


def lr_range_test(train: Callable[[float], Any], low: float, high: float, steps: int = 100,
                  divergence: float = 4.0, session: Any = None) -> LearningRateRange:
    """Trains with a learning rate that grows by steps, and then puts all variables back.

        learning_rate(t) = low * (high / low)^(t / (steps - 1))    for t = 0 ... steps - 1

    It stops early where the loss is not finite, or more than ``divergence`` times the mean of all
    before it. However it ends, by an error or Ctrl-C as well, each variable gets the value that it
    had, weights and slots alike; one that had none is initialised if the training initialised it.
    (Random ops, such as dropout's, go on where they are.)

    A good learning rate is where the loss falls steeply, well below where it begins to rise.

    Source: Smith, Cyclical Learning Rates for Training Neural Networks (arXiv 1506.01186),
    section 3.3; growing by a factor, and stopping early, as is done since.

    Args:
        train: function of the learning rate (float) that makes one step of the training and
            returns its loss; of a Keras model, `keras_step`.
        low, high: numbers more than 0, the first and the last learning rate.
        steps: whole number of at least 2.
        divergence: number more than 1.
        session: tf.Session; by default the current one, or that of Keras.

    Returns:
        `LearningRateRange`, a namedtuple ``(history, diverged)``.

    Raises:
        RecipeError: with all problems in one message, before anything is trained; or a loss is no
            number, and all variables have been put back.

    Example:
        >>> rate = tf.placeholder(tf.float32, [])
        >>> w = tf.get_variable("w", initializer=1.0, use_resource=True)
        >>> loss = tf.square(w)
        >>> train_op = tf.train.GradientDescentOptimizer(rate).minimize(loss)
        >>> with tf.Session() as session:
        ...     session.run(tf.global_variables_initializer())
        ...     found = lr_range_test(
        ...         lambda value: session.run([loss, train_op], {rate: value})[0],
        ...         low=0.01, high=1000, steps=6)
        ...     print(session.run(w))
        1.0
        >>> print(" ".join("%g" % rate for rate in found.history["lr"]), found.diverged)
        0.01 0.1 1 10 100 True
    """
    refuse_eager_mode()
    problems = number_problems([("low", low), ("high", high)], above=0)
    problems += number_problems([("divergence", divergence)], above=1)
    if not problems and low >= high:
        problems.append("low is %s and high is %s: low must be less" % (low, high))
    if isinstance(steps, bool) or not isinstance(steps, (int, np.integer)) or steps < 2:
        problems.append("steps is %r: it must be a whole number >= 2" % (steps,))
    if not callable(train):
        problems.append("%r is not a function of the learning rate" % (train,))
    if problems:
        raise RecipeError("Cannot test a range of learning rates", problems)

    session = session or getattr(train, "session", _current_session)()
    if not _variables(session):
        raise RecipeError("Cannot test a range of learning rates", ["the session's graph has no "
                                                                    "variable"])
    kept = _values(session)
    history = {"iterations": [], "lr": [], "loss": []}
    try:
        for number, rate in enumerate(np.geomspace(low, high, steps).tolist(), start=1):
            loss = _loss(train(rate))
            before = sum(history["loss"]) / max(len(history["loss"]), 1)
            for name, value in (("iterations", number), ("lr", rate), ("loss", loss)):
                history[name].append(value)
            # Of a loss that may be below 0, as a log likelihood, no multiple says anything.
            if not math.isfinite(loss) or 0 < divergence * before < loss:
                return LearningRateRange(history, True)
        return LearningRateRange(history, False)
    finally:
        _put_back(session, kept)


def keras_step(model: Any, batches: Iterable[Any]) -> Callable[[float], Any]:
    """A function of the learning rate that trains a graph-mode Keras model on the next batch.

    Args:
        model: compiled model, of ``tf.keras`` or of Keras 2, whose optimizer's ``lr`` is a
            variable. If that is a vector of the stages' learning rates, they keep their ratios, and
            the largest one is the function's argument.
        batches: iterable of tuples, the arguments of ``model.train_on_batch``; started again at its
            end.

    Returns:
        A function of the learning rate, giving the batch's loss as float: for `lr_range_test`,
        which then takes the model's own session.

    Raises:
        RecipeError: with all problems in one message: no model or not compiled, of Keras 3, in
            eager mode, no batches. And from the function, a batch that is no tuple.

    Example:
        >>> model = tf.keras.Sequential([
        ...     tf.keras.layers.Dense(1, kernel_initializer="zeros", input_shape=(1,))])
        >>> model.compile(tf.keras.optimizers.SGD(), "mse")
        >>> step = keras_step(model, [(np.ones([2, 1]), np.ones([2, 1]))])
        >>> found = lr_range_test(step, low=0.01, high=1000, steps=6)
        >>> print(" ".join("%g" % rate for rate in found.history["lr"]), found.diverged)
        0.01 0.1 1 10 100 True
    """
    refuse_eager_mode()
    problems = []
    if not callable(getattr(model, "train_on_batch", None)):
        problems.append("%r is not a Keras model" % (model,))
    if not hasattr(batches, "__iter__"):
        problems.append("%r is not an iterable of batches" % (batches,))
    elif isinstance(batches, Sized) and not len(batches):
        problems.append("there are no batches")
    if problems:
        raise RecipeError("Cannot train a Keras model on batches", problems)
    found, endless, ratios = [OptimizerRate(model)], itertools.cycle(batches), []

    def now():
        if not found[0].is_of(model):  # compiled again
            found[0] = OptimizerRate(model)
        return found[0]

    def train(rate):
        if not ratios:
            rates = now().value()
            ratios.append(rates / rates.max() if rates.ndim else 1.0)
        now().set(rate * ratios[0], "the learning rate")
        batch = next(endless, None)
        if not isinstance(batch, (tuple, list)):
            raise RecipeError("Cannot train a Keras model on batches", [
                "there are no batches" if batch is None else
                "a batch is a %s: it must be a tuple, the arguments of train_on_batch"
                % type(batch).__name__])
        return np.ravel(model.train_on_batch(*batch))[0]

    step: Any = train
    step.session = lambda: now().session()  # of the model's own Keras
    return step


def _loss(value):
    try:
        return float(value)
    except (TypeError, ValueError):
        raise RecipeError("Cannot test a range of learning rates", [
            "the function of the learning rate returned %r: it must be the loss, a number" % (
                value,)]) from None


def _current_session():
    try:
        return tf.keras.backend.get_session()  # which initialises a Keras model's variables
    except TensorFlowImportError:
        if tf.get_default_session() is None:
            raise
        return tf.get_default_session()


def _variables(session):
    with session.graph.as_default():
        return tf.global_variables() + tf.local_variables()


def _values(session):
    """The values of a session's variables, those that are initialised."""
    variables = _variables(session)
    try:
        return list(zip(variables, session.run(variables)))
    except tf.errors.FailedPreconditionError:
        return [pair for variable in variables for pair in _value(session, variable)]


def _value(session, variable):
    try:
        return [(variable, session.run(variable))]
    except tf.errors.FailedPreconditionError:
        return []


def _put_back(session, kept):
    """Feeds the values to the variables' own initialisers: no op is added to the graph."""
    had_one = {variable.op.name for variable, _ in kept}
    session.run([variable.initializer for variable, _ in kept],
                {variable.initializer.inputs[1]: value for variable, value in kept})
    session.run([variable.initializer for variable, _ in _values(session)
                 if variable.op.name not in had_one])
