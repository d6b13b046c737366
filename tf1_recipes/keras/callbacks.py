"""Learning rates that follow a schedule, as Keras callbacks, and the recorder behind them.

For ``fit`` of graph-mode ``tf.keras`` models, under any optimizer whose ``lr`` is a variable: a
scalar, or a vector with an element for each stage. A callback goes on where it was when it is
given to ``fit`` once more, or when its state is loaded from a file in another process.
"""
from __future__ import annotations

import json
from typing import Any, Callable, Dict, Optional

import numpy as np

from tf1_recipes.errors import Error, RecipeError
from tf1_recipes.keras import plots
from tf1_recipes.old_names import old_arguments, old_attribute
from tf1_recipes.schedules.cosine_rates import cosine_decay_restarts
from tf1_recipes.traces.drafts import draft
from tf1_recipes.v1 import tf


class LearningRateRecorder(tf.keras.callbacks.Callback):
    """Records a training batch by batch: the learning rate, the iteration and every logged value.

    The learning rate is the one that the batch was trained with. (A recorder that sets the next
    one first would record that one with the loss of this batch.)

    Attributes:
        iteration: int, how many batches were trained, in all calls of ``fit``.
        history: dict of lists with an element for each batch: ``"iterations"`` (from 1), ``"lr"``
            (a number, or a list of one for each stage), ``"loss"`` and whatever else Keras logs.

    Example:
        >>> model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(1,))])
        >>> model.compile(tf.keras.optimizers.SGD(0.125), "mse")
        >>> recorder = LearningRateRecorder()
        >>> _ = model.fit(np.ones([6, 1]), np.ones([6, 1]), batch_size=2, verbose=0,
        ...               callbacks=[recorder])
        >>> recorder.history["iterations"], recorder.history["lr"]
        ([1, 2, 3], [0.125, 0.125, 0.125])
    """

    def __init__(self) -> None:
        super().__init__()
        self.iteration = 0
        self.history = {}

    def on_train_begin(self, logs: Any = None) -> None:
        """Checks that the learning rate can be read.

        Raises:
            RecipeError: the optimizer's ``lr`` is no variable, or the model runs eagerly.
        """
        _rate_variable(self.model)

    def on_batch_end(self, batch: int, logs: Any = None) -> None:
        """Appends a batch to the history."""
        self.iteration += 1
        rate = tf.keras.backend.get_value(_rate_variable(self.model))
        for name, value in [("lr", rate), ("iterations", self.iteration)] + sorted(logs.items()):
            self.history.setdefault(name, []).append(np.asarray(value).tolist())

    def plot_lr(self, axes: Any = None) -> Any:
        """Draws the learning rate by the iteration and returns matplotlib's axes."""
        return plots.plot_lr(self.history, axes)

    def plot_loss(self, skip: int = 10, axes: Any = None) -> Any:
        """Draws the loss by the learning rate, on a log axis and without the first ``skip`` points.

        Returns matplotlib's axes.
        """
        return plots.plot_loss(self.history, skip, axes)

    def get_state(self) -> Dict[str, Any]:
        """Returns the state to continue from later, as a dict for JSON."""
        history = {name: list(values) for name, values in self.history.items()}
        return {"iteration": self.iteration, "history": history}

    def set_state(self, state: Dict[str, Any]) -> None:
        """Continues from the state that another callback's `get_state` returned.

        Raises:
            RecipeError: it is the state of a callback of another kind, or with other settings.
        """
        own = self.get_state()
        problems = ["there is no %r" % name for name in sorted(set(own) - set(state))]
        problems += ["%r is unknown" % name for name in sorted(set(state) - set(own))]
        problems += ["%s is %s there and %s here" % (name, state[name], own[name])
                     for name in self._settings() if state.get(name, own[name]) != own[name]]
        iteration, history = state.get("iteration", 0), state.get("history", {})
        if isinstance(iteration, bool) or not isinstance(iteration, (int, np.integer)) or (
                iteration < 0):
            problems.append("iteration is %r, not a count" % (iteration,))
        if not (isinstance(history, dict)
                and all(isinstance(values, list) for values in history.values())):
            problems.append("history is not a dict of lists")
        if problems:
            raise RecipeError("Cannot restore the state of a callback", problems)
        for name in set(own) - set(self._settings()):
            setattr(self, name, state[name])

    def _settings(self):
        """The names in the state that must be the same here and there."""
        return []

    def save(self, path: str) -> None:
        """Writes the state into a JSON file: beside its place first, then under its name.

        Raises:
            Error: it cannot be written.
        """
        with draft(path) as file:
            json.dump(self.get_state(), file)

    def load(self, path: str) -> None:
        """Goes on with the state in a file that `save` wrote.

        Raises:
            Error: it cannot be read, or is no such file; RecipeError as from `set_state`.
        """
        try:
            with open(path, encoding="utf-8") as file:
                state = json.load(file)
        except OSError as error:
            raise Error("cannot read %s: %s" % (path, error.strerror)) from None
        except (ValueError, RecursionError) as error:
            raise Error("%s is not a callback's state: %s" % (path, error)) from None
        if not isinstance(state, dict):
            raise Error("%s is not a callback's state: it holds a %s" % (
            path, type(state).__name__))
        self.set_state(state)


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
        self._made = None

    def on_train_begin(self, logs: Any = None) -> None:
        """Sets the learning rate of the next batch."""
        super().on_train_begin(logs)
        self._made = self._make()
        self._set_rate()

    def on_batch_end(self, batch: int, logs: Any = None) -> None:
        """Records the batch and sets the learning rate of the next one."""
        super().on_batch_end(batch, logs)
        self._set_rate()

    def _make(self):
        variable = _rate_variable(self.model)
        if self._made and self._made[:2] == (variable, self._schedule):
            return self._made
        with variable.graph.as_default(), tf.name_scope("scheduled_rate"):
            step = tf.placeholder(tf.int64, [], name="step")
            rate = tf.cast(self._schedule(step), variable.dtype.base_dtype)
            if rate.shape.as_list() != variable.shape.as_list():
                raise RecipeError("Cannot schedule a learning rate", [
                    "the schedule's learning rates have the shape %s, the optimizer's the shape "
                    "%s" % (tuple(rate.shape.as_list()), tuple(variable.shape.as_list()))])
            return variable, self._schedule, step, tf.group(tf.assign(variable, rate))

    def _set_rate(self):
        step, assign = self._made[2:]
        tf.keras.backend.get_session().run(assign, {step: self.iteration})


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

    @old_arguments(max_rate="max_learning_rate")
    def __init__(self, first_decay_steps: int, t_mul: float = 1,
                 max_learning_rate: Optional[float] = None) -> None:
        self.first_decay_steps = first_decay_steps
        self.t_mul = t_mul
        super().__init__(self._restarts(1.0))
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
        return cosine_decay_restarts(rate, self.first_decay_steps, self.t_mul)

    def on_train_begin(self, logs: Any = None) -> None:
        """Reads the largest learning rate, the first time, and sets that of the next batch."""
        if self.max_learning_rate is None:
            self.max_learning_rate = tf.keras.backend.get_value(_rate_variable(self.model))
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


def _rate_variable(model):
    """The variable that is the optimizer's learning rate."""
    problems = []
    optimizer = getattr(model, "optimizer", None)
    rate = getattr(optimizer, "lr", None)
    if tf.executing_eagerly():
        problems.append("the model runs eagerly: import tf1_recipes.v1 before TensorFlow")
    elif optimizer is None:
        problems.append("the model is not compiled")
    elif not (hasattr(rate, "assign") and hasattr(rate, "op")):
        problems.append(
            "%s.lr is %r: it must be a variable (for an optimizer of tf.train: make the "
            "learning rate a tf.keras.backend.variable, and set model.optimizer.lr to it)" % (
                type(optimizer).__name__, rate))
    if problems:
        raise RecipeError("Cannot find the optimizer's learning rate", problems)
    return rate
