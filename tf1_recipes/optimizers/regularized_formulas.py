"""F: the updates of TF1's optimizers with regularization: the proximal ones and Ftrl.

    w variable, g gradient, r learning rate, l1 and l2 the strengths of the penalties
"""
import dataclasses
from typing import Any

import numpy as np

from tf1_recipes.optimizers.formulas import Optimizer, State, Step, numbers


@dataclasses.dataclass(frozen=True)
class ProximalGradientDescent(Optimizer):
    """p = w - r g;  w = sign(p) max(|p| - r l1, 0) / (1 + r l2) (Duchi and Singer 2009)."""

    learning_rate: float
    l1_regularization_strength: float = 0.0
    l2_regularization_strength: float = 0.0

    def dense(self, w: np.ndarray, g: np.ndarray, state: State) -> Step:
        rate, l1, l2 = numbers(w, self.learning_rate, self.l1_regularization_strength,
                               self.l2_regularization_strength)
        return proximal(w - g * rate, rate, l1, l2), state


@dataclasses.dataclass(frozen=True)
class ProximalAdagrad(Optimizer):
    """a += g^2;  q = r / sqrt(a);  p = w - q g;  w = sign(p) max(|p| - q l1, 0) / (1 + q l2)."""

    learning_rate: float
    initial_accumulator_value: float = 0.1
    l1_regularization_strength: float = 0.0
    l2_regularization_strength: float = 0.0

    def initial(self, w: np.ndarray) -> State:
        return {"accumulator": np.full_like(w, self.initial_accumulator_value)}

    def dense(self, w: np.ndarray, g: np.ndarray, state: State) -> Step:
        rate, l1, l2, one = numbers(w, self.learning_rate, self.l1_regularization_strength,
                                    self.l2_regularization_strength, 1)
        accum = state["accumulator"] + g * g
        rates = rate * (one / np.sqrt(accum))
        return proximal(w - g * rates, rates, l1, l2), {"accumulator": accum}


@dataclasses.dataclass(frozen=True)
class Ftrl(Optimizer):
    """b = a + g^2;  z += g - (b^-power - a^-power) / r w;  a = b;
    w = (sign(z) l1 - z) / (b^-power / r + 2 l2) where |z| > l1, else 0 (McMahan et al. 2013).

    With shrinkage l2s the line of z, and no other, has g + 2 l2s w for g.
    """

    learning_rate: float
    learning_rate_power: float = -0.5
    initial_accumulator_value: float = 0.1
    l1_regularization_strength: float = 0.0
    l2_regularization_strength: float = 0.0
    l2_shrinkage_regularization_strength: float = 0.0

    def initial(self, w: np.ndarray) -> State:
        return {"accum": np.full_like(w, self.initial_accumulator_value),
                "linear": np.zeros_like(w)}

    def dense(self, w: np.ndarray, g: np.ndarray, state: State) -> Step:
        rate, l1, l2, shrinkage, two = numbers(
            w, self.learning_rate, self.l1_regularization_strength,
            self.l2_regularization_strength, self.l2_shrinkage_regularization_strength, 2)
        accum = state["accum"] + g * g
        powered, powered_before = self._power(accum), self._power(state["accum"])
        shrunk = g + two * shrinkage * w
        linear = state["linear"] + (shrunk - (powered - powered_before) / rate * w)
        quadratic = powered / rate + two * l2
        minimum = (l1 * np.sign(linear) - linear) / quadratic
        w = np.where(np.abs(linear) > l1, minimum, np.zeros_like(w))
        return w, {"accum": accum, "linear": linear}

    def _power(self, accum):
        power, = numbers(accum, -self.learning_rate_power)
        return np.sqrt(accum) if power == 0.5 else np.power(accum, power)


def proximal(w: np.ndarray, rate: Any, l1: Any, l2: Any) -> np.ndarray:
    """Applies the penalties to ``w``: |w| less r l1, but >= 0, divided by 1 + r l2."""
    one, zero = numbers(w, 1, 0)
    if l1 > 0:
        w = np.sign(w) * np.maximum(np.abs(w) - rate * l1, zero)
    return w / (one + l2 * rate)
