"""Learning rates that follow a schedule, batch by batch, as Keras callbacks.

For ``fit`` of graph-mode models, of ``tf.keras`` or of Keras 2 (``import keras``), under any
optimizer whose ``lr`` is a variable: a scalar, or a vector with an element for each stage. A
callback goes on where it was when it is given to ``fit`` once more, or when its state is loaded
from a file in another process.
"""
from __future__ import annotations

import re
from typing import Any, Callable, Dict, Optional

import numpy as np

from tf1_recipes.errors import RecipeError
from tf1_recipes.keras.recorder import LearningRateRecorder
from tf1_recipes.old_names import old_arguments, old_attribute
from tf1_recipes.schedules.cosine_rates import cosine_decay_restarts
from tf1_recipes.v1 import tf


class BatchLearningRateScheduler(LearningRateRecorder):
    """Sets an optimizer's learning rate by a schedule, batch by batch, and records the training.

        lr = schedule(iteration)    before the first batch, and after every batch

    So the first batch is trained with ``schedule(0)``. The learning rate is computed by the
    schedule's own ops, in the model's graph and session, in the same run that sets it.

    Args:
        schedule: `Schedule`, or another function of the step (scalar int64 tensor) giving the
            learning rate as a tensor of the shape of the optimizer's ``lr``.

    Attributes:
        iteration, history: as in `LearningRateRecorder`.

    Raises:
        RecipeError: the schedule is no function; in ``fit``, the optimizer's ``lr`` is no variable
            or of another shape.

    Example:
        >>> from tf1_recipes import piecewise_constant
        >>> model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(1,))])
        >>> model.compile(tf.keras.optimizers.SGD(), "mse")
        >>> scheduled = BatchLearningRateScheduler(piecewise_constant([1], [0.5, 0.25]))
        >>> _ = model.fit(np.ones([6, 1]), np.ones([6, 1]), batch_size=2, verbose=0,
        ...               callbacks=[scheduled])
        >>> scheduled.history["lr"]
        [0.5, 0.5, 0.25]
    """

    def __init__(self, schedule: Callable[[Any], Any]) -> None:
        super().__init__()
        if not callable(schedule):
            raise RecipeError("Cannot schedule a learning rate", [
                "%r is not a schedule" % (schedule,)])
        self._schedule = schedule
        self._made: Any = None

    def on_train_begin(self, logs: Any = None) -> None:
        """Sets the learning rate of the next batch."""
        super().on_train_begin(logs)
        self._made = self._make()
        self._set_rate()

    def _make(self):
        variable = self._optimizer_rate().variable
        if self._made and self._made[:2] == (variable, self._schedule):
            return self._made
        with variable.graph.as_default(), tf.name_scope("scheduled_rate"):
            step = tf.placeholder(tf.int64, [], name="step")
            rate = tf.cast(self._schedule(step), variable.dtype.base_dtype)
            if rate.shape.as_list() != variable.shape.as_list():
                raise RecipeError("Cannot schedule a learning rate", [
                    "the schedule's learning rates have the shape %s, the optimizer's the shape "
                    "%s" % (tuple(rate.shape.as_list()), tuple(variable.shape.as_list()))])
            return variable, self._schedule, step, rate, tf.group(tf.assign(variable, rate))

    def _set_rate(self):
        step, _, assign = self._made[2:]
        self._optimizer_rate().session().run(assign, {step: self.iteration})


class WarmRestarts(BatchLearningRateScheduler):
    """SGDR: cosine annealing with warm restarts, batch by batch.

        learning_rate(t) = max_learning_rate * (1 + cos(pi c / n)) / 2

    for batch t = 0, 1 ..., the c-th of a cycle of n batches. A cycle begins with c = 0, and so with
    ``max_learning_rate``; the first one has ``first_decay_steps`` batches, each next one ``t_mul``
    times as many. It is `cosine_decay_restarts`, which is the same for one's own training loop.

    The documented callback reads the largest learning rate at the start of every ``fit``: a
    second call takes the annealed one for it. It sets the learning rate after a batch only: the
    first batch has whatever was loaded. It counts c in steps of 1 up to n, which it never meets if
    n is no whole number: with 10 batches and a factor of 1.5 the third cycle (of 22.5) never ends,
    and its learning rate waves on. Here the cycles begin at batches 0, 10, 25, 47.5 ...

    Source: Loshchilov and Hutter, SGDR (arXiv 1608.03983).

    Args:
        first_decay_steps: number more than 0, in batches.
        t_mul: number of at least 1.
        max_learning_rate: finite number, or list of one for each stage of layers; by default what
            the optimizer's ``lr`` is when ``fit`` is first called.

    Attributes:
        iteration, history: as in `LearningRateRecorder`.
        max_learning_rate: number or list, the largest learning rate; None before the training.

    Raises:
        RecipeError: with all problems in one message: a number out of its range; in ``fit``, the
            optimizer's ``lr`` is no variable, or has another number of stages.

    Example:
        >>> model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(1,))])
        >>> model.compile(tf.keras.optimizers.SGD(1.0), "mse")
        >>> restarts = WarmRestarts(2, t_mul=2)
        >>> _ = model.fit(np.ones([7, 1]), np.ones([7, 1]), batch_size=1, verbose=0,
        ...               callbacks=[restarts])
        >>> " ".join("%.4f" % rate for rate in restarts.history["lr"])
        '1.0000 0.5000 1.0000 0.8536 0.5000 0.1464 1.0000'
    """

    _ARGUMENTS = {"initial_learning_rate": "max_learning_rate"}

    @old_arguments(max_rate="max_learning_rate")
    def __init__(self, first_decay_steps: float, t_mul: float = 1,
                 max_learning_rate: Optional[float] = None) -> None:
        self.first_decay_steps = first_decay_steps
        self.t_mul = t_mul
        super().__init__(self._restarts(1.0 if max_learning_rate is None else max_learning_rate))
        self.max_learning_rate = max_learning_rate

    @property
    def max_learning_rate(self) -> Optional[float]:
        """The largest learning rate; None before the training."""
        return self._max_learning_rate

    @max_learning_rate.setter
    def max_learning_rate(self, rate: Optional[float]) -> None:
        if rate is not None:
            self._schedule = self._restarts(rate)
        self._max_learning_rate = rate if rate is None else np.asarray(rate).tolist()

    max_rate = old_attribute("max_rate", "max_learning_rate")

    def _restarts(self, rate):
        try:
            return cosine_decay_restarts(rate, self.first_decay_steps, self.t_mul)
        except RecipeError as error:
            problems = error.problems
            for name, own in self._ARGUMENTS.items():
                problems = [re.sub("^" + name, own, problem) for problem in problems]
            raise RecipeError("Cannot make a schedule", problems) from None

    def on_train_begin(self, logs: Any = None) -> None:
        """Reads the largest learning rate, the first time, and sets that of the next batch."""
        if self.max_learning_rate is None:
            self.max_learning_rate = self._optimizer_rate().value().tolist()
        super().on_train_begin(logs)

    def get_state(self) -> Dict[str, Any]:
        """Returns the state: c and n are known from the iteration and the settings."""
        return dict(super().get_state(), max_learning_rate=self.max_learning_rate, t_mul=self.t_mul,
                    first_decay_steps=self.first_decay_steps)

    def set_state(self, state: Dict[str, Any]) -> None:
        """As `LearningRateRecorder.set_state`, also for a state of 0.1, which has ``max_rate``."""
        super().set_state({"max_learning_rate" if name == "max_rate" else name: value
                           for name, value in state.items()})

    def _settings(self):
        return ["first_decay_steps", "t_mul"]
