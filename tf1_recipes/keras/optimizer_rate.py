"""The learning rate of a model's optimizer: a variable in the session of the model's Keras."""
from __future__ import annotations

from typing import Any

import numpy as np

from tf1_recipes.errors import RecipeError
from tf1_recipes.keras.which_keras import backend, package_of, problems_with_keras


class OptimizerRate:
    """The learning rate of a compiled graph-mode model.

    Args:
        model: Keras model, of ``tf.keras`` or of Keras 2.

    Attributes:
        variable: the optimizer's ``lr``.

    Raises:
        RecipeError: it is no variable, the model is not compiled or runs eagerly, or it is of
            Keras 3.
    """

    def __init__(self, model: Any) -> None:
        optimizer = getattr(model, "optimizer", None)
        # Keras 3 has no `lr`; an eager variable no `op`.
        self.variable: Any = getattr(optimizer, "lr", None)
        problems = problems_with_keras(model)
        if not problems and optimizer is None:
            problems.append("the model is not compiled")
        elif not problems and not (
                hasattr(self.variable, "assign") and hasattr(self.variable, "op")):
            problems.append(
                "%s.lr is %r: it must be a variable (for an optimizer of tf.train: make the "
                "learning rate a tf.keras.backend.variable, and set model.optimizer.lr to it)" % (
                    type(optimizer).__name__, self.variable))
        if problems:
            raise RecipeError("Cannot find the optimizer's learning rate", problems)
        self._model = model
        self._backend = backend(package_of(model))

    def is_of(self, model: Any) -> bool:
        """Whether it is the learning rate of this model, compiled as it is now."""
        return model is self._model and self.variable is getattr(model.optimizer, "lr", None)

    def session(self) -> Any:
        """The model's session, in which all its variables are initialised."""
        return self._backend.get_session()

    def value(self) -> np.ndarray:
        """The learning rate now: a number, or one for each stage of layers."""
        return np.asarray(self._backend.get_value(self.variable))

    def set(self, value: Any, what: str) -> None:
        """Sets the learning rate.

        Args:
            value: finite number, or a list of one for each stage.
            what: str, what gave the value, for the error.

        Raises:
            RecipeError: it is no finite number, or of another shape than the variable.
        """
        shape = tuple(self.variable.shape.as_list())
        try:
            rate = np.asarray(value, np.float64)
        except (TypeError, ValueError):
            rate = np.asarray(np.nan)
        if value is None or rate.shape != shape or not np.isfinite(rate).all():
            raise RecipeError("Cannot set the learning rate", [
                "%s is %r: it must be %s" % (
                    what, value, "a finite number" if not shape else
                    "%d finite numbers, one for each stage" % shape[0])])
        self._backend.set_value(self.variable, rate)
