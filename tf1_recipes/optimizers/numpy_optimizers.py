"""TF1's optimizers in NumPy, without TensorFlow, to compare a port with."""
from __future__ import annotations

import dataclasses
import math
import numbers
from typing import Any, Dict, Optional, Tuple, Union

import numpy as np

from tf1_recipes.errors import RecipeError
from tf1_recipes.graph.types import Number
from tf1_recipes.optimizers import formulas, regularized_formulas
from tf1_recipes.untrusted.closest_names import closest_names

_TWINS: Dict[str, Any] = {twin.__name__: twin for twin in (
    formulas.GradientDescent, formulas.Momentum, formulas.Adagrad, formulas.Adadelta,
    formulas.RMSProp, formulas.Adam, regularized_formulas.Ftrl,
    regularized_formulas.ProximalGradientDescent, regularized_formulas.ProximalAdagrad,
)}


def numpy_optimizer(name: str, **settings: Union[Number, bool]) -> NumpyOptimizer:
    """Returns the NumPy twin of a TF1 optimizer, which computes as TF1's kernels do.

        GradientDescent          w -= r g
        Momentum                 a = momentum a + g;  w -= r a  (use_nesterov: r (g + momentum a))
        Adagrad                  a += g^2;  w -= r g / sqrt(a), where a starts at 0.1
        Adadelta                 a = rho a + (1 - rho) g^2;  d = sqrt(u + e) / sqrt(a + e) g;
                                 u = rho u + (1 - rho) d^2;  w -= r d
        RMSProp                  s += (1 - decay) (g^2 - s), which starts at 1;
                                 n = momentum n + r g / sqrt(s + e);  w -= n
                                 (centered: c += (1 - decay) (g - c), and sqrt(s - c^2 + e))
        Adam                     m += (1 - b1) (g - m);  v += (1 - b2) (g^2 - v);
                                 w -= r sqrt(1 - b2^t) / (1 - b1^t) m / (sqrt(v) + e)
        Ftrl                     b = a + g^2;  z += g - (b^-power - a^-power) / r w;  a = b;
                                 w = (sign(z) l1 - z) / (b^-power / r + 2 l2) if |z| > l1 else 0
        ProximalGradientDescent  p = w - r g;  w = sign(p) max(|p| - r l1, 0) / (1 + r l2)
        ProximalAdagrad          the same with r / sqrt(a), a += g^2, for r

    Of a sparse gradient, GradientDescent subtracts every value on its own; all others first sum the
    values of equal indices. Adam then moves all rows, since the moments of all rows decay; the
    others do not change rows without a gradient, nor their slots.

    TensorFlow 0.12 differs: it does not sum the values of equal indices, its Adadelta uses the new
    u, and its proximal optimizers lose the sign of p if l1 > 0.

    Source: https://www.tensorflow.org/versions/r1.15/api_docs/python/tf/train, the optimizers, and
    the papers named in `tf1_recipes.optimizers.formulas`.

    Args:
        name: str, the class in ``tf.train`` without "Optimizer".
        **settings: the arguments of that class that are numbers or flags, with the same names and
            defaults. As in TF1, a Python number is rounded to float32, whatever the variable's
            type; a NumPy number keeps its precision.

    Returns:
        `NumpyOptimizer`.

    Raises:
        RecipeError: with all problems in one message: an unknown optimizer or setting (with the
            closest names), a setting that is missing, not finite or out of range.

    Example:
        >>> import numpy as np
        >>> momentum = numpy_optimizer("Momentum", learning_rate=0.1, momentum=0.5)
        >>> w = np.float32([1.0, -2.0])
        >>> state = momentum.initial(w)
        >>> for _ in range(2):
        ...     w, state = momentum.update(w, 2 * w, state)  # the gradient of sum w^2
        ...     print("%.2f %.2f" % tuple(w))
        0.80 -1.60
        0.54 -1.08
    """
    if name not in _TWINS:
        nearest = closest_names(str(name), list(_TWINS)) or sorted(_TWINS)
        raise RecipeError("Cannot make a NumPy optimizer", [
            "%r is not an optimizer of TF1; the closest are %s" % (name, ", ".join(nearest))])
    fields = {field.name: field for field in dataclasses.fields(_TWINS[name])}
    problems = [problem for setting in settings
                for problem in _problems(setting, settings[setting], fields)]
    problems.extend("%s is missing" % field.name for field in fields.values()
                    if field.default is dataclasses.MISSING and field.name not in settings)
    if problems:
        raise RecipeError("Cannot make a NumPy %s optimizer" % name, problems)
    return NumpyOptimizer(_TWINS[name](**settings))


class NumpyOptimizer:
    """A TF1 optimizer in NumPy, made by `numpy_optimizer`. It has settings, but no state."""

    def __init__(self, twin: Any) -> None:
        self._twin = twin

    def __repr__(self) -> str:
        return "<NumpyOptimizer %s>" % self._twin

    def initial(self, variable: np.ndarray) -> Dict[str, np.ndarray]:
        """Returns the state before the first step.

        Args:
            variable: array, float32 or float64, of any shape.

        Returns:
            dict: an array like the variable for each of TF1's slots, under the names of
            ``get_slot_names``; for Adam also ``beta1_power`` and ``beta2_power``, float32 scalars.
        """
        variable = np.asarray(variable)
        problems = _type_problems(variable)
        if problems:
            raise RecipeError("Cannot make the initial state", problems)
        return self._twin.initial(variable)

    def update(self, variable: np.ndarray, gradient: Any, state: Dict[str, np.ndarray],
               learning_rate: Optional[Number] = None) -> Tuple[np.ndarray, Dict[str, np.ndarray]]:
        """Returns the variable and the state after one step; the arguments are not changed.

        Args:
            variable: array, float32 or float64, of any shape.
            gradient: array of the variable's shape and type; or sparse: an object with ``values``
                [n, ...] and ``indices`` [n], such as a fetched ``tf.IndexedSlicesValue``.
            state: dict, as ``initial`` and ``update`` return it.
            learning_rate: number, the learning rate of this step, for a schedule; by default that
                of the settings.

        Returns:
            A pair like (variable, state).

        Raises:
            RecipeError: with all problems in one message: wrong shapes, types, slots or indices.
        """
        variable = np.asarray(variable)
        problems = _type_problems(variable) or (
            _gradient_problems(variable, gradient) + self._state_problems(variable, state))
        twin = self._twin
        if learning_rate is not None:
            problem = _problem_with_number("learning_rate", learning_rate)
            problems.extend([problem] if problem else [])
        if problems:
            raise RecipeError("Cannot update", problems)
        if learning_rate is not None:
            twin = dataclasses.replace(twin, learning_rate=learning_rate)
        return twin.update(variable, gradient, state)

    def _state_problems(self, variable, state):
        expected = self._twin.initial(variable)
        if sorted(state) != sorted(expected):
            return ["the state has %s; it must have %s" % (
                ", ".join(sorted(state)) or "nothing", ", ".join(expected) or "nothing")]
        return ["the slot %s has shape %s and type %s: it must have %s and %s" % (
                    name, np.shape(state[name]), np.asarray(state[name]).dtype,
                    np.shape(value), value.dtype)
                for name, value in expected.items()
                if (np.shape(state[name]), np.asarray(state[name]).dtype)
                != (np.shape(value), value.dtype)]


def _problems(setting, value, fields):
    if setting not in fields:
        nearest = closest_names(setting, list(fields)) or sorted(fields)
        return ["there is no setting %s; the closest are %s" % (setting, ", ".join(nearest))]
    if fields[setting].type is bool:
        return [] if isinstance(value, (bool, np.bool_)) else [
            "%s is %r: it must be True or False" % (setting, value)]
    problem = _problem_with_number(setting, value)
    if problem:
        return [problem]
    if setting.endswith("_strength") and value < 0:
        return ["%s is %s: it must be >= 0" % (setting, value)]
    if setting == "initial_accumulator_value" and value <= 0:
        return ["%s is %s: it must be > 0" % (setting, value)]
    if setting == "learning_rate_power" and value > 0:
        return ["%s is %s: it must be <= 0" % (setting, value)]
    return []


def _problem_with_number(setting, value):
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Real):
        return "%s is %r: it must be a number" % (setting, value)
    return None if math.isfinite(value) else "%s is %s: it must be finite" % (setting, value)


def _type_problems(variable):
    if variable.dtype in (np.float32, np.float64):
        return []
    return ["the variable is %s: it must be float32 or float64" % variable.dtype]


def _gradient_problems(variable, gradient):
    if not hasattr(gradient, "indices"):
        return _array_problems("the gradient", gradient, variable.shape, variable.dtype)
    indices = np.asarray(gradient.indices)
    if variable.ndim == 0:
        return ["the gradient is sparse, but the variable is a scalar"]
    if indices.ndim != 1 or not np.issubdtype(indices.dtype, np.integer):
        return ["the gradient's indices must be a vector of integers"]
    problems = _array_problems("the gradient's values", gradient.values,
                               indices.shape + variable.shape[1:], variable.dtype)
    # NumPy counts a negative index from the end; TF1 refuses it.
    outside = indices[(indices < 0) | (indices >= len(variable))]
    if outside.size:
        problems.append("the gradient's indices %s are outside of the variable's %d rows" % (
            ", ".join(map(str, outside)), len(variable)))
    return problems


def _array_problems(what, array, shape, dtype):
    if array is None:
        return ["%s is None: TF1 does not change such a variable" % what]
    if isinstance(array, (np.ndarray, np.generic)) and (array.shape, array.dtype) == (shape, dtype):
        return []
    return ["%s has shape %s and type %s: it must be an array of %s and %s" % (
        what, np.shape(array), np.asarray(array).dtype, shape, dtype)]
