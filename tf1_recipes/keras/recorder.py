"""A recorder of a Keras training: the learning rate, the iteration and every logged value."""
from __future__ import annotations

import json
from typing import Any, Dict

import numpy as np

from tf1_recipes.errors import Error, RecipeError
from tf1_recipes.keras import plots
from tf1_recipes.keras.optimizer_rate import OptimizerRate
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
        self._found: Any = None

    def on_train_begin(self, logs: Any = None) -> None:
        """Checks that the learning rate can be read.

        Raises:
            RecipeError: the optimizer's ``lr`` is no variable, the model runs eagerly, or it is of
                Keras 3.
        """
        self._optimizer_rate()

    def on_batch_end(self, batch: int, logs: Any = None) -> None:
        """Appends a batch to the history."""
        self.iteration += 1
        rate = self._optimizer_rate().value()
        logged = dict(logs or {}, lr=rate, iterations=self.iteration)
        for name, value in sorted(logged.items()):
            self.history.setdefault(name, []).append(np.asarray(value).tolist())
        self._set_rate()

    def _set_rate(self):
        """What classes of this one do behind every batch, once it is recorded."""

    def _optimizer_rate(self):
        if self._found is None or not self._found.is_of(self.model):
            self._found = OptimizerRate(self.model)
        return self._found

    def plot_lr(self, axes: Any = None) -> Any:
        """Draws the learning rate by the iteration and returns matplotlib's axes."""
        return plots.plot_lr(self.history, axes)

    def plot(self, n_skip: int = 0, axes: Any = None) -> Any:
        """Draws the loss by the learning rate, on a log axis, with every point but ``n_skip``.

        As documented, ``n_skip`` was 10 and left out none. Returns matplotlib's axes.
        """
        return plots.plot_loss(self.history, n_skip, axes)

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
